import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { retention } from '@landfall/contracts/retention';
import { applyRetention } from '@landfall/service-kit/retention';
import { createLogger } from '@landfall/service-kit/log';
import { until } from '@landfall/servers/wait';
import { giveUpWaiting } from '../src/deliveries/give-up-waiting.ts';
import { delivery, openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The published schedule, written down independently of the code. */
const PUBLISHED_PAUSES_MS = [
  5 * SECOND_MS,
  15 * SECOND_MS,
  60 * SECOND_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

let fixture: DeliveryFixture;
beforeAll(async () => {
  fixture = await openDeliveryFixture('stopped');
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** A destination for the events of one offer, so that tests do not affect each other. */
let offers = 0;
async function destinationOf(settings: Parameters<DeliveryFixture['destination']>[0] = {}) {
  offers += 1;
  const offerId = `offer-${offers}`;
  const { destination, receiver } = await fixture.destination({ offerIds: [offerId], ...settings });
  const recordFact = (
    kind: Parameters<DeliveryFixture['recordFact']>[0],
    subscriptionId?: string,
  ) =>
    fixture.recordFact(kind, {
      offerId,
      ...(subscriptionId === undefined ? {} : { subscriptionId }),
    });
  return { id: destination.id, offerId, receiver, recordFact };
}

async function viewOf(id: string) {
  const { items } = await fixture.client.destinations.list.query({ limit: 200 });
  return items.find((destination) => destination.id === id);
}

const history = async (deliveryId: string) =>
  (await fixture.client.deliveries.get.query({ deliveryId })).history;

/** A replay that matches nothing wakes the sender. The sweep would come too, but a second later. */
const wake = (destinationId: string) =>
  fixture.client.deliveries.replay.mutate({
    destinationId,
    since: '9999-01-01T00:00:00Z',
    requestedBy: 'test',
    dryRun: false,
  });

/** Lets a failing delivery go through its schedule until the condition holds. */
async function exhaust(id: string, until: (attempts: number, state: string) => boolean) {
  for (;;) {
    const attempts = (await fixture.deliveriesOf(id))[0]?.attempts ?? 0;
    const current = await delivery(fixture, id, (now) => now.attempts > attempts || attempts > 0);
    if (until(current.attempts, current.state)) return current;
    fixture.advanceTo(current.nextAttemptAt);
    await wake(id);
    await delivery(fixture, id, (now) => now.attempts > current.attempts);
  }
}

describe('retries', () => {
  test('an event that fails is sent again under the same id until it arrives', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    const replies = [500, 302, 429];
    receiver.reply = () => ({ status: replies.shift() ?? 200, headers: { location: '/else' } });
    await recordFact('activated');
    const arrived = await exhaust(id, (_, state) => state === 'delivered');
    expect(arrived).toMatchObject({ attempts: 4, state: 'delivered' });
    expect(arrived.nextAttemptAt).toBeUndefined();
    expect(receiver.receipts).toHaveLength(4);
    expect(new Set(receiver.receipts.map(({ event }) => event.id)).size).toBe(1);
    expect(new Set(receiver.receipts.map(({ body }) => body)).size).toBe(1);
    const tried = await history(arrived.id);
    expect(tried.map(({ status, failure }) => [status, failure])).toEqual([
      [500, 'status'],
      [302, 'redirect'],
      [429, 'status'],
      [200, undefined],
    ]);
  });

  test('the summary counts what was delivered and died on each day, and since when events wait', async () => {
    const works = await destinationOf();
    const fails = await destinationOf();
    fails.receiver.reply = () => ({ status: 500 });
    const before = await fixture.client.deliveries.summary.query({});
    await works.recordFact('activated');
    await fails.recordFact('activated');
    await delivery(fixture, works.id, ({ state }) => state === 'delivered');
    const waiting = await delivery(fixture, fails.id, ({ attempts }) => attempts > 0);

    const after = await fixture.client.deliveries.summary.query({});
    const theirs = await fixture.client.deliveries.summary.query({ publisherId: 'nobody' });

    const total = (days: typeof after.days) => days.reduce((sum, day) => sum + day.delivered, 0);
    expect(after.days).toHaveLength(14);
    expect(total(after.days)).toBe(total(before.days) + 1);
    expect(after.waiting).toBe(before.waiting + 1);
    expect(after.waitingSince! <= waiting.createdAt).toBe(true);
    expect(theirs).toMatchObject({ waiting: 0 });
    expect(total(theirs.days)).toBe(0);
    await fixture.client.destinations.remove.mutate({ destinationId: fails.id });
  });

  test('an event is tried thirteen times over three days, then it is dead; a replay starts again', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    receiver.reply = () => ({ status: 400 });
    await recordFact('activated');
    const dead = await exhaust(id, (_, state) => state === 'dead');
    const times = (await history(dead.id)).map(({ at }) => new Date(at).getTime());
    expect(times).toHaveLength(13);
    for (const [index, pauseMs] of PUBLISHED_PAUSES_MS.entries()) {
      const waitedMs = (times[index + 1] ?? 0) - (times[index] ?? 0);
      expect(waitedMs).toBeGreaterThanOrEqual(pauseMs);
      // Plus a tenth of jitter.
      expect(waitedMs).toBeLessThan(pauseMs * 1.1 + SECOND_MS);
    }

    receiver.reply = () => ({ status: 200 });
    const replay = { destinationId: id, requestedBy: 'operator-7' };
    expect(await fixture.client.deliveries.replay.mutate(replay)).toEqual({
      matched: 1,
      replayed: 0,
      items: [{ deliveryId: dead.id, type: dead.type, subscriptionId: dead.subscriptionId }],
    });
    const late = { ...replay, since: fixture.now().toISOString(), dryRun: false };
    expect(await fixture.client.deliveries.replay.mutate(late)).toEqual({
      matched: 0,
      replayed: 0,
    });
    expect(receiver.receipts).toHaveLength(13);
    const now = { ...replay, dryRun: false };
    expect(await fixture.client.deliveries.replay.mutate(now)).toEqual({ matched: 1, replayed: 1 });
    await delivery(fixture, id, ({ state }) => state === 'delivered');
    expect(new Set(receiver.receipts.map(({ event }) => event.id)).size).toBe(1);
    expect((await history(dead.id)).at(-1)).toMatchObject({
      cause: 'schedule',
      requestedBy: 'operator-7',
      status: 200,
    });
  });

  test('when a destination works again, its waiting events are sent at once', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    receiver.reply = () => ({ status: 500 });
    for (let event = 0; event < 5; event += 1) await recordFact('renewed');
    await until('each is minutes away from its next attempt', async () => {
      fixture.advance(30 * SECOND_MS);
      await wake(id);
      const nextMs = (await fixture.deliveriesOf(id)).map(({ nextAttemptAt }) =>
        new Date(nextAttemptAt ?? 0).getTime(),
      );
      return nextMs.length === 5 && nextMs.every((ms) => ms > fixture.now().getTime() + MINUTE_MS);
    });
    const tried = receiver.receipts.length;

    receiver.reply = () => ({ status: 200 });
    const waiting = (await fixture.deliveriesOf(id)).map(({ eventId }) => eventId);
    await recordFact('suspended');

    await until('all events have arrived', async () =>
      (await fixture.deliveriesOf(id)).every(({ state }) => state === 'delivered'),
    );
    const arrived = receiver.receipts.slice(tried).map(({ event }) => event);
    expect(arrived[0]?.type).toBe('subscription.suspended');
    expect(new Set(arrived.slice(1).map((event) => event.id))).toEqual(new Set(waiting));
    expect(arrived).toHaveLength(6);
  });

  test('an event that keeps failing while others succeed is not sent with each success, and loses no attempts', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    const isPoison = (type: string) => type === 'subscription.suspended';
    receiver.reply = ({ event }) => ({ status: isPoison(event.type) ? 500 : 200 });
    await recordFact('suspended');
    const posts = () => receiver.receipts.filter(({ event }) => isPoison(event.type)).length;
    await until('it has failed', async () => (await viewOf(id))?.failingSince !== undefined);

    for (let event = 0; event < 10; event += 1) {
      await recordFact('renewed');
      await until('the event has arrived', async () =>
        (await fixture.deliveriesOf(id)).every(
          ({ type, state }) => isPoison(type) || state === 'delivered',
        ),
      );
    }

    const [poison] = await fixture.deliveriesOf(id);
    expect(poison?.state).toBe('waiting');
    // At first, after its first pause, and once more for each of these two, because time passes during the
    // test.
    expect(posts()).toBeLessThanOrEqual(6);
  });

  test('a replay sends waiting events at once', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    receiver.reply = () => ({ status: 500 });
    await recordFact('activated');
    const waiting = await exhaust(id, (attempts) => attempts === 5);
    expect(waiting.state).toBe('waiting');

    receiver.reply = () => ({ status: 200 });
    const wanted = { destinationId: id, requestedBy: 'operator-7', dryRun: false };
    const replayed = await fixture.client.deliveries.replay.mutate(wanted);

    expect(replayed).toEqual({ matched: 1, replayed: 1 });
    await delivery(fixture, id, ({ state }) => state === 'delivered');
  });

  test('a requested pause applies to all events of the destination', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    receiver.reply = () => ({ status: 503, headers: { 'retry-after': '1800' } });
    await recordFact('activated');
    const first = await delivery(fixture, id, ({ attempts }) => attempts === 1);
    const untilMs = new Date(first.nextAttemptAt ?? 0).getTime() - fixture.now().getTime();
    expect(untilMs).toBeGreaterThan(1700 * SECOND_MS);
    receiver.reply = () => ({ status: 200 });
    await recordFact('renewed');
    const { recordFact: recordOther, id: other } = await destinationOf();
    await recordOther('renewed');
    await delivery(fixture, other, ({ state }) => state === 'delivered');
    expect(receiver.receipts).toHaveLength(1);
    fixture.advanceTo(first.nextAttemptAt);
    await until('both', () => receiver.receipts.length === 3);
  });
});

describe('by hand', () => {
  test('each resend of a delivered event is a separate, audited attempt with the same event id', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    await recordFact('activated');
    const arrived = await delivery(fixture, id, ({ state }) => state === 'delivered');
    const resend = (requestedBy: string) =>
      fixture.client.deliveries.resend.mutate({ deliveryId: arrived.id, requestedBy });
    await Promise.all([resend('operator-1'), resend('operator-2')]);
    await until('two more attempts', () => receiver.receipts.length === 3);
    await delivery(fixture, id, ({ attempts }) => attempts === 3);
    expect(new Set(receiver.receipts.map(({ event }) => event.id)).size).toBe(1);
    const tried = await history(arrived.id);
    expect(tried.map(({ cause }) => cause)).toEqual(['schedule', 'resend', 'resend']);
    expect(new Set(tried.map(({ requestedBy }) => requestedBy))).toEqual(
      new Set([undefined, 'operator-1', 'operator-2']),
    );
  });

  test('a resend that fails leaves state and schedule as they were', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    await recordFact('activated');
    const arrived = await delivery(fixture, id, ({ state }) => state === 'delivered');
    receiver.reply = () => ({ status: 500 });
    await fixture.client.deliveries.resend.mutate({ deliveryId: arrived.id, requestedBy: 'o' });
    const after = await delivery(fixture, id, ({ attempts }) => attempts === 2);
    expect(after).toMatchObject({ state: 'delivered', deliveredAt: arrived.deliveredAt });

    const { id: other, receiver: failing, recordFact: recordOther } = await destinationOf();
    failing.reply = () => ({ status: 500 });
    await recordOther('activated');
    const waiting = await delivery(fixture, other, ({ attempts }) => attempts === 1);
    await fixture.client.deliveries.resend.mutate({ deliveryId: waiting.id, requestedBy: 'o' });
    const still = await delivery(fixture, other, ({ attempts }) => attempts >= 2);
    expect(still).toMatchObject({ state: 'waiting' });
  });

  test('an unknown delivery or destination is rejected with a code', async () => {
    const deliveryId = crypto.randomUUID();
    const { deliveries, destinations } = fixture.client;
    await expect(deliveries.resend.mutate({ deliveryId, requestedBy: 'o' })).rejects.toMatchObject({
      data: { rejection: 'delivery.not-found' },
    });
    await expect(destinations.enable.mutate({ destinationId: deliveryId })).rejects.toMatchObject({
      data: { rejection: 'destination.not-found' },
    });
  });
});

describe('a destination', () => {
  test('that is gone (410) gets nothing more; when it is enabled, its waiting events are sent', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    receiver.reply = () => ({ status: 410 });
    await recordFact('activated');
    await until('disabled', async () => (await viewOf(id))?.state === 'disabled');
    expect(await viewOf(id)).toMatchObject({ disabledBecause: 'gone' });
    receiver.reply = () => ({ status: 200 });
    await recordFact('renewed');
    fixture.advance(DAY_MS);
    const { id: other, recordFact: recordOther } = await destinationOf();
    await recordOther('renewed');
    await delivery(fixture, other, ({ state }) => state === 'delivered');
    expect(receiver.receipts).toHaveLength(1);
    expect((await fixture.deliveriesOf(id)).map(({ state }) => state)).toEqual([
      'waiting',
      'waiting',
    ]);
    const enabled = await fixture.client.destinations.enable.mutate({ destinationId: id });
    expect(enabled).toMatchObject({ state: 'enabled' });
    expect(enabled.disabledBecause).toBeUndefined();
    await until('both', async () => {
      const states = (await fixture.deliveriesOf(id)).map(({ state }) => state);
      return states.every((state) => state === 'delivered');
    });
    expect(receiver.receipts).toHaveLength(3);
  });

  test('that fails for five days is disabled; one that works again is healthy', async () => {
    const { id, receiver, recordFact } = await destinationOf();
    receiver.reply = () => ({ status: 500 });
    await recordFact('activated');
    await until('failing', async () => (await viewOf(id))?.failingSince !== undefined);
    fixture.advance(5 * DAY_MS - HOUR_MS);
    await delivery(fixture, id, ({ attempts }) => attempts === 2);
    expect((await viewOf(id))?.state).toBe('enabled');
    receiver.reply = () => ({ status: 200 });
    await recordFact('renewed');
    await until('healthy', async () => (await viewOf(id))?.failingSince === undefined);

    receiver.reply = () => ({ status: 500 });
    await recordFact('suspended');
    await until('failing again', async () => (await viewOf(id))?.failingSince !== undefined);
    fixture.advance(5 * DAY_MS);
    await until('disabled', async () => (await viewOf(id))?.state === 'disabled');
    expect(await viewOf(id)).toMatchObject({ disabledBecause: 'failing' });
  });

  test('that is slow delays no other', async () => {
    const { id: slow, receiver: hanging, recordFact: recordSlow } = await destinationOf();
    const { promise, resolve } = Promise.withResolvers<{ status: number }>();
    hanging.reply = () => promise;
    for (let event = 0; event < 20; event += 1) await recordSlow('renewed');
    await until('as many deliveries as allowed are under way', () => hanging.receipts.length === 8);
    const { id, recordFact } = await destinationOf();
    await recordFact('renewed');
    await delivery(fixture, id, ({ state }) => state === 'delivered');
    expect(hanging.receipts).toHaveLength(8);
    resolve({ status: 200 });
    await until('all', async () => {
      const all = await fixture.deliveriesOf(slow);
      return all.length === 20 && all.every(({ state }) => state === 'delivered');
    });
    expect(hanging.receipts).toHaveLength(20);
  });

  test('that is ordered gets the events of one subscription in turn, and those of others meanwhile', async () => {
    const { id, receiver, recordFact } = await destinationOf({ isOrdered: true });
    receiver.reply = ({ event }) =>
      event.type === 'subscription.purchased' ? { status: 500 } : { status: 200 };
    const subscriptionId = await recordFact('purchased');
    await recordFact('activated', subscriptionId);
    await recordFact('renewed', subscriptionId);
    const other = await recordFact('renewed');
    await until('the other one', () =>
      receiver.receipts.some(({ event }) => event.subscription?.id === other),
    );
    const types = () =>
      receiver.receipts.flatMap(({ event }) =>
        event.subscription?.id === subscriptionId ? [event.type] : [],
      );
    await until('the first failed', () => types().length > 0);
    expect(new Set(types())).toEqual(new Set(['subscription.purchased']));
    receiver.reply = () => ({ status: 200 });
    fixture.advance(10 * MINUTE_MS);
    await until('all', async () =>
      (await fixture.deliveriesOf(id)).every(({ state }) => state === 'delivered'),
    );
    expect(types().slice(-3)).toEqual([
      'subscription.purchased',
      'subscription.activated',
      'subscription.renewed',
    ]);
  });

  test('that is ordered continues when an event is dead', async () => {
    const { id, receiver, recordFact } = await destinationOf({ isOrdered: true });
    receiver.reply = ({ event }) =>
      event.type === 'subscription.purchased' ? { status: 400 } : { status: 200 };
    const subscriptionId = await recordFact('purchased');
    await recordFact('activated', subscriptionId);
    const dead = await exhaust(id, (_, state) => state === 'dead');
    expect(dead.type).toBe('subscription.purchased');
    await until('the next one', async () => {
      const [, next] = await fixture.deliveriesOf(id);
      return next?.state === 'delivered';
    });
  });

  test('is listed with its deliveries in pages without gaps', async () => {
    const { id, recordFact } = await destinationOf();
    for (let event = 0; event < 5; event += 1) await recordFact('renewed');
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const wanted = { destinationId: id, limit: 2, cursor };
      const page = await fixture.client.deliveries.list.query(wanted);
      found.push(...page.items.map((one) => one.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(found).toEqual((await fixture.deliveriesOf(id)).map((one) => one.id).toReversed());
  });
});

test('delivered events are removed after a month, dead ones after three', async () => {
  const { id, receiver, recordFact } = await destinationOf();
  await recordFact('renewed');
  await delivery(fixture, id, ({ state }) => state === 'delivered');
  await fixture.client.destinations.disable.mutate({ destinationId: id });
  await recordFact('suspended');
  const { rules } = retention['fulfillment-worker'];
  const { signal } = new AbortController();
  const prune = async () => {
    const { db } = fixture.fixture;
    const log = createLogger('test', 'silent');
    await giveUpWaiting({ db: db.kysely, log, now: fixture.now }, signal);
    await applyRetention({ database: db, rules, config: {}, now: fixture.now }, signal);
  };
  const states = async () => (await fixture.deliveriesOf(id)).map(({ state }) => state);
  await prune();
  expect(await states()).toEqual(['delivered', 'waiting']);
  fixture.advance(31 * DAY_MS);
  await prune();
  expect(await states()).toEqual(['dead']);
  fixture.advance(91 * DAY_MS);
  await prune();
  expect(await states()).toEqual([]);
  const { rows } = await fixture.fixture.db.pool.query(
    'select 1 from product_events where id = any($1)',
    [receiver.receipts.map(({ event }) => event.id)],
  );
  expect(rows).toEqual([]);
});
