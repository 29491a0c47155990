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
    ).toMatchObject([{ reported: 4, status: 'Accepted' }]);
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
      await fixture.deliver('reinstated', { id });
    });
    const sent = await fixture.hoursWhen(
      { subscriptionId: id, state: 'settled' },
      ([hour]) => hour !== undefined,
    );
    expect(sent).toMatchObject([{ reported: 4, status: 'Accepted' }]);
  });

  test('that is not reinstated is written off after a day, with an adjustment', async () => {
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

describe('a subscription that begins', () => {
  const ago = (ms: number) => new Date(fixture.now().getTime() - ms);

  test('takes usage from its activation on, even if its term begins in the future', async () => {
    const startDate = ago(-48 * HOUR).toISOString();
    const ahead = await fixture.subscribe({ agoMs: HOUR, term: { startDate } });
    expect(await fixture.use(ahead, 4)).toMatchObject({ results: [{ outcome: 'taken' }] });
    expect(await fixture.use(ahead, 4, { agoMs: 2 * HOUR })).toMatchObject({
      results: [{ refusal: 'not-active-then' }],
    });
    const { dimensions } = await fixture.api.usage.summary.query({ subscriptionId: ahead });
    expect(dimensions).toContainEqual(expect.objectContaining({ dimension: 'reports', used: 4 }));
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
    expect(await fixture.settled(id)).toMatchObject([{ state: 'settled', reported: 4 }]);
    expect(await keptBy(id)).toMatchObject([{ quantity: 4 }]);
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

  test('shows units that can no longer be billed because its last hour was sent', async () => {
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
