import { describe, expect, test } from 'vitest';
import { languages, overrideProblem, wordsFor } from './words.ts';

describe('words', () => {
  test('an override replaces our text if it fits and is ignored if it does not', () => {
    const words = wordsFor('en', {
      'frame.openProduct': 'Start {product} now',
      'frame.copy': 'Copy {everything}',
      'frame.signOut': 'Leave {',
    });
    expect(words.t('frame.openProduct', { product: 'Desk' })).toBe('Start Desk now');
    expect(words.t('frame.copy')).toBe('Copy');
    expect(words.t('frame.signOut')).toBe('Sign out');
    expect(overrideProblem('frame.copy', '{everything}')).toBe('unknown-value');
    expect(overrideProblem('frame.copy', 'a < b {')).toBe('unparsable');
  });

  test.each([
    ['manage.sentence.renews', 'Renews {date, date, long}'],
    ['manage.sentence.renews', 'Renews {date, time, short}'],
    ['frame.openProduct', 'Open {product, number}'],
    ['frame.openProduct', 'Open {product, plural, other {#}}'],
    ['changes.cancel.data', 'Kept for {days, number, ::currency/XXXX}'],
  ] as const)('an override of %s that would fail for a buyer is ignored: %s', (key, text) => {
    expect(overrideProblem(key, text)).toBe('unfit-format');
    const values = { date: '1 March 2026', product: 'Desk', days: 7 };
    expect(wordsFor('en', { [key]: text }).t(key, values)).toBe(wordsFor('en').t(key, values));
  });

  test('rich text is escaped, in our messages and in overrides', async () => {
    const words = wordsFor('en', { 'frame.openProduct': 'Open & use {product}' });
    const shown = await words.html('frame.openProduct', { product: '<script>' });
    expect(String(shown)).toBe('Open &amp; use &lt;script&gt;');
  });

  test('each language formats dates, numbers and prices in its own way', () => {
    const at = new Date('2026-03-01T23:30:00Z');
    expect(languages.map((one) => wordsFor(one).date(at))).toEqual([
      '1 March 2026',
      '1. März 2026',
      '1 mars 2026',
      '1 de marzo de 2026',
      '1 maart 2026',
      '2026年3月1日',
    ]);
    expect(wordsFor('de').number(12345.5)).toBe('12.345,5');
    expect(wordsFor('en').money(1234.5, 'USD')).toBe('US$1,234.50');
    expect(wordsFor('ja').money(1200, 'JPY')).toBe('￥1,200');
    expect(wordsFor('en').money(3, 'credits')).toBe('3 credits');
    expect(wordsFor('en').dateTime(at)).toContain('UTC');
  });
});
