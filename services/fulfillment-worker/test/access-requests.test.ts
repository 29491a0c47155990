import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { timelineOf } from './decided.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { eventually, factKinds, openStage, subscribed, type Stage } from './stage.ts';

let stage: Stage;
let receiver: Receiver;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot();
  receiver = await openReceiver();
  await stage.client.destinations.create.mutate({
    label: 'product',
    url: receiver.url,
    types: ['subscription.accessRequested'],
  });
});
afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const request = (subscriptionId: string, askedAt = new Date().toISOString()) => ({
  subscriptionId,
  tenantId: 'fabrikam',
  objectId: 'ben',
  askedAt,
});

test("a colleague's request is one event, no matter how often it is repeated, and only that event names the person", async () => {
  const subscriptionId = await subscribed(stage);
  const asked = request(subscriptionId);

  const first = await stage.landing.accessRequests.record.mutate(asked);
  const second = await stage.landing.accessRequests.record.mutate(asked);

  expect([first, second]).toEqual([{ isNew: true }, { isNew: false }]);
  const { event } = await eventually('the event', () =>
    receiver.receipts.find((one) => one.event.subscription?.id === subscriptionId),
  );
  expect(event).toMatchObject({
    type: 'subscription.accessRequested',
    occurredAt: asked.askedAt,
    person: { tenantId: 'fabrikam', objectId: 'ben' },
  });
  const kinds = await factKinds(stage, subscriptionId);
  expect(kinds.filter((kind) => kind === 'accessRequested')).toHaveLength(1);
  expect(JSON.stringify(stage.facts)).not.toContain('"ben"');
  const [entry, ...others] = await timelineOf(stage, subscriptionId, 'accessRequested');
  expect(others).toEqual([]);
  expect(JSON.stringify(entry)).not.toContain('ben');
});

test('a request after a refusal is a new one, and one for an unknown subscription is rejected', async () => {
  const subscriptionId = await subscribed(stage);
  const { record } = stage.landing.accessRequests;

  await record.mutate(request(subscriptionId, '2026-11-01T10:00:00.000Z'));
  await record.mutate(request(subscriptionId, '2026-11-03T10:00:00.000Z'));

  expect(await timelineOf(stage, subscriptionId, 'accessRequested')).toHaveLength(2);
  await expect(record.mutate(request(randomUUID()))).rejects.toMatchObject({
    data: { rejection: 'subscription.not-found' },
  });
});
