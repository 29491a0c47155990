import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Trx } from '../src/db/schema.ts';
import { HOUR, MINUTE, startWorld, type World } from './fixture.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.control.clearFaults());

const keptBy = async (subscriptionId: string) =>
  (await world.control.usage()).filter((event) => event.resourceId === subscriptionId);

async function suspended(): Promise<string> {
  const id = await world.subscribe();
  await world.control.suspend(id);
  await world.tell('suspended', { id });
  return id;
}

/** How many wait for a lock on a table. */
async function waitingFor(trx: Trx, table: string): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from pg_locks
    where relation = ${table}::regclass and not granted`.execute(trx);
  return rows[0]?.waiting ?? 0;
}

describe('usage of a suspended subscription', () => {
  test('is held without a call, and sent when it is reinstated', async () => {
    const id = await suspended();
    await world.use(id, 4, { agoMs: HOUR });
    await world.advance(5 * MINUTE);
    expect(await world.settled(id)).toMatchObject([{ state: 'held', attempts: 0 }]);
    const { operationId } = await world.control.reinstate(id);
    await world.marketplace.fulfillment.updateOperation(id, operationId, 'Success', {});
    await world.tell('reinstated', { id });
    expect(
      await world.until(
        () => world.hours({ subscriptionId: id, state: 'settled' }),
        ([hour]) => hour !== undefined,
      ),
    ).toMatchObject([{ reported: 4, status: 'Accepted' }]);
  });

  test('is sent even when it closes while the reinstatement is taken', async () => {
    const id = await suspended();
    await world.use(id, 4, { agoMs: HOUR });
    const { operationId } = await world.control.reinstate(id);
    await world.marketplace.fulfillment.updateOperation(id, operationId, 'Success', {});
    await world.store.kysely.transaction().execute(async (trx) => {
      // The round has read "Suspended" when it stops here.
      await sql`lock table term_counters in exclusive mode`.execute(trx);
      await world.advance(5 * MINUTE);
      await world.until(
        () => waitingFor(trx, 'term_counters'),
        (waiting) => waiting > 0,
      );
      await world.tell('reinstated', { id });
    });
    const sent = await world.until(
      () => world.hours({ subscriptionId: id, state: 'settled' }),
      ([hour]) => hour !== undefined,
    );
    expect(sent).toMatchObject([{ reported: 4, status: 'Accepted' }]);
  });

  test('that nobody reinstates is written off after a day, with a note', async () => {
    const id = await suspended();
    await world.use(id, 4, { agoMs: HOUR });
    await world.advance(5 * MINUTE);
    await world.settled(id);
    await world.advance(24 * HOUR);
    expect(
      await world.until(
        () => world.hours({ subscriptionId: id, state: 'writtenOff' }),
        ([hour]) => hour !== undefined,
      ),
    ).toMatchObject([{ status: 'Expired', problem: 'not-active', attempts: 0 }]);
    const notes = await world.store.kysely
      .selectFrom('adjustments')
      .selectAll()
      .where('subscriptionId', '=', id)
      .execute();
    expect(notes).toMatchObject([{ reason: 'expired', quantity: '4', toHour: null }]);
    expect(await keptBy(id)).toEqual([]);
  });

  test('of which we have not heard yet is held on Microsoft’s word and asked about again', async () => {
    const id = await world.subscribe();
    await world.use(id, 4, { agoMs: HOUR });
    await world.control.addFault({
      endpoint: 'batchUsageEvent',
      rowStatus: 'ResourceNotActive',
      count: 1,
    });
    await world.advance(5 * MINUTE);
    expect(await world.settled(id)).toMatchObject([
      { state: 'held', status: 'ResourceNotActive', attempts: 1 },
    ]);
    await world.advance(HOUR);
    await world.until(
      () => world.hours({ subscriptionId: id, state: 'settled' }),
      ([hour]) => hour?.status === 'Accepted',
    );
  });
});

describe('a subscription that begins', () => {
  const ago = (ms: number) => new Date(world.now().getTime() - ms);

  test('has usage taken from its activation on, though its term begins in the future', async () => {
    const startDate = ago(-48 * HOUR).toISOString();
    const ahead = await world.subscribe({ agoMs: HOUR, term: { startDate } });
    expect(await world.use(ahead, 4)).toMatchObject({ results: [{ outcome: 'taken' }] });
    expect(await world.use(ahead, 4, { agoMs: 2 * HOUR })).toMatchObject({
      results: [{ refusal: 'not-active-then' }],
    });
    const { dimensions } = await world.api.usage.summary.query({ subscriptionId: ahead });
    expect(dimensions).toContainEqual(expect.objectContaining({ dimension: 'reports', used: 4 }));
  });

  test('has no usage taken from before its purchase on the same day', async () => {
    const id = await world.subscribe({ agoMs: HOUR, purchasedAt: ago(2 * HOUR) });
    expect(await world.use(id, 4, { agoMs: 3 * HOUR })).toMatchObject({
      results: [{ refusal: 'not-active-then' }],
    });
    expect(await world.use(id, 4, { agoMs: 1.5 * HOUR })).toMatchObject({
      results: [{ outcome: 'taken' }],
    });
  });
});

describe('a subscription that ends', () => {
  test('has its last usage sent at once, and no later usage', async () => {
    const id = await world.subscribe();
    await world.use(id, 4);
    await world.advance(10 * MINUTE);
    await world.control.cancel(id);
    await world.tell('unsubscribed', { id, status: 'Unsubscribed' });
    await world.advance(1000);
    const { results } = await world.use(id, 9);
    expect(results).toMatchObject([{ outcome: 'refused', refusal: 'not-active-then' }]);
    expect(await world.settled(id)).toMatchObject([{ state: 'settled', reported: 4 }]);
    expect(await keptBy(id)).toMatchObject([{ quantity: 4 }]);
  });

  test('takes usage of before its end for a day', async () => {
    const id = await world.subscribe();
    await world.advance(10 * MINUTE);
    await world.control.cancel(id);
    await world.tell('unsubscribed', { id, status: 'Unsubscribed' });
    await world.advance(20 * HOUR);
    const { results } = await world.use(id, 2, { agoMs: 21 * HOUR });
    expect(results).toMatchObject([{ outcome: 'taken' }]);
    expect(await world.settled(id)).toMatchObject([{ state: 'settled', status: 'Accepted' }]);
  });

  test('after which its last hour was sent shows units that can no longer be billed', async () => {
    const id = await world.subscribe();
    await world.use(id, 4);
    await world.advance(10 * MINUTE);
    await world.control.cancel(id);
    await world.tell('unsubscribed', { id, status: 'Unsubscribed' });
    await world.settled(id);
    await world.use(id, 2, { agoMs: 10 * MINUTE });
    expect(await world.settled(id)).toMatchObject([
      { state: 'settled', used: 4, reported: 4, problem: 'units-lost' },
    ]);
    const notes = await world.store.kysely
      .selectFrom('adjustments')
      .selectAll()
      .where('subscriptionId', '=', id)
      .execute();
    expect(notes).toMatchObject([{ reason: 'late', quantity: '2', toHour: null }]);
  });
});
