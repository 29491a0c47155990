import { expect, test } from 'vitest';
import { readDelivery } from './delivery.ts';
import { withoutPersonalData } from './personal-data.ts';

const call = {
  receivedAt: new Date(),
  correlationId: 'test',
  tokenVersion: 2,
  publisherId: undefined,
} as const;
const read = (text: string) => readDelivery(new TextEncoder().encode(text), call);

test.each([
  ['{"purchaseToken":"a+b/c=="}', '{"purchaseToken":""}'],
  ['{"x":{"PurchaseToken" : "a\\"b"}}', '{"x":{"PurchaseToken" : ""}}'],
  ['broken {"purchaseToken":"abc', 'broken {"purchaseToken":"'],
  ['{"purchaseToken":null,"n":1.50}', '{"purchaseToken":null,"n":1.50}'],
])('a purchase token is not kept, all else is: %s', (sent, kept) => {
  expect(read(sent).body).toBe(kept);
});

test('only a plan or seat change with a subscription waits for a decision', () => {
  const needs = (action: string, subscriptionId?: string) =>
    read(JSON.stringify({ id: 'o', action, subscriptionId })).needsDecision;
  expect(needs('changePlan', 's')).toBe(true);
  expect(needs('ChangeQuantity', 's')).toBe(true);
  expect(needs('ChangePlan')).toBe(false);
  expect(
    ['Renew', 'Suspend', 'Reinstate', 'Unsubscribe'].some((action) => needs(action, 's')),
  ).toBe(false);
});

test('bytes that are no UTF-8 and NUL become storable', () => {
  const delivery = readDelivery(new Uint8Array([0x7b, 0xff, 0x00]), call);
  expect(delivery.body).toBe('{\uFFFD\uFFFD');
  expect(delivery.problems).toEqual(['not-json']);
});

test('personal data is left out at any depth, and text that is no JSON is withheld', () => {
  const body = {
    a: [{ EmailId: 'x', objectId: 'o' }],
    name: 'n',
    term: { puid: 1, termUnit: 'P1M' },
  };
  expect(withoutPersonalData(JSON.stringify(body))).toEqual({
    a: [{ objectId: 'o' }],
    term: { termUnit: 'P1M' },
  });
  expect(withoutPersonalData('mail ada@fabrikam.example')).toBeNull();
  expect(withoutPersonalData('['.repeat(5000) + ']'.repeat(5000))).toBeDefined();
});
