import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openPurchase, sealPurchase } from './purchase-token.ts';

const key = randomBytes(32).toString('base64');
const purchase = {
  subscriptionId: '3c1f5a2e-8d47-4b90-a6e3-19f0c7d2845b',
  mintedAt: 1_790_000_000_000,
};
const tokens = Array.from({ length: 50 }, () => sealPurchase(key, purchase));

test('every token contains + and /, ends in =, and opens to its content', () => {
  for (const token of tokens) {
    expect(token).toMatch(/^(?=.*\+)(?=.*\/)[A-Za-z0-9+/]+=+$/);
    expect(openPurchase(key, token)).toEqual(purchase);
  }
});

test.each([
  ['still encoded', (token: string) => encodeURIComponent(token)],
  ['decoded like a form', (token: string) => token.replaceAll('+', ' ')],
  ['cut', (token: string) => token.slice(0, -4)],
  ['without its padding', (token: string) => token.replaceAll('=', '')],
  ['with another last letter', (token: string) => `B${token.slice(1)}`],
  ['empty', () => ''],
])('a token that is %s does not open', (_, damage) => {
  for (const token of tokens.filter((one) => !one.startsWith('B'))) {
    expect(openPurchase(key, damage(token))).toBeUndefined();
  }
});

test('a token that was sealed with another key does not open', () => {
  const other = randomBytes(32).toString('base64');
  expect(openPurchase(other, sealPurchase(key, purchase))).toBeUndefined();
});
