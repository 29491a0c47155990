import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import type { Trx } from '../src/db/schema.ts';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';
import { keptBy, ledgerOf } from './ledger-of.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const growth = (included: number | null, termUnit?: string) =>
  fixture.setIncluded({ planId: 'growth', included, ...(termUnit !== undefined && { termUnit }) });

/** The hours of a subscription, latest first, once there are `count` and each has its outcome. */
const settled = async (subscriptionId: string, count: number) =>
  fixture.hoursWhen({ subscriptionId, state: 'settled' }, (hours) => hours.length === count);

describe('the included quantity', () => {
  test('is used up over the term, and only what is above it is reported', async () => {
    await growth(1000);
    const id = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(id, 900, { agoMs: 2 * HOUR });
    await fixture.advance(10 * MINUTE);
    expect(await settled(id, 1)).toMatchObject([{ used: '900', reported: '0', attempts: 0 }]);
    await fixture.use(id, 250, { agoMs: HOUR });
    await fixture.advance(10 * MINUTE);
    const [latest] = await settled(id, 2);
    expect(latest).toMatchObject({ used: '250', reported: '150', status: 'Accepted' });

    // Late usage for an earlier hour: by now, all of it is above the included quantity.
    await fixture.use(id, 30, { agoMs: 5 * HOUR });
    await fixture.advance(10 * MINUTE);
    await settled(id, 3);
    const quantities = (await keptBy(fixture, id)).map(({ quantity }) => quantity);
    expect(quantities.toSorted()).toEqual(['150', '30']);
    expect(await ledgerOf(fixture, id)).toMatchObject([
      { used: '900', included: '900', reported: '0', includedQuantity: '1000', basis: 'override' },
      { used: '250', included: '100', reported: '150' },
      { used: '30', included: '0', reported: '30' },
    ]);
  });

  test('differs between a yearly and a monthly term of one plan', async () => {
    await growth(1000, 'P1M');
    await growth(12_000, 'P1Y');
    const monthly = await fixture.subscribe({ planId: 'growth', termUnit: 'P1M' });
    const yearly = await fixture.subscribe({ planId: 'growth', termUnit: 'P1Y' });
    for (const id of [monthly, yearly]) await fixture.use(id, 12_500, { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await settled(monthly, 1)).toMatchObject([{ reported: '11500', billed: '11500' }]);
    expect(await settled(yearly, 1)).toMatchObject([{ reported: '500', billed: '500' }]);
    for (const termUnit of ['P1M', 'P1Y']) {
      const key = { offerId: 'analytics', planId: 'growth', dimension: 'reports', termUnit };
      await fixture.api.overrides.remove.mutate(key);
    }
  });

  test('starts again with a renewal', async () => {
    await growth(100);
    const id = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(id, 150, { agoMs: HOUR });
    await fixture.advance(10 * MINUTE);
    expect(await settled(id, 1)).toMatchObject([{ reported: '50' }]);
    const startDate = fixture.now().toISOString();
    await fixture.deliver('renewed', { id, term: { startDate } });
    await fixture.advance(HOUR);
    await fixture.use(id, 120);
    // A record from before the renewal still counts for the old term.
    await fixture.use(id, 7, { agoMs: 4 * HOUR });
    await fixture.advance(HOUR + 5 * MINUTE);
    const [latest, , late] = await settled(id, 3);
    expect(latest).toMatchObject({ used: '120', reported: '20' });
    expect(late).toMatchObject({ used: '7', reported: '7' });
  });

  test('does not start again with the calendar month', async () => {
    await growth(100);
    const id = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(id, 90);
    await fixture.advance(HOUR);
    await settled(id, 1);
    await advanceTo(new Date(Date.UTC(2026, 3, 1, 0, 30)));
    await fixture.use(id, 30);
    await fixture.advance(HOUR);
    const [latest] = await settled(id, 2);
    expect(latest).toMatchObject({ used: '30', reported: '20' });
  });

  test('of the old term is not used while the renewal is expected', async () => {
    await growth(100);
    const id = await fixture.subscribe({ planId: 'growth' });
    const ago = (ms: number) => new Date(fixture.now().getTime() - ms).toISOString();
    await fixture.use(id, 150, { agoMs: 4 * HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await settled(id, 1)).toMatchObject([{ reported: '50' }]);
    await fixture.deliver('quantityChanged', { id, term: { endDate: ago(26 * HOUR) } });
    await fixture.use(id, 120, { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.rounds();
    expect(await ledgerOf(fixture, id)).toHaveLength(1);
    await fixture.deliver('renewed', {
      id,
      term: { startDate: ago(2 * HOUR + 5 * MINUTE), endDate: ago(-28 * 24 * HOUR) },
    });
    const [latest] = await settled(id, 2);
    expect(latest).toMatchObject({ used: '120', reported: '20' });
  });

  test('of the old term is used if no renewal comes within twelve hours', async () => {
    await growth(100);
    const id = await fixture.subscribe({ planId: 'growth' });
    const endDate = new Date(fixture.now().getTime() - 26 * HOUR).toISOString();
    await fixture.deliver('quantityChanged', { id, term: { endDate } });
    await fixture.use(id, 120);
    await fixture.advance(11 * HOUR);
    await fixture.rounds();
    expect(await ledgerOf(fixture, id)).toEqual([]);
    await fixture.advance(2 * HOUR);
    expect(await settled(id, 1)).toMatchObject([{ used: '120', reported: '20' }]);
  });

  test('can be unlimited, and then nothing is sent', async () => {
    await growth(null);
    const id = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(id, 1e9, { agoMs: HOUR });
    await fixture.advance(10 * MINUTE);
    expect(await settled(id, 1)).toMatchObject([{ used: '1000000000', reported: '0' }]);
    expect(await keptBy(fixture, id)).toEqual([]);
  });

  test('that is raised within the term stops the reports until it is used up', async () => {
    await growth(10);
    const id = await fixture.subscribe({ planId: 'growth' });
    await fixture.use(id, 20, { agoMs: 3 * HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await settled(id, 1)).toMatchObject([{ reported: '10' }]);
    await growth(30);
    await fixture.use(id, 15, { agoMs: 2 * HOUR });
    await fixture.advance(5 * MINUTE);
    expect(await settled(id, 2)).toMatchObject([{ reported: '0' }, { reported: '10' }]);
    await growth(0);
    await fixture.use(id, 5, { agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    const [latest] = await settled(id, 3);
    expect(latest).toMatchObject({ used: '5', reported: '5' });
  });
});

describe('usage without a known included quantity', () => {
  const storage = { dimension: 'storage', included: 5 } as const;

  test('is held and counts nothing, until the quantity is known', async () => {
    // Only of the yearly term. The subscription has a monthly one.
    await fixture.setIncluded({ ...storage, termUnit: 'P1Y' });
    const id = await fixture.subscribe();
    await fixture.use(id, 8, { dimension: 'storage', agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await fixture.rounds();
    expect(await meterHours(id)).toMatchObject([
      { state: 'held', heldBecause: 'included-unknown', used: '8', counted: '0' },
    ]);
    expect(await ledgerOf(fixture, id)).toEqual([]);

    await fixture.setIncluded({ ...storage, termUnit: 'P1M' });

    await fixture.hoursWhen({ subscriptionId: id }, ([hour]) => hour?.reported === '3');
    expect(await meterHours(id)).toMatchObject([{ state: 'rated', heldBecause: null }]);
    expect(await ledgerOf(fixture, id)).toMatchObject([
      { used: '8', included: '5', reported: '3' },
    ]);
  });

  test('is released even if it is being rated while the quantity becomes known', async () => {
    await fixture.setIncluded({ ...storage, dimension: 'seats-2', termUnit: 'P1Y' });
    const id = await fixture.subscribe();
    await fixture.use(id, 8, { dimension: 'seats-2', agoMs: HOUR });
    let put: Promise<unknown> = Promise.resolve();
    await fixture.store.kysely.transaction().execute(async (trx) => {
      // The round has read the rules before it waits here.
      await sql`lock table term_counters in exclusive mode`.execute(trx);
      await fixture.advance(5 * MINUTE);
      await until('rating waits', () => isAwaited(trx, sql`relation = 'term_counters'::regclass`));
      put = fixture.setIncluded({ ...storage, dimension: 'seats-2', termUnit: 'P1M' });
      await until('the change waits', () => isAwaited(trx, sql`locktype = 'advisory'`));
    });
    await put;
    await fixture.hoursWhen({ subscriptionId: id }, ([hour]) => hour?.reported === '3');
  });
});

describe('a meter with tiers', () => {
  test('bills each tier as its own dimension, and nothing below the first', async () => {
    const plan = { offerId: 'analytics', planId: 'starter' };
    const tiers = [
      { from: '10', dimension: 'reports' },
      { from: '25.5', dimension: 'api-calls' },
    ];
    await fixture.api.meters.put.mutate({ ...plan, meter: 'requests', tiers });
    await fixture.setIncluded({ dimension: 'reports', included: 3 });
    const id = await fixture.subscribe();
    await fixture.use(id, 8, { dimension: 'requests', agoMs: 3 * HOUR });
    await fixture.advance(5 * MINUTE);
    await settled(id, 1);
    await fixture.use(id, 4, { dimension: 'requests', agoMs: 2 * HOUR });
    await fixture.advance(5 * MINUTE);
    await settled(id, 2);
    await fixture.use(id, 20, { dimension: 'requests', agoMs: HOUR });
    await fixture.advance(5 * MINUTE);
    await settled(id, 4);

    const kept = (await keptBy(fixture, id)).map(
      ({ dimension, quantity }) => `${dimension} ${quantity}`,
    );
    // Of 32 requests, 10 are free, 15.5 are reports (3 of them included) and 6.5 are API calls.
    expect(kept.toSorted()).toEqual(['api-calls 6.5', 'reports 12.5']);
    const entries = await ledgerOf(fixture, id);
    expect(entries.every(({ meter }) => meter === 'requests')).toBe(true);
    expect(entries.filter(({ basis }) => basis === 'tier').map(({ used }) => used)).toEqual([
      '8',
      '2',
    ]);
    await fixture.setIncluded({ dimension: 'reports', included: 0 });
  });

  test('that is set up within the term starts with what its dimension has counted', async () => {
    const plan = { offerId: 'analytics', planId: 'growth' };
    const use = (quantity: number, agoMs: number) =>
      fixture.use(id, quantity, { dimension: 'api-calls', agoMs });
    const id = await fixture.subscribe(plan);
    await use(12, 2 * HOUR);
    await fixture.advance(5 * MINUTE);
    await settled(id, 1);
    const tiers = [{ from: '10', dimension: 'reports' }];
    await growth(0);
    await fixture.api.meters.put.mutate({ ...plan, meter: 'api-calls', tiers });
    await use(4, HOUR);
    await fixture.advance(5 * MINUTE);
    const [latest] = await settled(id, 2);
    expect(latest).toMatchObject({ dimension: 'reports', used: '4', reported: '4' });
    await fixture.api.meters.remove.mutate({ ...plan, meter: 'api-calls' });
  });
});

/** Whether a connection to this database waits for such a lock. */
async function isAwaited(trx: Trx, lock: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql`select from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and not granted and ${lock}`.execute(trx);
  return rows.length > 0;
}

async function meterHours(subscriptionId: string) {
  return fixture.store.kysely
    .selectFrom('meterHours')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .execute();
}

async function advanceTo(moment: Date): Promise<void> {
  await fixture.advance(moment.getTime() - fixture.now().getTime());
}
