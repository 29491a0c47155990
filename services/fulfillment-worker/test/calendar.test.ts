import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Subscription } from '@landfall/domain/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import { insertSubscription } from '../src/store/subscriptions.ts';
import { subscriptionState } from './deliveries-fixture.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const offerId = `calendar-${randomUUID()}`;
/** In a year that no clock shows, because the worker handles what is due. */
const period = {
  from: '2099-03-01T00:00:00.000Z',
  to: '2099-04-01T00:00:00.000Z',
  offerId,
};

async function store(endDate: string | undefined, changes: Partial<Subscription> = {}) {
  const state: Subscription = {
    ...subscriptionState(randomUUID()),
    status: 'Subscribed',
    offerId,
    autoRenew: true,
    isFreeTrial: false,
    term: { endDate: endDate === undefined ? undefined : new Date(endDate), termUnit: 'P1M' },
    ...changes,
  };
  const at = new Date('2099-01-01');
  await inTransaction(fixture.db, (trx) => insertSubscription(trx, state, { version: 1, at }));
  return state.id;
}

test('a term end is a renewal, a conversion or an end, and only of subscriptions in force', async () => {
  const renews = await store('2099-03-05T00:00:00Z');
  const converts = await store('2099-03-06T00:00:00Z', { isFreeTrial: true });
  const ends = await store('2099-03-07T00:00:00Z', { autoRenew: false });
  const test = await store('2099-03-08T00:00:00Z', { isTest: true });
  await store('2099-03-09T00:00:00Z', { status: 'Unsubscribed' });
  await store('2099-04-01T00:00:00Z');
  await store(undefined);
  const due = await store(undefined, { status: 'PendingFulfillmentStart' });
  await fixture.db.pool.query(
    `insert into timers (subscription_id, kind, step, due_at, deadline, correlation_id)
     values ($1, 'configurationEnd', 0, '2099-03-10', '2099-03-10', 'c'),
       ($1, 'configurationReminder', 1, '2099-03-09', '2099-03-10', 'c')`,
    [due],
  );
  const dueAt = new Date('2099-03-11');
  const approval = { state: 'waiting' as const, requestedAt: new Date('2099-02-10'), dueAt };
  const waiting = await store(undefined, { status: 'PendingFulfillmentStart', approval });
  await fixture.db.pool.query(
    `insert into timers (subscription_id, kind, step, due_at, deadline, correlation_id)
     values ($1, 'configurationEnd', 0, '2099-03-11', '2099-03-11', 'c')`,
    [waiting],
  );
  const { items } = await fixture.client.calendar.list.query(period);
  expect(items.map(({ id, kind, at, isTest }) => [id, kind, at.slice(0, 10), isTest])).toEqual([
    [renews, 'renews', '2099-03-05', false],
    [converts, 'trialConverts', '2099-03-06', false],
    [ends, 'ends', '2099-03-07', false],
    [test, 'renews', '2099-03-08', true],
    [due, 'configurationDue', '2099-03-10', false],
    [waiting, 'approvalDue', '2099-03-11', false],
  ]);
  const { days } = await fixture.client.calendar.days.query(period);
  expect(days).toEqual([
    { day: '2099-03-05', counts: { renews: 1 } },
    { day: '2099-03-06', counts: { trialConverts: 1 } },
    { day: '2099-03-07', counts: { ends: 1 } },
    { day: '2099-03-08', counts: { renews: 1 } },
    { day: '2099-03-10', counts: { configurationDue: 1 } },
    { day: '2099-03-11', counts: { approvalDue: 1 } },
  ]);
  const only = await fixture.client.calendar.list.query({ ...period, kinds: ['ends'] });
  expect(only.items.map(({ id }) => id)).toEqual([ends]);
});

test('pages of entries of the same time lose none and repeat none', async () => {
  const at = '2099-06-15T00:00:00Z';
  const ids = await Promise.all(Array.from({ length: 7 }, () => store(at)));
  const may = { ...period, from: '2099-06-01T00:00:00.000Z', to: '2099-07-01T00:00:00.000Z' };
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await fixture.client.calendar.list.query({ ...may, limit: 2, cursor });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(seen).toEqual(ids.toSorted());
});

test('a calendar of more than 400 days is refused', async () => {
  const long = { from: '2099-01-01T00:00:00.000Z', to: '2100-06-01T00:00:00.000Z' };
  await expect(fixture.client.calendar.days.query(long)).rejects.toThrow(/400 days/);
});
