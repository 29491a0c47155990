import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '@landfall/service-kit/database';
import { claimCharges } from '../src/store/due-charges.ts';
import { countFailedRuns } from '../src/store/recurring.ts';
import { AT_ELEVEN, chargesOf, type Put } from './charges.ts';
import { HOUR, MINUTE, openStore, type StoreFixture } from './store-fixture.ts';

const DAY = 24 * HOUR;

let store: StoreFixture;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store[Symbol.asyncDispose]());

const { recurring, put, refusal, reportAll, runs, outcomes, used, nextAt } = chargesOf(() => store);

test('a quantity is reported at each moment of its schedule, and not before', async () => {
  const subscriptionId = await store.save();
  const id = await put({ subscriptionId });
  await reportAll();
  expect(await used(subscriptionId)).toEqual([]);

  store.advance(55 * MINUTE);
  await reportAll();
  await reportAll();
  expect(await used(subscriptionId)).toEqual(['03-10T11 10']);

  store.advance(HOUR);
  await reportAll();
  expect(await used(subscriptionId)).toEqual(['03-10T11 10', '03-10T12 10']);
  expect(await outcomes(id)).toEqual(['03-10T11:00 taken', '03-10T12:00 taken']);
  expect(await nextAt(id)).toBe('2026-03-10T13:00:00.000Z');
});

test('after an outage of less than a day, every run counts at the time at which it was due', async () => {
  const subscriptionId = await store.save();
  const id = await put({ subscriptionId });
  store.advance(DAY);
  await reportAll();

  expect(await outcomes(id)).toHaveLength(24);
  const hours = await used(subscriptionId);
  expect(hours).toHaveLength(24);
  expect([hours[0], hours[23]]).toEqual(['03-10T11 10', '03-11T10 10']);
});

test('after an outage of 30 hours, runs that Microsoft no longer accepts are missed, and the rest count', async () => {
  const subscriptionId = await store.save();
  const id = await put({ subscriptionId });
  store.advance(30 * HOUR);
  await reportAll();

  const done = await runs(id);
  expect(done.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: 6 }, () => 'missed'),
    ...Array.from({ length: 24 }, () => 'taken'),
  ]);
  expect(done[0]?.reason).toContain('24 hours');
  expect((await used(subscriptionId))[0]).toBe('03-10T17 10');
  expect(await nextAt(id)).toBe('2026-03-11T17:00:00.000Z');
  const failed = await countFailedRuns(store.db.kysely, new Date(store.ago(DAY)));
  expect(failed).toContainEqual({ outcome: 'missed', runs: 6 });
  // Nothing was reported for the missed runs, so nothing was refused.
  expect((await store.db.pool.query('select from usage_refusals')).rowCount).toBe(0);
});

test('after an outage, each run is judged by what the subscription was at that time', async () => {
  const subscriptionId = await store.save();
  const single = await put({ subscriptionId });
  const ofPlan = await put({ offerId: 'analytics', planId: 'starter' });
  store.advance(5 * HOUR);
  await store.save({ id: subscriptionId, at: '2026-03-10T12:30:00Z', status: 'Suspended' });
  await store.save({ id: subscriptionId, at: '2026-03-10T13:30:00Z', planId: 'growth' });
  await reportAll();

  expect(await outcomes(single)).toEqual([
    '03-10T11:00 taken',
    '03-10T12:00 taken',
    '03-10T13:00 skipped',
    '03-10T14:00 taken',
    '03-10T15:00 taken',
  ]);
  expect(await outcomes(ofPlan)).toEqual(['03-10T11:00 taken', '03-10T12:00 taken']);
});

test('a run that was taken before a crash is not counted again, even with another quantity', async () => {
  const subscriptionId = await store.save();
  const id = await put({ subscriptionId });
  store.advance(55 * MINUTE);
  await reportAll();
  // The crash came after the usage was taken and before the run was saved.
  await store.db.pool.query('delete from recurring_runs');
  await store.db.pool.query('update recurring_charges set next_at = $1', [AT_ELEVEN]);
  await put({ id, subscriptionId, quantity: '12' });
  await reportAll();

  expect(await used(subscriptionId)).toEqual(['03-10T11 10']);
  expect(await outcomes(id)).toEqual(['03-10T11:00 taken']);
});

test('two processes share what is due, and each run counts once', async () => {
  const subscriptions = await Promise.all(Array.from({ length: 20 }, () => store.save()));
  const ids = await Promise.all(subscriptions.map((subscriptionId) => put({ subscriptionId })));
  await put({ offerId: 'analytics', planId: 'starter', quantity: '1' });
  await using other = await store.another();
  store.advance(5 * HOUR);
  await Promise.all([reportAll(), reportAll(other), reportAll(), reportAll(other)]);
  await reportAll();

  for (const subscriptionId of subscriptions) {
    expect(await used(subscriptionId)).toEqual(
      ['11', '12', '13', '14', '15'].map((hour) => `03-10T${hour} 11`),
    );
  }
  expect(await outcomes(ids[0] ?? '')).toHaveLength(5);
});

test('a charge that another process has claimed is left to that process', async () => {
  const subscriptionId = await store.save();
  await put({ subscriptionId });
  store.advance(HOUR);
  await using other = await store.another();
  await inTransaction(other, async (trx) => {
    expect(await claimCharges(trx, store.now(), 10)).toHaveLength(1);
    await reportAll();
  });
  expect(await used(subscriptionId)).toEqual([]);

  await reportAll();
  expect(await used(subscriptionId)).toEqual(['03-10T11 10']);
});

test('a charge of a plan follows new, changed, suspended and ended subscriptions', async () => {
  const first = await store.save();
  const elsewhere = await store.save({ planId: 'growth' });
  const id = await put({ offerId: 'analytics-preview', planId: 'starter' });
  store.advance(HOUR);
  await reportAll();
  const second = await store.save({ at: store.ago(0) });
  await store.save({ id: first, at: store.ago(0), status: 'Suspended' });
  store.advance(HOUR);
  await reportAll();
  await store.save({ id: first, at: store.ago(0) });
  await store.save({ id: second, at: store.ago(0), status: 'Unsubscribed' });
  await store.save({ id: elsewhere, at: store.ago(0) });
  store.advance(HOUR);
  await reportAll();

  expect(await used(first)).toEqual(['03-10T11 10', '03-10T13 10']);
  expect(await used(second)).toEqual(['03-10T12 10']);
  expect(await used(elsewhere)).toEqual(['03-10T13 10']);
  expect(await outcomes(id)).toHaveLength(4);
});

test('a plan with more subscriptions than one step takes is reported completely', async () => {
  await store.db.pool.query(
    `with added as (insert into subscriptions (id, publisher_id, offer_id, plan_id, status, version)
       select 'many-' || n, 'contoso', 'analytics', 'starter', 'Subscribed', 1
       from generate_series(1, 1100) n returning id)
     insert into subscription_versions (subscription_id, version, occurred_at, plan_id, status)
     select id, 1, $1, 'starter', 'Subscribed' from added`,
    [store.ago(DAY)],
  );
  const single = await store.save({ planId: 'growth' });
  await put({ offerId: 'analytics', planId: 'starter' });
  await put({ subscriptionId: single });
  store.advance(HOUR);
  await reportAll();

  const { rows } = await store.db.pool.query<{ outcome: string; runs: number }>(
    'select outcome, count(*)::int as runs from recurring_runs group by 1',
  );
  expect(rows).toEqual([{ outcome: 'taken', runs: 1101 }]);
});

test('a subscription that was not active is skipped with the reason, and one that ended has no later run', async () => {
  const suspended = await store.save({ status: 'Suspended' });
  const pending = await store.save({ status: 'PendingFulfillmentStart' });
  const ended = await store.save();
  const ids = await Promise.all(
    [suspended, pending, ended].map((subscriptionId) => put({ subscriptionId })),
  );
  await store.save({ id: ended, at: store.ago(0), status: 'Unsubscribed' });
  store.advance(2 * HOUR);
  await reportAll();

  const reasons = await Promise.all(
    ids.map(async (id) => (await runs(id)).map(({ outcome, reason }) => `${outcome}: ${reason}`)),
  );
  expect(reasons).toEqual([
    Array.from({ length: 2 }, () => 'skipped: The subscription was suspended.'),
    Array.from({ length: 2 }, () => 'skipped: The subscription had not started.'),
    ['skipped: The subscription had ended.'],
  ]);
  expect(await nextAt(ids[2] ?? '')).toBeUndefined();
});

test('a run that intake refuses keeps the reason, and the schedule moves on', async () => {
  const subscriptionId = await store.save();
  const id = await put({ subscriptionId, dimension: 'seats' });
  await store.catalogue('starter', ['reports']);
  store.advance(HOUR);
  await reportAll();

  expect(await runs(id)).toMatchObject([
    { outcome: 'refused', reason: expect.stringContaining('It has: reports') },
  ]);
  expect(await nextAt(id)).toBe('2026-03-10T12:00:00.000Z');
});

test('a monthly quantity of the 31st is due on the last day of a shorter month', async () => {
  await store[Symbol.asyncDispose]();
  store = await openStore({ now: '2026-03-31T08:00:00Z' });
  const id = await put({ subscriptionId: await store.save(), every: 'month', from: undefined });
  for (const days of [0, 30, 31]) {
    store.advance(days * DAY);
    await reportAll();
  }

  expect(await outcomes(id)).toEqual([
    '03-31T08:00 taken',
    '04-30T08:00 taken',
    '05-31T08:00 taken',
  ]);
});

test('a quantity per term is charged once when each term starts, including the first', async () => {
  const id = await put({ offerId: 'analytics', planId: 'starter', every: 'term', from: undefined });
  const midnight = '2026-03-10T00:00:00.000Z';
  const running = await store.save();
  const bought = await store.save({
    at: store.ago(-MINUTE),
    term: { startDate: midnight, termUnit: 'P1M' },
  });
  store.advance(5 * MINUTE);
  await reportAll();
  expect(await used(running)).toEqual([]);
  expect(await used(bought)).toEqual(['03-10T00 10']);

  store.advance(31 * DAY - 11 * HOUR);
  const term = { startDate: '2026-04-10T00:00:00.000Z', termUnit: 'P1M' };
  await store.save({ id: bought, at: store.ago(0), term });
  store.advance(2 * HOUR);
  await reportAll();
  store.advance(2 * HOUR);
  await reportAll();
  expect(await used(bought)).toEqual(['03-10T00 10', '04-10T00 10']);
  expect(await outcomes(id)).toEqual(['03-10T00:00 taken', '04-10T00:00 taken']);
});

test('the first term of a purchase later that day is charged at the purchase', async () => {
  const id = await put({ offerId: 'analytics', planId: 'starter', every: 'term', from: undefined });
  const term = { startDate: '2026-03-10T00:00:00Z', termUnit: 'P1M' };
  const bought = await store.save({ at: '2026-03-10T10:30:00Z', term });
  await store.db.pool.query('update subscriptions set purchased_at = $1', ['2026-03-10T10:20:00Z']);
  store.advance(HOUR);
  await reportAll();

  expect(await used(bought)).toEqual(['03-10T10 10']);
  expect(await outcomes(id)).toEqual(['03-10T00:00 taken']);
});

test('a term that Landfall sees more than a day late is missed', async () => {
  const subscriptionId = await store.save();
  const id = await put({ subscriptionId, every: 'term', from: undefined });
  store.advance(3 * DAY);
  const term = { startDate: store.ago(30 * HOUR), termUnit: 'P1M' };
  await store.save({ id: subscriptionId, at: store.ago(0), term });
  await reportAll();

  expect((await runs(id)).map(({ outcome }) => outcome)).toEqual(['missed']);
});

test('putting the same quantity again changes nothing, and a changed one applies to later runs', async () => {
  const subscriptionId = await store.save();
  const id = randomUUID();
  expect(await put({ id, subscriptionId })).toBe(id);
  store.advance(HOUR);
  await reportAll();
  await put({ id, subscriptionId });
  await put({ id, subscriptionId, quantity: '12.50', from: undefined });
  store.advance(HOUR);
  await reportAll();

  expect(await used(subscriptionId)).toEqual(['03-10T11 10', '03-10T12 12.5']);
  expect(await outcomes(id)).toHaveLength(2);
});

test('a quantity stops at its end, and a removed one stops at once', async () => {
  const subscriptionId = await store.save();
  const until = '2026-03-10T13:00:00Z';
  const ending = await put({ subscriptionId, until });
  const single = await put({ subscriptionId, every: 'once' });
  const removed = await put({ subscriptionId });
  expect(await recurring().remove({ id: removed })).toMatchObject({ removed: true });
  expect(await recurring().remove({ id: removed })).toMatchObject({ removed: false });
  store.advance(DAY);
  await reportAll();

  expect(await outcomes(ending)).toEqual(['03-10T11:00 taken', '03-10T12:00 taken']);
  expect(await outcomes(single)).toEqual(['03-10T11:00 taken']);
  expect(await outcomes(removed)).toEqual([]);
  expect(await refusal({ id: removed, subscriptionId })).toContain('removed');
});

test('an invalid quantity or schedule is refused with an explanation', async () => {
  const subscriptionId = await store.save();
  const plan = { offerId: 'analytics', planId: 'starter' };
  const cases: [string, Partial<Put>][] = [
    ['Name either', {}],
    ['Name either', { subscriptionId, ...plan }],
    ['Name either', { offerId: 'analytics' }],
    ['above 0', { subscriptionId, quantity: '0' }],
    ['later than', { subscriptionId, until: AT_ELEVEN }],
    ['at most 24 hours', { subscriptionId, from: store.ago(DAY + 1) }],
    ['unknown', { subscriptionId: randomUUID() }],
  ];
  for (const [words, over] of cases) expect(await refusal(over)).toContain(words);
  expect(await refusal({ subscriptionId }, 'litware')).toContain('unknown');

  await store.catalogue('starter', ['reports', 'seats']);
  const unknown = { dimension: 'Seats' };
  expect(await refusal({ subscriptionId, ...unknown })).toContain('It has: reports, seats.');
  expect(await refusal({ ...plan, ...unknown }, 'contoso')).toContain('It has: reports, seats.');

  const id = await put({ subscriptionId });
  for (const over of [{ every: 'day' }, { dimension: 'seats' }, { from: store.ago(0) }] as const) {
    expect(await refusal({ id, subscriptionId, ...over })).toContain('use a new id');
  }
});

test("a publisher sees and changes only its own quantities, and a plan's only in its own subscriptions", async () => {
  const ours = await store.save();
  const theirs = await store.save({ publisherId: 'litware' });
  const plan = { offerId: 'analytics', planId: 'starter' };
  const id = await put(plan, 'contoso');
  await put({ subscriptionId: theirs }, 'litware');
  const listed = async (publisherId: string, subscriptionId?: string) => {
    const { items } = await recurring(publisherId).list({ subscriptionId });
    return items.map((item) => item.id);
  };
  expect(await listed('contoso')).toEqual([id]);
  expect(await listed('contoso', ours.toUpperCase())).toEqual([id]);
  expect(await listed('contoso', randomUUID())).toEqual([]);
  expect(await listed('litware')).not.toContain(id);
  const foreign = recurring('litware');
  for (const call of [() => foreign.remove({ id }), () => foreign.runs({ id })]) {
    await expect(call()).rejects.toThrow('No recurring quantity with this ID');
  }
  expect(await refusal({ ...plan, id }, 'litware')).toContain('use a new id');
  store.advance(HOUR);
  await reportAll();

  expect(await runs(id)).toMatchObject([{ subscriptionId: ours, outcome: 'taken' }]);
});

test('runs are listed in pages, latest first', async () => {
  const id = await put({ subscriptionId: await store.save() });
  store.advance(5 * HOUR);
  await reportAll();
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await recurring().runs({ id, limit: 2, cursor });
    found.push(...page.items.map(({ dueAt }) => dueAt.slice(11, 13)));
    cursor = page.nextCursor;
  } while (cursor !== undefined);

  expect(found).toEqual(['15', '14', '13', '12', '11']);
});
