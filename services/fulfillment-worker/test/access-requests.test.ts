import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { timelineOf } from './decided.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { factKinds, openFixture, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
let receiver: Receiver;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
  receiver = await openReceiver();
  await fixture.client.destinations.create.mutate({
    label: 'product',
    url: receiver.url,
    types: ['subscription.accessRequested'],
  });
});
afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const request = (subscriptionId: string, askedAt = new Date().toISOString()) => ({
  subscriptionId,
  tenantId: 'fabrikam',
  objectId: 'ben',
  askedAt,
});

test("a colleague's request is one event, no matter how often it is repeated, and only that event names the person", async () => {
  const subscriptionId = await subscribed(fixture);
  const asked = request(subscriptionId);

  const first = await fixture.landing.accessRequests.record.mutate(asked);
  const second = await fixture.landing.accessRequests.record.mutate(asked);

  expect([first, second]).toEqual([{ isNew: true }, { isNew: false }]);
  const { event } = await until('the event', () =>
    receiver.receipts.find((one) => one.event.subscription?.id === subscriptionId),
  );
  expect(event).toMatchObject({
    type: 'subscription.accessRequested',
    occurredAt: asked.askedAt,
    person: { tenantId: 'fabrikam', objectId: 'ben' },
  });
  const kinds = await factKinds(fixture, subscriptionId);
  expect(kinds.filter((kind) => kind === 'accessRequested')).toHaveLength(1);
  expect(JSON.stringify(fixture.facts)).not.toContain('"ben"');
  const [entry, ...others] = await timelineOf(fixture, subscriptionId, 'accessRequested');
  expect(others).toEqual([]);
  expect(JSON.stringify(entry)).not.toContain('ben');
});

test('a request after a refusal is a new one, and one for an unknown subscription is rejected', async () => {
  const subscriptionId = await subscribed(fixture);
  const { record } = fixture.landing.accessRequests;

  await record.mutate(request(subscriptionId, '2026-11-01T10:00:00.000Z'));
  await record.mutate(request(subscriptionId, '2026-11-03T10:00:00.000Z'));

  expect(await timelineOf(fixture, subscriptionId, 'accessRequested')).toHaveLength(2);
  await expect(record.mutate(request(randomUUID()))).rejects.toMatchObject({
    data: { rejection: 'subscription.not-found' },
  });
});
