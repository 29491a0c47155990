import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const summary = (subscriptionId: string) => fixture.api.usage.summary.query({ subscriptionId });

/** The lines of a summary without names, prices and days. */
async function lines(subscriptionId: string) {
  const { dimensions } = await summary(subscriptionId);
  return dimensions.map(({ planId, dimension, used, included, overage, refused }) => {
    return { planId, dimension, used, included, overage, refused };
  });
}

/** Waits until Microsoft's plan of the subscription has been read. */
async function planRead(subscriptionId: string): Promise<void> {
  await until(
    'the plan is read',
    async () => (await summary(subscriptionId)).dimensions.length > 0,
  );
}

describe('a summary', () => {
  test('counts rated and running hours of the term once and shows the overage', async () => {
    await fixture.setIncluded({ included: 10 });
    await fixture.setIncluded({ dimension: 'api-calls', included: null });
    const id = await fixture.subscribe();
    await planRead(id);
    const unused = { planId: 'starter', used: '0', overage: '0', refused: '0' };
    expect(await lines(id)).toEqual([
      { ...unused, dimension: 'api-calls', included: null },
      { ...unused, dimension: 'reports', included: '10' },
    ]);

    await fixture.use(id, 8, { agoMs: HOUR });
    await fixture.advance(HOUR);
    await fixture.settled(id);
    await fixture.use(id, '4.5');
    await fixture.use(id, 7, { dimension: 'api-calls' });

    const expected = [
      { ...unused, dimension: 'api-calls', used: '7', included: null },
      { ...unused, dimension: 'reports', used: '12.5', included: '10', overage: '2.5' },
    ];
    expect(await lines(id)).toEqual(expected);
    await fixture.advance(HOUR + 5 * MINUTE);
    await fixture.rounds();
    expect(await lines(id)).toEqual(expected);
    expect(await lines(id.toUpperCase())).toEqual(expected);
  });

  test('names the dimensions and says what the overage costs, in whole cents', async () => {
    await fixture.setIncluded({ planId: 'growth', dimension: 'api-calls', included: 0 });
    const id = await fixture.subscribe({ planId: 'growth' });
    await planRead(id);
    await fixture.use(id, '3.999', { dimension: 'api-calls' });
    const { dimensions } = await summary(id);
    // 3.999 times 0.40 is 1.5996.
    expect(dimensions.find(({ dimension }) => dimension === 'api-calls')).toMatchObject({
      displayName: 'API calls',
      unitOfMeasure: '1,000 calls',
      unitPrice: '0.4',
      currency: 'USD',
      overage: '3.999',
      amount: '1.59',
    });
  });

  test('has the usage of each day, and the arrival of the last record', async () => {
    const id = await fixture.subscribe({ agoMs: 60 * HOUR });
    await fixture.use(id, 3, { agoMs: 20 * HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.settled(id);
    await fixture.use(id, 1);
    await fixture.advance(1000);
    await fixture.use(id, 2, { agoMs: 20 * HOUR });
    const takenAt = fixture.now().toISOString();
    const { updatedAt, dimensions } = await summary(id);
    expect(updatedAt).toBe(takenAt);
    const day = (agoMs: number) =>
      new Date(fixture.now().getTime() - agoMs).toISOString().slice(0, 10);
    expect(dimensions.find(({ dimension }) => dimension === 'reports')?.days).toEqual([
      { day: day(20 * HOUR), used: '5' },
      { day: day(0), used: '1' },
    ]);
  });

  test('counts usage once if it is rated while the summary is read', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 5);
    let reading: ReturnType<typeof summary> | undefined;
    await fixture.store.kysely.transaction().execute(async (trx) => {
      await sql`lock table ledger_entries in access exclusive mode`.execute(trx);
      reading = summary(id);
      await until('the summary waits for the ledger', async () => {
        const { rows } = await sql<{ pid: number }>`
          select pid from pg_stat_activity where datname = current_database()
            and wait_event_type = 'Lock' and query like '%to_char(hour at time zone%'`.execute(
          fixture.store.kysely,
        );
        return rows.length > 0;
      });
      await sql`insert into ledger_entries (at, kind, publisher_id, subscription_id, meter, dimension,
          plan_id, term_start, hour, used, included, reported, remainder)
        select first_used_at, 'rated', publisher_id, subscription_id, meter, meter,
          plan_id, term_start, hour, used, used, 0, 0
        from meter_hours where subscription_id = ${id}`.execute(trx);
      await sql`update meter_hours set counted = used, state = 'rated'
        where subscription_id = ${id}`.execute(trx);
    });
    const day = fixture.now().toISOString().slice(0, 10);
    const { dimensions = [] } = (await reading) ?? {};
    expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({
      used: '5',
      days: [{ day, used: '5' }],
    });
  });

  test('has no included quantity and no overage while the quantity is not known', async () => {
    await fixture.setIncluded({ dimension: 'storage', included: 5, termUnit: 'P1Y' });
    const id = await fixture.subscribe();
    await fixture.use(id, 8, { dimension: 'storage', agoMs: HOUR });
    const { dimensions } = await summary(id);
    const line = dimensions.find(({ dimension }) => dimension === 'storage');
    expect(line).toMatchObject({ used: '8' });
    for (const field of ['included', 'overage', 'refused', 'amount']) {
      expect(line).not.toHaveProperty(field);
    }
  });

  test('lists overage that Microsoft refused separately, as not billed', async () => {
    await fixture.setIncluded({ included: 10 });
    const id = await fixture.subscribe();
    await planRead(id);
    await fixture.control.addFault({
      endpoint: 'batchUsageEvent',
      rowStatus: 'BadArgument',
      subscriptionId: id,
      count: 1,
    });
    await fixture.use(id, 14, { agoMs: HOUR });
    await fixture.advance(HOUR);
    await fixture.hoursWhen({ subscriptionId: id, state: 'refused' }, (all) => all.length === 1);

    const { dimensions } = await summary(id);

    expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({
      used: '14',
      overage: '4',
      refused: '4',
      amount: '0',
    });
  });

  test('adds the units that are free below the first tier of a meter to its dimension', async () => {
    const plan = { offerId: 'analytics', planId: 'starter' };
    const tiers = [{ from: 20, dimension: 'reports' }];
    await fixture.api.meters.put.mutate({ ...plan, meter: 'requests', tiers });
    const id = await fixture.subscribe();
    await planRead(id);
    const reports = async () => (await lines(id)).find(({ dimension }) => dimension === 'reports');
    expect(await reports()).toMatchObject({ used: '0', included: '30', overage: '0' });
    await fixture.use(id, 18, { dimension: 'requests', agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.rounds();
    await fixture.use(id, 16, { dimension: 'requests' });
    expect(await reports()).toMatchObject({ used: '34', included: '30', overage: '4' });
    await fixture.api.meters.remove.mutate({ ...plan, meter: 'requests' });
  });

  test('starts again with a renewal', async () => {
    const id = await fixture.subscribe();
    await fixture.use(id, 3, { agoMs: 2 * HOUR });
    const startDate = new Date(fixture.now().getTime() - HOUR).toISOString();
    await fixture.deliver('renewed', { id, term: { startDate } });
    await fixture.use(id, 1);
    const { termStart, dimensions } = await summary(id);
    expect(termStart).toBe(startDate);
    expect(dimensions.find(({ dimension }) => dimension === 'reports')).toMatchObject({
      used: '1',
    });
  });

  test('of an unknown subscription is refused', async () => {
    await expect(summary('4d2c7d51-6b6f-4b0e-9a58-1f0a3f1f2c11')).rejects.toMatchObject({
      data: { rejection: 'subscription.not-found' },
    });
  });
});
