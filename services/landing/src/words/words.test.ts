import { describe, expect, it } from 'vitest';
import { catalogues } from './catalogues.ts';
import { namesIn } from './message-names.ts';
import { isMessageKey, languages, overrideProblem, wordsFor, type MessageKey } from './words.ts';

const keys = Object.keys(catalogues.en).filter(isMessageKey);

describe.each(languages)('the catalogue %s', (language) => {
  const messages: Readonly<Record<string, string>> = catalogues[language];

  it('has every message of English, and no other', () => {
    expect(new Set(Object.keys(messages))).toEqual(new Set(keys));
    expect(Object.entries(messages).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('can be parsed, and asks for the values and tags that English asks for', () => {
    const names = (of: (key: MessageKey) => string) =>
      keys.map((key) => {
        const { values, tags } = namesIn(of(key));
        return { key, values, tags };
      });
    expect(names((key) => messages[key] ?? '')).toEqual(names((key) => catalogues.en[key]));
    const unfit = keys.filter((key) => overrideProblem(key, messages[key] ?? ''));
    expect(unfit).toEqual([]);
  });

  it('is plain: no dash between sentences, no exclamation', () => {
    expect(Object.values(messages).filter((text) => /[—!！]/.test(text))).toEqual([]);
  });
});

it('the types know the values of English as the parser does', () => {
  // The same pattern as the type `ValueName`: a branch of one bare word would look like a value to it.
  const seen = (text: string) =>
    new Set([...text.matchAll(/\{([^{}#<, ]+)(?=[,}])/g)].map(([, name]) => name));
  for (const key of keys) {
    const text = catalogues.en[key];
    expect([key, seen(text)]).toEqual([key, new Set(namesIn(text).values)]);
  }
});

describe('words', () => {
  it('an override replaces our text where it fits, and nothing where it does not', () => {
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

  it.each([
    ['manage.sentence.renews', 'Renews {date, date, long}'],
    ['manage.sentence.renews', 'Renews {date, time, short}'],
    ['frame.openProduct', 'Open {product, number}'],
    ['frame.openProduct', 'Open {product, plural, other {#}}'],
    ['changes.cancel.data', 'Kept for {days, number, ::currency/XXXX}'],
  ] as const)('an override of %s that would fail in front of a buyer is none: %s', (key, text) => {
    expect(overrideProblem(key, text)).toBe('unfit-format');
    const values = { date: '1 March 2026', product: 'Desk', days: 7 };
    expect(wordsFor('en', { [key]: text }).t(key, values)).toBe(wordsFor('en').t(key, values));
  });

  it('rich text is escaped, whoever wrote it', async () => {
    const words = wordsFor('en', { 'frame.openProduct': 'Open & use {product}' });
    const shown = await words.html('frame.openProduct', { product: '<script>' });
    expect(String(shown)).toBe('Open &amp; use &lt;script&gt;');
  });

  it('each language writes dates, numbers and prices in its own way', () => {
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
