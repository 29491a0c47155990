import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, openStore, type StoreFixture } from './store-fixture.ts';

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store[Symbol.asyncDispose]());

test('usage is counted exactly, to the last decimal, whether it comes as text or as a number', async () => {
  const subscriptionId = await store.save();
  const quantities = ['0.1', 0.2, '0.000000000001', '1250', 1e-7, '9999999999999'];

  const verdicts = await store.take(
    quantities.map((quantity) => store.record({ subscriptionId, quantity })),
  );

  expect(verdicts.map(({ outcome }) => outcome)).toEqual(quantities.map(() => 'taken'));
  expect(await store.meterHours(subscriptionId)).toMatchObject([
    {
      meter: 'reports',
      hour: new Date('2026-03-10T10:00:00Z'),
      used: '10000000001249.300000100001',
      counted: '0',
      state: 'open',
      planId: 'starter',
      termUnit: 'P1M',
      dueAt: new Date('2026-03-10T11:02:00Z'),
    },
  ]);
});
