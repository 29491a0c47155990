import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { erasePersonalData } from '../src/store/erasure.ts';
import { inTransaction } from '@landfall/service-kit/database';
import { openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';

let fixture: DeliveryFixture;
beforeAll(async () => {
  fixture = await openDeliveryFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const query = (text: string, values: unknown[] = []) => fixture.fixture.db.pool.query(text, values);

type Filters = {
  types?: ('subscription.activated' | 'subscription.renewed')[];
  offerIds?: string[];
};

/** A listener that is closed at the end of the test, so that the limit is not reached. */
async function listen(filters: Filters = {}) {
  const { listeners } = fixture.client;
  const opened = await listeners.open.mutate({ label: 'test', ...filters });
  const { listenerId } = opened;
  const take = (input: Omit<Parameters<typeof listeners.take.mutate>[0], 'listenerId'> = {}) =>
    listeners.take.mutate({ listenerId, ...input });
  const close = () => listeners.close.mutate({ listenerId });
  return {
    ...opened,
    take,
    close,
    [Symbol.asyncDispose]: async () => void (await close().catch(() => undefined)),
  };
}

const subscriptionsIn = (taken: { events: { subscription?: { id: string } | undefined }[] }) =>
  taken.events.map(({ subscription }) => subscription?.id);

test('a listener gets the same events as a destination, byte for byte', async () => {
  await using listener = await listen();
  const { receiver } = await fixture.destination();
  const id = await fixture.recordFact('activated');
  const posted = await until('the event was posted', () =>
    receiver.receipts.find(({ body }) => body.includes(id)),
  );
  const { bodies, events } = await listener.take();
  expect(bodies).toEqual([posted.body]);
  expect(events).toEqual([JSON.parse(posted.body)]);
});

test('an event comes again until the answer that held it is confirmed', async () => {
  await using listener = await listen();
  const first = await fixture.recordFact();
  const second = await fixture.recordFact();
  expect(subscriptionsIn(await listener.take({ limit: 1 }))).toEqual([first]);
  const both = await listener.take();
  expect(subscriptionsIn(both)).toEqual([first, second]);
  const rest = await listener.take({ after: both.next });
  expect(rest).toMatchObject({ events: [], next: both.next });
});

test('confirming an answer never removes an event that was not in it', async () => {
  await using listener = await listen();
  await fixture.recordFact();
  const { next } = await listener.take();
  // A slow transaction commits an event with an older sequence.
  const late = await fixture.recordFact();
  await query(
    `update listener_events set event_sequence = -1 where listener_id = $1 and subscription_id = $2`,
    [listener.listenerId, late],
  );
  expect(subscriptionsIn(await listener.take({ after: next }))).toEqual([late]);
});

test('a listener that waits gets an event as soon as it is recorded', async () => {
  await using listener = await listen();
  const waiting = listener.take({ waitMs: 8_000 });
  const id = await fixture.recordFact();
  expect(subscriptionsIn(await waiting)).toEqual([id]);
});

test('a listener gets only the types and offers that it asked for', async () => {
  await using listener = await listen({ types: ['subscription.renewed'], offerIds: ['analytics'] });
  await fixture.recordFact('activated');
  await fixture.recordFact('renewed', { offerId: 'pulse' });
  const wanted = await fixture.recordFact('renewed', { offerId: 'analytics-preview' });
  expect(subscriptionsIn(await listener.take())).toEqual([wanted]);
});

test('a listener ends ten minutes after its last answer, and its events are not recorded any more', async () => {
  await using listener = await listen();
  const inMinutes = (Date.parse(listener.endsAt) - Date.now()) / 60_000;
  expect(Math.round(inMinutes)).toBe(10);
  await query(`update listeners set ends_at = now() - interval '1 second' where id = $1`, [
    listener.listenerId,
  ]);
  const id = await fixture.recordFact();
  const { rowCount } = await query('select from listener_events where subscription_id = $1', [id]);
  expect(rowCount).toBe(0);
  await expect(listener.take()).rejects.toMatchObject({
    data: { rejection: 'listener.not-found' },
  });
});

test('closing a listener removes its events, and nothing else keeps them', async () => {
  await using listener = await listen({ types: ['subscription.renewed'] });
  await query(`update destinations set types = '{ping}'`);
  const id = await fixture.recordFact('renewed');
  const stored = async () =>
    (await query('select from product_events where body like $1', [`%${id}%`])).rowCount;
  expect(await stored()).toBe(1);
  expect(await listener.close()).toEqual({ removed: 1 });
  expect(await stored()).toBe(0);
});

test('erased people are not in events that wait for a listener', async () => {
  await using listener = await listen();
  const id = await fixture.recordFact();
  await inTransaction(fixture.fixture.db, (trx) => erasePersonalData(trx, id));
  const { events } = await listener.take();
  expect(events[0]?.subscription?.beneficiary).not.toHaveProperty('objectId');
});

test('a publisher has at most four listeners, and an ended one does not count', async () => {
  const publisherId = `publisher-${randomUUID()}`;
  const open = () => fixture.client.listeners.open.mutate({ label: 'l', publisherId });
  const opened = [await open(), await open(), await open(), await open()];
  await expect(open()).rejects.toMatchObject({ data: { rejection: 'listener.too-many' } });
  await query('update listeners set ends_at = now() where id = $1', [opened[0]?.listenerId]);
  await expect(open()).resolves.toBeDefined();
});
