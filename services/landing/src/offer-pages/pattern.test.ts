import { expect, test } from 'vitest';
import { fitsPattern, patternProblem } from './pattern.ts';

test.each([
  '[A-Z]{2}\\d{4,10}',
  '\\p{L}[\\p{L} \\-]{1,30}',
  '(?:DE|FR)\\d+',
  '[^@\\s]+@example\\.com',
  '[a\\[\\]b]+',
])('%s is a valid pattern for browsers and for us', (pattern) => {
  expect(patternProblem(pattern)).toBeUndefined();
});

test.each([
  ['[A-Z', 'HTML'],
  ['(?=a)b', 'RE2'],
  ['(a)\\1', 'RE2'],
  ['(?i)abc', 'HTML'],
  ['[[:alpha:]]+', 'class'],
  ['[a&&b]', 'class'],
  ['[\\w--\\d]', 'class'],
  ['a{1,100000}', 'RE2'],
])('%s is refused: %s', (pattern, reason) => {
  expect(patternProblem(pattern)).toContain(reason);
});

test('the whole answer has to match, as in HTML', () => {
  expect(fitsPattern('\\d{3}', '123')).toBe(true);
  expect(fitsPattern('\\d{3}', 'a123')).toBe(false);
  expect(fitsPattern('a|b', 'ab')).toBe(false);
  expect(fitsPattern('\\p{L}+', 'Zoë東京')).toBe(true);
});

test('a pattern that would take other engines for ever is checked at once', () => {
  // V8 would need 2^30 steps, which takes minutes, so the test would time out.
  expect(fitsPattern('(a|a)*b', 'a'.repeat(500))).toBe(false);
});
