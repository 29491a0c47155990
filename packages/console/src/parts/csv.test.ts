import { expect, test } from 'vitest';
import { csvField } from './csv.ts';

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', '"two\nlines"'],
])('a field is written as RFC 4180 wants it: %j', (text, field) => {
  expect(csvField(text)).toBe(field);
});

test.each(['=1+1', '+1', '-1', '@sum', '\tx'])(
  'a text that a spreadsheet would run stays a text: %j',
  (text) => {
    expect(csvField(text)).toBe(`'${text}`);
  },
);
