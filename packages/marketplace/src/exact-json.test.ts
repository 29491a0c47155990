import { describe, expect, test } from 'vitest';
import { parseExactly } from './exact-json.ts';

const LONG = '12345678901234567890';
const TINY = '0.12345678901234567';

describe('a number that a double cannot hold', () => {
  test.each([
    ['alone', LONG, LONG],
    ['in a field', `{"a":${LONG}}`, { a: LONG }],
    ['after blanks', `{ "a" :\n ${TINY} }`, { a: TINY }],
    ['first in a list', `[${LONG},1]`, [LONG, 1]],
    ['later in a list', `[1,${LONG}]`, [1, LONG]],
    ['with a sign', `{"a":-${LONG}}`, { a: `-${LONG}` }],
  ])('is kept as the text that was sent: %s', (_, text, value) => {
    expect(parseExactly(text)).toEqual(value);
  });
});

test('other numbers are numbers, and texts stay as they are', () => {
  const sent = {
    a: 20,
    b: -1.5,
    c: 1e300,
    id: '5e123456-1234-4e00-9e99-123456789012',
    d: [0.1, 1e-7],
  };

  expect(parseExactly(JSON.stringify(sent))).toEqual(sent);
});
