import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyProductEvent } from '@landfall/client/events';
import type { usageEventTypes } from '@landfall/contracts/product-events';
import { fulfillmentUsage } from '@landfall/contracts/streams';
import {
  usageSettledFact,
  usageThresholdCrossedFact,
  type UsageSettled,
} from '@landfall/contracts/subjects';
import { inTransaction } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import { recordEvents } from '../src/record-events.ts';
import {
  openDeliveryFixture,
  subscriptionState,
  type DeliveryFixture,
} from './deliveries-fixture.ts';

const HOUR = '2026-11-20T09:00:00.000Z';
const SETTLED_AT = '2026-11-20T10:03:00.000Z';

type UsageEventType = (typeof usageEventTypes)[number];

let deliveryFixture: DeliveryFixture;
beforeAll(async () => {
  deliveryFixture = await openDeliveryFixture();
  await deliveryFixture.boot();
});
afterAll(() => deliveryFixture[Symbol.asyncDispose]());

/** A subscription in the worker's records. Recording it is an event of its own. */
async function known(offerId: string, subscriptionId = randomUUID()): Promise<string> {
  const snapshot = { ...subscriptionState(subscriptionId, offerId), status: 'Subscribed' };
  const change = {
    before: undefined,
    events: [{ type: 'purchased', snapshot }] as const,
    at: deliveryFixture.now(),
  };
  await inTransaction(deliveryFixture.fixture.db, (trx) =>
    recordEvents(trx, change, { cause: 'worker', correlationId: 'c' }),
  );
  return subscriptionId;
}

/** Publishes the outcome of an hour as billing-sync does, and returns the fact's id. */
async function publishSettled(
  subscriptionId: string,
  changes: Partial<UsageSettled> = {},
): Promise<string> {
  const eventId = randomUUID();
  const fact = {
    eventId,
    publisherId: 'contoso',
    subscriptionId,
    dimension: 'requests',
    hour: HOUR,
    planId: 'growth',
    quantity: '12.5',
    outcome: 'refused',
    status: 'InvalidDimension',
    problem: 'dimension-unknown',
    settledAt: SETTLED_AT,
    ...changes,
  };
  await publish(usageSettledFact.subject, fact);
  return fact.eventId;
}

/** Each call is a message of its own, also with the content of an earlier one. */
async function publish(subject: string, fact: object): Promise<void> {
  const occurredAt = new Date(SETTLED_AT);
  const envelope = { messageId: randomUUID(), correlationId: 'c', occurredAt };
  await deliveryFixture.fixture.bus.publishMessage(subject, JSON.stringify(fact), envelope);
}

/** A destination of one offer, so that tests do not see each other's events. */
async function listening(
  offerId: string,
  settings: Parameters<DeliveryFixture['destination']>[0] = {},
) {
  return await deliveryFixture.destination({ offerIds: [offerId], ...settings });
}

test('the product gets signed events about refused and written-off usage and about crossed limits', async () => {
  const subscriptionId = await known('told');
  const { secret, receiver } = await listening('told');
  const refused = await publishSettled(subscriptionId);
  const lost = { outcome: 'writtenOff', status: 'Expired', problem: 'expired' } as const;
  const writtenOff = await publishSettled(subscriptionId, lost);
  const limit = {
    eventId: randomUUID(),
    publisherId: 'contoso',
    subscriptionId,
    dimension: 'requests',
    planId: 'growth',
    termStart: '2026-11-01T00:00:00.000Z',
    limit: '1000',
    overage: '1000.25',
    crossedAt: SETTLED_AT,
  };
  await publish(usageThresholdCrossedFact.subject, limit);
  await until('all three', () => receiver.receipts.length === 3);

  const now = deliveryFixture.now();
  const events = receiver.receipts.map(({ headers, body }) =>
    verifyProductEvent({ headers, body, secrets: [secret], now }),
  );
  const about = { subscriptionId, publisherId: 'contoso', offerId: 'told', planId: 'growth' };
  const hour = { ...about, dimension: 'requests', hour: HOUR, quantity: '12.5', isTest: false };
  const head = { version: 1, occurredAt: SETTLED_AT };
  expect(new Map(events.map((event) => [event.type, event]))).toEqual(
    new Map<string, object>([
      [
        'usage.refused',
        {
          ...head,
          id: refused,
          type: 'usage.refused',
          usage: { ...hour, status: 'InvalidDimension', problem: 'dimension-unknown' },
        },
      ],
      [
        'usage.writtenOff',
        {
          ...head,
          id: writtenOff,
          type: 'usage.writtenOff',
          usage: { ...hour, status: 'Expired', problem: 'expired' },
        },
      ],
      [
        'usage.thresholdCrossed',
        {
          ...head,
          id: limit.eventId,
          type: 'usage.thresholdCrossed',
          usage: {
            ...about,
            dimension: 'requests',
            quantity: '1000.25',
            limit: '1000',
            termStart: limit.termStart,
            isTest: false,
          },
        },
      ],
    ]),
  );
});

test('only a destination that names usage.settled gets an event for each billed hour', async () => {
  const subscriptionId = await known('quiet');
  const all = await listening('quiet');
  const named = await listening('quiet', { types: ['usage.settled', 'usage.refused'] });
  const billed = { outcome: 'billed', status: 'Accepted', problem: undefined } as const;
  await publishSettled(subscriptionId, billed);
  await publishSettled(subscriptionId);
  await until('both', () => named.receiver.receipts.length === 2);
  await until('the refused one', () => all.receiver.receipts.length === 1);

  expect(typesOf(named)).toEqual(['usage.refused', 'usage.settled']);
  expect(await deliveryFixture.deliveriesOf(all.destination.id)).toMatchObject([
    { type: 'usage.refused', subscriptionId },
  ]);
});

test.each<[string, UsageEventType]>([
  ['Accepted', 'usage.settled'],
  ['Duplicate', 'usage.settled'],
  ['Expired', 'usage.writtenOff'],
  ['ResourceNotFound', 'usage.refused'],
])('a fact of an earlier version with %s becomes %s', async (status, type) => {
  const offerId = `earlier-${status}`;
  const subscriptionId = await known(offerId);
  const { receiver } = await listening(offerId, { types: [type] });
  const eventId = randomUUID();
  const hour = { subscriptionId: subscriptionId.toUpperCase(), dimension: 'requests', hour: HOUR };
  const rest = { planId: 'growth', quantity: 1e-7, status, settledAt: SETTLED_AT };
  await publish(usageSettledFact.subject, { eventId, ...hour, ...rest });
  const { event } = await until('the event', () => receiver.receipts[0]);

  expect(event).toMatchObject({
    id: eventId,
    type,
    usage: { subscriptionId, publisherId: 'contoso', quantity: '0.0000001', status },
  });
});

test('a repeated fact is one event', async () => {
  const subscriptionId = await known('repeated');
  const { destination, receiver } = await listening('repeated');
  const eventId = await publishSettled(subscriptionId);
  await publishSettled(subscriptionId, { eventId });
  const last = await publishSettled(subscriptionId);
  await until('the last', () => receiver.receipts.some(({ event }) => event.id === last));
  await noneWaiting();

  expect(await deliveryFixture.deliveriesOf(destination.id)).toHaveLength(2);
});

test('usage of an unknown subscription does not delay others, and is sent once the subscription is known', async () => {
  const subscriptionId = await known('early');
  const { receiver } = await listening('early', { types: ['usage.refused'] });
  const later = randomUUID();
  const early = await publishSettled(later);
  const other = await publishSettled(subscriptionId);
  await until('the other', () => receiver.receipts.length === 1);
  expect(receiver.receipts[0]?.event.id).toBe(other);

  await known('early', later);
  await until('the early one', () => receiver.receipts.length === 2);
  expect(receiver.receipts[1]?.event.id).toBe(early);
});

test("another publisher's destination gets nothing, and an offer's filter includes its preview", async () => {
  const subscriptionId = await known('seen-preview');
  const ours = await listening('seen', { publisherId: 'contoso' });
  const theirs = await deliveryFixture.destination({ publisherId: 'litware' });
  await publishSettled(subscriptionId, { publisherId: 'litware' });
  await until('ours', () => ours.receiver.receipts.length === 1);

  expect(await deliveryFixture.deliveriesOf(theirs.destination.id)).toEqual([]);
});

function typesOf({ receiver }: Awaited<ReturnType<typeof listening>>): string[] {
  return receiver.receipts.map(({ event }) => event.type).toSorted();
}

/** Waits until the consumer has settled every message. */
async function noneWaiting(): Promise<void> {
  await until('every fact is handled', async () => {
    const lag = await deliveryFixture.fixture.bus.consumerLag(fulfillmentUsage as never);
    return lag?.unsettled === 0;
  });
}
