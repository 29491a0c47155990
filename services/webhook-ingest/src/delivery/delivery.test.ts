import { expect, test } from 'vitest';
import { bodyText } from './body-text.ts';
import { readDelivery } from './delivery.ts';
import { withoutPersonalData } from './personal-data.ts';

const call = {
  receivedAt: new Date(),
  correlationId: 'test',
  tokenVersion: 2,
  publisherId: undefined,
  arrival: { id: '', content: '', requestId: undefined, correlationId: undefined },
} as const;
const bytes = new Uint8Array();
const read = (text: string) => readDelivery({ text, bytes }, call);

test.each([
  ['{"purchaseToken":"a+b/c=="}', '{"purchaseToken":""}'],
  ['{"x":{"PurchaseToken" : "a\\"b"}}', '{"x":{"PurchaseToken" : ""}}'],
  ['broken {"purchaseToken":"abc', 'broken {"purchaseToken":"'],
  ['{"purchaseToken":null,"n":1.50}', '{"purchaseToken":null,"n":1.50}'],
])('only the purchase token is removed: %s', (sent, kept) => {
  expect(read(sent).body).toBe(kept);
});

test.each([
  ['changePlan', 'decide', 'unjudgeable'],
  ['ChangeQuantity', 'decide', 'unjudgeable'],
  ['Renew', 'none', 'none'],
  ['Suspend', 'none', 'none'],
  ['Reinstate', 'none', 'none'],
  ['Unsubscribe', 'none', 'none'],
  ['Transfer', 'none', 'none'],
  ['', 'unjudgeable', 'unjudgeable'],
] as const)(
  '%s is judged by its action and by whether a subscription is named',
  (action, named, unnamed) => {
    const judgementOf = (subscriptionId?: string) =>
      read(JSON.stringify({ id: 'o', action, subscriptionId })).judgement;
    expect(judgementOf('2b1f7a5e-8b0c-4b7e-9d43-4b6f6d1c2a11')).toBe(named);
    expect(judgementOf()).toBe(unnamed);
    expect(judgementOf('no-guid')).toBe(unnamed);
  },
);

test('bytes that are not UTF-8, and NUL, become storable', async () => {
  const sent = new Uint8Array([0x7b, 0xff, 0x00]);
  const delivery = readDelivery({ ...(await bodyText(sent, undefined)), bytes: sent }, call);
  expect(delivery.body).toBe('{\uFFFD\uFFFD');
  expect(delivery.problems).toEqual(['not-json']);
});

test('personal data is left out at any depth, and text that is not JSON is withheld', () => {
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
