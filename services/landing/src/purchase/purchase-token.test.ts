import { describe, expect, test } from 'vitest';
import { readPurchaseToken } from './purchase-token.ts';

function token(query: string): string | undefined {
  const arrived = readPurchaseToken(`https://buy.example/landing${query}`);
  return arrived.kind === 'token' ? arrived.token : arrived.kind;
}

describe('the purchase token of a URL', () => {
  test.each([
    ['is decoded once', '?token=ab%2Bcd%2Fef', 'ab+cd/ef'],
    ['keeps a literal plus', '?token=ab+cd/ef', 'ab+cd/ef'],
    ['gets its plus back from a blank', '?token=ab%20cd', 'ab+cd'],
    ['is not decoded a second time', '?token=a%2541b', 'a%41b'],
    ['keeps a malformed escape as it is', '?token=a%zzb%2', 'a%zzb%2'],
    ['keeps the equal signs at its end', '?token=YWI%3D%3D', 'YWI=='],
    ['keeps unencoded equal signs', '?token=YWI==', 'YWI=='],
    ['is found among other parameters', '?utm=x&token=abc&y=1', 'abc'],
    ['is not taken from a longer name', '?mytoken=abc', 'none'],
    ['is the first of several', '?token=one&token=two', 'one'],
    ['is missing if it is empty', '?token=', 'none'],
    ['is missing if it is blank', '?token=%20', 'none'],
    ['is missing without a query', '', 'none'],
    ['is damaged by a line break, which would split a header', '?token=a%0d%0ab', 'damaged'],
    ['is damaged by other bytes', '?token=%c3%a4', 'damaged'],
    ['is damaged above the maximum length', `?token=${'a'.repeat(8193)}`, 'damaged'],
  ])('%s', (_, query, expected) => {
    expect(token(query)).toBe(expected);
  });

  test('of 1,500 characters stays unchanged', () => {
    const original = 'Ab+/%=9'.repeat(215).slice(0, 1500);
    expect(token(`?token=${encodeURIComponent(original)}`)).toBe(original);
  });
});
