import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, startWorld, type World } from './fixture.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const summary = (subscriptionId: string) => world.api.usage.summary.query({ subscriptionId });
const include = (dimension: string, included: number | null) =>
  world.api.dimensions.put.mutate({ offerId: 'analytics', planId: 'starter', dimension, included });

test('a summary counts closed and running hours of the term once, and says what is above', async () => {
  await include('reports', 10);
  await include('api-calls', null);
  const subscriptionId = await world.subscribe();
  expect((await summary(subscriptionId)).dimensions).toEqual([
    { planId: 'starter', dimension: 'api-calls', used: 0, included: null, overage: 0, refused: 0 },
    { planId: 'starter', dimension: 'reports', used: 0, included: 10, overage: 0, refused: 0 },
  ]);
  await world.use(subscriptionId, 8, { agoMs: HOUR });
  await world.advance(HOUR);
  await world.settled(subscriptionId);
  await world.use(subscriptionId, 4.5);
  await world.use(subscriptionId, 7, { dimension: 'api-calls' });
  expect((await summary(subscriptionId)).dimensions).toEqual([
    { planId: 'starter', dimension: 'api-calls', used: 7, included: null, overage: 0, refused: 0 },
    { planId: 'starter', dimension: 'reports', used: 12.5, included: 10, overage: 2.5, refused: 0 },
  ]);
  expect((await summary(subscriptionId.toUpperCase())).dimensions).toHaveLength(2);
});

test('overage that Microsoft refused is listed separately as not billed', async () => {
  await include('reports', 10);
  const subscriptionId = await world.subscribe();
  await world.control.addFault({
    endpoint: 'batchUsageEvent',
    rowStatus: 'InvalidDimension',
    count: 1,
  });
  await world.use(subscriptionId, 14, { agoMs: HOUR });
  await world.advance(HOUR);
  await world.settled(subscriptionId);

  const { dimensions } = await summary(subscriptionId);

  expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({
    used: 14,
    overage: 4,
    refused: 4,
  });
});

test('a renewal begins a summary anew', async () => {
  const subscriptionId = await world.subscribe();
  await world.use(subscriptionId, 3, { agoMs: 2 * HOUR });
  const startDate = new Date(world.now().getTime() - HOUR).toISOString();
  await world.tell('renewed', { id: subscriptionId, term: { startDate } });
  await world.use(subscriptionId, 1);
  const { termStart, dimensions } = await summary(subscriptionId);
  expect(termStart).toBe(startDate);
  expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({ used: 1 });
});

test('a subscription that is unknown has no summary', async () => {
  await expect(summary('4d2c7d51-6b6f-4b0e-9a58-1f0a3f1f2c11')).rejects.toMatchObject({
    data: { rejection: 'subscription.not-found' },
  });
});
