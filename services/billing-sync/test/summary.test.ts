import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const summary = (subscriptionId: string) => fixture.api.usage.summary.query({ subscriptionId });
const include = (dimension: string, included: number | null) =>
  fixture.api.dimensions.put.mutate({
    offerId: 'analytics',
    planId: 'starter',
    dimension,
    included,
  });

test('a summary counts closed and running hours of the term once and shows the overage', async () => {
  await include('reports', 10);
  await include('api-calls', null);
  const subscriptionId = await fixture.subscribe();
  expect((await summary(subscriptionId)).dimensions).toEqual([
    { planId: 'starter', dimension: 'api-calls', used: 0, included: null, overage: 0, refused: 0 },
    { planId: 'starter', dimension: 'reports', used: 0, included: 10, overage: 0, refused: 0 },
  ]);
  await fixture.use(subscriptionId, 8, { agoMs: HOUR });
  await fixture.advance(HOUR);
  await fixture.settled(subscriptionId);
  await fixture.use(subscriptionId, 4.5);
  await fixture.use(subscriptionId, 7, { dimension: 'api-calls' });
  expect((await summary(subscriptionId)).dimensions).toEqual([
    { planId: 'starter', dimension: 'api-calls', used: 7, included: null, overage: 0, refused: 0 },
    { planId: 'starter', dimension: 'reports', used: 12.5, included: 10, overage: 2.5, refused: 0 },
  ]);
  expect((await summary(subscriptionId.toUpperCase())).dimensions).toHaveLength(2);
});

test('overage that Microsoft refused is listed separately as not billed', async () => {
  await include('reports', 10);
  const subscriptionId = await fixture.subscribe();
  await fixture.control.addFault({
    endpoint: 'batchUsageEvent',
    rowStatus: 'InvalidDimension',
    count: 1,
  });
  await fixture.use(subscriptionId, 14, { agoMs: HOUR });
  await fixture.advance(HOUR);
  await fixture.settled(subscriptionId);

  const { dimensions } = await summary(subscriptionId);

  expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({
    used: 14,
    overage: 4,
    refused: 4,
  });
});

test('a summary starts again with a renewal', async () => {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, 3, { agoMs: 2 * HOUR });
  const startDate = new Date(fixture.now().getTime() - HOUR).toISOString();
  await fixture.deliver('renewed', { id: subscriptionId, term: { startDate } });
  await fixture.use(subscriptionId, 1);
  const { termStart, dimensions } = await summary(subscriptionId);
  expect(termStart).toBe(startDate);
  expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({ used: 1 });
});

test('an unknown subscription has no summary', async () => {
  await expect(summary('4d2c7d51-6b6f-4b0e-9a58-1f0a3f1f2c11')).rejects.toMatchObject({
    data: { rejection: 'subscription.not-found' },
  });
});
