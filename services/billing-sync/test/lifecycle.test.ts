import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Trx } from '../src/db/schema.ts';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.control.clearFaults());

const keptBy = async (subscriptionId: string) =>
  (await fixture.control.usage()).filter((event) => event.resourceId === subscriptionId);

async function suspended(): Promise<string> {
  const id = await fixture.subscribe();
  await fixture.control.suspend(id);
  await fixture.deliver('suspended', { id });
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
    ).toMatchObject([{ reported: 4, status: 'Accepted' }]);
  });

  test('is sent even when it closes while the reinstatement is taken', async () => {
    const id = await suspended();
    await fixture.use(id, 4, { agoMs: HOUR });
    const { operationId } = await fixture.control.reinstate(id);
    await fixture.marketplace.fulfillment.updateOperation(id, operationId, 'Success', {});
    await fixture.store.kysely.transaction().execute(async (trx) => {
      // The round has read "Suspended" when it stops here.
      await sql`lock table term_counters in exclusive mode`.execute(trx);
      await fixture.advance(5 * MINUTE);
      await until(
        'closing waits for the counters',
        async () => (await waitingFor(trx, 'term_counters')) > 0,
      );
      await fixture.deliver('reinstated', { id });
    });
    const sent = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      ([hour]) => hour !== undefined,
    );
    expect(sent).toMatchObject([{ reported: 4, status: 'Accepted' }]);
  });

  test('that nobody reinstates is written off after a day, with a note', async () => {
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
    const notes = await fixture.store.kysely
      .selectFrom('adjustments')
      .selectAll()
      .where('subscriptionId', '=', id)
      .execute();
    expect(notes).toMatchObject([{ reason: 'expired', quantity: '4', toHour: null }]);
    expect(await keptBy(id)).toEqual([]);
  });

  test('of which we have not heard yet is held on Microsoft’s word and asked about again', async () => {
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

describe('a subscription that begins', () => {
  const ago = (ms: number) => new Date(fixture.now().getTime() - ms);

  test('has usage taken from its activation on, though its term begins in the future', async () => {
    const startDate = ago(-48 * HOUR).toISOString();
    const ahead = await fixture.subscribe({ agoMs: HOUR, term: { startDate } });
    expect(await fixture.use(ahead, 4)).toMatchObject({ results: [{ outcome: 'taken' }] });
    expect(await fixture.use(ahead, 4, { agoMs: 2 * HOUR })).toMatchObject({
      results: [{ refusal: 'not-active-then' }],
    });
    const { dimensions } = await fixture.api.usage.summary.query({ subscriptionId: ahead });
    expect(dimensions).toContainEqual(expect.objectContaining({ dimension: 'reports', used: 4 }));
  });

  test('has no usage taken from before its purchase on the same day', async () => {
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
  test('has its last usage sent at once, and no later usage', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4);
    await fixture.advance(10 * MINUTE);
    await fixture.control.cancel(id);
    await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
    await fixture.advance(1000);
    const { results } = await fixture.use(id, 9);
    expect(results).toMatchObject([{ outcome: 'refused', refusal: 'not-active-then' }]);
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled', reported: 4 }]);
    expect(await keptBy(id)).toMatchObject([{ quantity: 4 }]);
  });

  test('takes usage of before its end for a day', async () => {
    const id = await fixture.subscribe();
    await fixture.advance(10 * MINUTE);
    await fixture.control.cancel(id);
    await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
    await fixture.advance(20 * HOUR);
    const { results } = await fixture.use(id, 2, { agoMs: 21 * HOUR });
    expect(results).toMatchObject([{ outcome: 'taken' }]);
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled', status: 'Accepted' }]);
  });

  test('after which its last hour was sent shows units that can no longer be billed', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 4);
    await fixture.advance(10 * MINUTE);
    await fixture.control.cancel(id);
    await fixture.deliver('unsubscribed', { id, status: 'Unsubscribed' });
    await fixture.settled(id);
    await fixture.use(id, 2, { agoMs: 10 * MINUTE });
    expect(await fixture.settled(id)).toMatchObject([
      { state: 'settled', used: 4, reported: 4, problem: 'units-lost' },
    ]);
    const notes = await fixture.store.kysely
      .selectFrom('adjustments')
      .selectAll()
      .where('subscriptionId', '=', id)
      .execute();
    expect(notes).toMatchObject([{ reason: 'late', quantity: '2', toHour: null }]);
  });
});
