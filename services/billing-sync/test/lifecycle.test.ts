import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Trx } from '../src/db/schema.ts';
import { hourOf } from '@landfall/domain/usage';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';
import { keptBy, ledgerOf } from './ledger-of.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.control.clearFaults());

async function suspended(): Promise<string> {
  const id = await fixture.subscribe();
  await fixture.control.suspend(id);
  await fixture.deliver('suspended', { id });
  return id;
}

/** How many connections wait for a lock on the table. */
async function waitingFor(trx: Trx, table: string): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from pg_locks
    where relation = ${table}::regclass and not granted`.execute(trx);
  return rows[0]?.waiting ?? 0;
}

describe('usage of a suspended subscription', () => {
  test('is held without a call and sent after the reinstatement', async () => {
    const id = await suspended();
    await fixture.use(id, 4, { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(id)).toMatchObject([{ state: 'held', attempts: 0 }]);
    const { operationId } = await fixture.control.reinstate(id);
    await fixture.marketplace.fulfillment.updateOperation(id, operationId, 'Success', {});
    await fixture.deliver('reinstated', { id });
    expect(
      await fixture.hoursWhen(
        { subscriptionId: id, state: 'settled' },
        ([hour]) => hour !== undefined,
      ),
    ).toMatchObject([{ reported: '4', status: 'Accepted' }]);
  });

  test('is sent even if its hour closes while the reinstatement is being handled', async () => {
    const id = await suspended();
    await fixture.use(id, 4, { agoMs: HOUR });
    const { operationId } = await fixture.control.reinstate(id);
    await fixture.marketplace.fulfillment.updateOperation(id, operationId, 'Success', {});
    await fixture.store.kysely.transaction().execute(async (trx) => {
      // The round has read "Suspended" before it waits here.
      await sql`lock table term_counters in exclusive mode`.execute(trx);
      await fixture.advance(5 * MINUTE);
      await until(
        'closing waits for the counters',
        async () => (await waitingFor(trx, 'term_counters')) > 0,
      );
      await fixture.publish('reinstated', { id });
    });
    const sent = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      ([hour]) => hour !== undefined,
    );
    expect(sent).toMatchObject([{ reported: '4', status: 'Accepted' }]);
  });

  test('that is not reinstated is written off after a day, with an entry in the ledger', async () => {
    const id = await suspended();
    await fixture.use(id, 4, { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.settled(id);
    await fixture.advance(24 * HOUR);
    expect(
      await fixture.hoursWhen(
        { subscriptionId: id, state: 'writtenOff' },
        ([hour]) => hour !== undefined,
      ),
    ).toMatchObject([{ status: 'Expired', problem: 'not-active', attempts: 0 }]);
    const [, given] = await ledgerOf(fixture, id);
    expect(given).toMatchObject({
      kind: 'given-up',
      reason: 'expired',
      reported: '4',
      toHour: null,
    });
    expect(await keptBy(fixture, id)).toEqual([]);
  });

  test('whose suspension is not known yet is held after Microsoft’s answer and sent again later', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4, { agoMs: HOUR });
    await fixture.control.addFault({
      endpoint: 'batchUsageEvent',
      rowStatus: 'ResourceNotActive',
      count: 1,
    });
    await fixture.advance(5 * MINUTE);
    expect(await fixture.settled(id)).toMatchObject([
      { state: 'held', status: 'ResourceNotActive', attempts: 1 },
    ]);
    await fixture.advance(HOUR);
    await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      ([hour]) => hour?.status === 'Accepted',
    );
  });
});

const ago = (ms: number) => new Date(fixture.now().getTime() - ms);

describe('a subscription that begins', () => {
  test('takes usage from its activation on, even if its term begins in the future', async () => {
    const startDate = ago(-48 * HOUR).toISOString();
    const ahead = await fixture.subscribe({ agoMs: HOUR, term: { startDate } });
    expect(await fixture.use(ahead, 4)).toMatchObject({ results: [{ outcome: 'taken' }] });
    expect(await fixture.use(ahead, 4, { agoMs: 2 * HOUR })).toMatchObject({
      results: [{ refusal: 'not-active-then' }],
    });
    const { dimensions } = await fixture.api.usage.summary.query({ subscriptionId: ahead });
    expect(dimensions).toContainEqual(expect.objectContaining({ dimension: 'reports', used: '4' }));
  });

  test('takes no usage from before its purchase on the same day', async () => {
    const id = await fixture.subscribe({ agoMs: HOUR, purchasedAt: ago(2 * HOUR) });
    expect(await fixture.use(id, 4, { agoMs: 3 * HOUR })).toMatchObject({
      results: [{ refusal: 'not-active-then' }],
    });
    expect(await fixture.use(id, 4, { agoMs: 1.5 * HOUR })).toMatchObject({
      results: [{ outcome: 'taken' }],
    });
  });
});

describe('a subscription that ends', () => {
  test('sends its last usage at once and takes no later usage', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4);
    await fixture.advance(10 * MINUTE);
    await fixture.control.cancel(id);
    await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
    await fixture.advance(1000);
    const { results } = await fixture.use(id, 9);
    expect(results).toMatchObject([{ outcome: 'refused', refusal: 'not-active-then' }]);
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled', reported: '4' }]);
    expect(await keptBy(fixture, id)).toMatchObject([{ quantity: '4' }]);
  });

  test('takes usage from before its end for a day', async () => {
    const id = await fixture.subscribe();
    await fixture.advance(10 * MINUTE);
    await fixture.control.cancel(id);
    await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
    await fixture.advance(20 * HOUR);
    const { results } = await fixture.use(id, 2, { agoMs: 21 * HOUR });
    expect(results).toMatchObject([{ outcome: 'taken' }]);
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled', status: 'Accepted' }]);
  });

  beforeEach(startOfHour);

  test('bills units of its last hour, after that was sent, in the latest free hour before it', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4);
    await fixture.use(id, 1, { agoMs: HOUR });
    await end(id, 10 * MINUTE);
    const [last] = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      (all) => all.length === 2,
    );

    await fixture.advance(2 * HOUR);
    await fixture.use(id, 2, { agoMs: 2 * HOUR + 10 * MINUTE });

    // The hour before the last one was sent too, so the units go to the one before that.
    const rows = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      (all) => all.length === 3,
    );
    const hour = new Date(Date.parse(last!.hour) - 2 * HOUR);
    expect(rows).toMatchObject([
      { used: '6', reported: '4', billed: '4' },
      { used: '1', billed: '1' },
      { used: '0', reported: '2', billed: '2', hour: hour.toISOString() },
    ]);
    const late = (await ledgerOf(fixture, id)).at(-1);
    expect(late).toMatchObject({ kind: 'rated', reason: 'late', reported: '2', toHour: hour });
    expect(await keptBy(fixture, id)).toHaveLength(3);
  });

  test('shows units that no hour can take', async () => {
    const id = await fixture.subscribe({ agoMs: MINUTE, purchasedAt: ago(2 * MINUTE) });
    await fixture.use(id, 4);
    await end(id, 10 * MINUTE);
    await fixture.settled(id);

    await fixture.use(id, 2, { agoMs: 10 * MINUTE });

    const [hour] = await fixture.hoursWhen({ subscriptionId: id }, ([one]) => one?.used === '6');
    expect(hour).toMatchObject({ state: 'settled', reported: '4', problem: 'units-lost' });
    expect(await ledgerOf(fixture, id)).toMatchObject([
      { kind: 'rated', reported: '4', reason: null },
      { kind: 'rated', reported: '2', reason: 'late', toHour: null },
      { kind: 'given-up', reported: '2', reason: 'late', toHour: null, used: '0' },
    ]);
  });

  test('within an hour of two plans, bills the second plan with the first', async () => {
    // The subscription began within the hour, so no earlier hour is free.
    const id = await fixture.subscribe({ agoMs: MINUTE, purchasedAt: ago(2 * MINUTE) });
    await fixture.use(id, 4);
    await fixture.control.changePlan(id, 'growth');
    await fixture.advance(30_000);
    await fixture.deliver('planChanged', { id, planId: 'growth' });
    await fixture.use(id, 5);
    await end(id, MINUTE);

    const [hour] = await fixture.settled(id);
    expect(hour).toMatchObject({ planId: 'starter', used: '9', reported: '9', billed: '9' });
    expect(await ledgerOf(fixture, id)).toMatchObject([
      { planId: 'starter', reported: '4', reason: null },
      { planId: 'growth', reported: '5', reason: 'plan-changed' },
    ]);
  });
});

describe('late usage of a plan that is no longer in force', () => {
  test('goes to the latest hour in which it was', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4, { agoMs: 2 * HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.settled(id);
    await fixture.control.changePlan(id, 'growth');
    await fixture.advance(30_000);
    await fixture.deliver('planChanged', { id, planId: 'growth' });
    const changedAt = fixture.now();
    await fixture.advance(2 * HOUR);

    await fixture.use(id, 3, { agoMs: 4 * HOUR });
    await fixture.advance(5 * MINUTE);

    const rows = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      (all) => all.length === 2,
    );
    const hour = new Date(Math.floor(changedAt.getTime() / HOUR) * HOUR).toISOString();
    expect(rows[0]).toMatchObject({ hour, planId: 'starter', used: '0', billed: '3' });
    expect(rows[1]).toMatchObject({ planId: 'starter', used: '7', billed: '4' });
  });
});

/** Advances to five past the next hour. */
async function startOfHour(): Promise<void> {
  await fixture.advance(HOUR - (fixture.now().getTime() % HOUR) + 5 * MINUTE);
}

/** Advances, and then ends a subscription at Microsoft and here. */
async function end(id: string, afterMs: number): Promise<void> {
  await fixture.advance(afterMs);
  await fixture.control.cancel(id);
  await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
}

test('an hour that had not begun takes the new plan, because Microsoft takes no other plan for it', async () => {
  const id = await fixture.subscribe();
  const hour = new Date(hourOf(fixture.now()).getTime() + HOUR);
  // Units that were carried to the next hour while the first plan was in force.
  await fixture.store.kysely
    .insertInto('usageHours')
    .values({
      subscriptionId: id,
      publisherId: 'contoso',
      dimension: 'reports',
      hour,
      planId: 'starter',
      reported: '6',
      billed: null,
      state: 'closed',
      firstUsedAt: hour,
      lastUsedAt: hour,
      nextAttemptAt: new Date(hour.getTime() + HOUR),
    })
    .execute();
  await fixture.control.changePlan(id, 'growth');
  await fixture.advance(30_000);
  await fixture.deliver('planChanged', { id, planId: 'growth' });
  await fixture.advance(2 * HOUR);
  const [row] = await fixture.hoursWhen(
    { subscriptionId: id },
    ([one]) => one?.state === 'settled' || one?.state === 'refused',
  );
  expect(row).toMatchObject({ planId: 'growth', status: 'Accepted', billed: '6' });
});
