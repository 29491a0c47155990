import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '@landfall/servers/testing';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { migrations } from '../src/db/migrations.ts';
import type { BillingTables } from '../src/db/schema.ts';
import { ensureMonths } from '../src/store/months.ts';
import { countNotBilled } from '../src/store/readings.ts';
import { firingAlerts } from './firing-alerts.ts';
import { HOUR, MINUTE, openFixture } from './fixture.ts';

const away = { endpoint: 'batchUsageEvent', status: 503, body: {} } as const;

test('usage that cannot be sent raises a warning after hours and a critical alert before it is too late; both end when it is sent', async () => {
  await using fixture = await openFixture();
  const id = await fixture.subscribe();
  await fixture.use(id, 5);
  expect(await firingAlerts(fixture)).toEqual([]);
  const fault = await fixture.control.addFault(away);
  await fixture.advance(HOUR);
  await fixture.rounds();
  expect(await firingAlerts(fixture)).toEqual([]);
  await fixture.advance(3 * HOUR);
  expect(await firingAlerts(fixture)).toEqual(['UsageUnsent']);
  await fixture.advance(15 * HOUR);
  expect((await firingAlerts(fixture)).toSorted()).toEqual(['UsageTimeRunsOut', 'UsageUnsent']);

  await fixture.control.removeFault(fault.id);
  await fixture.advance(5 * MINUTE);
  await fixture.settled(id);
  expect(await firingAlerts(fixture)).toEqual([]);
});

test('usage without a known included quantity raises a warning, a critical alert before it is too late, and none once it is billed', async () => {
  await using fixture = await openFixture();
  const storage = { dimension: 'storage', included: 1 } as const;
  await fixture.setIncluded({ ...storage, termUnit: 'P1Y' });
  const id = await fixture.subscribe();
  await fixture.use(id, 5, { dimension: 'storage' });
  await fixture.advance(HOUR);
  await fixture.rounds();
  expect(await firingAlerts(fixture)).toEqual([]);
  await fixture.advance(HOUR);
  expect(await firingAlerts(fixture)).toEqual(['UsageHeld']);
  await fixture.advance(16 * HOUR);
  expect((await firingAlerts(fixture)).toSorted()).toEqual(['UsageHeld', 'UsageHeldRunsOut']);

  await fixture.setIncluded({ ...storage, termUnit: 'P1M' });
  await fixture.hoursWhen({ subscriptionId: id }, ([hour]) => hour?.reported === '4');
  const firing = await firingAlerts(fixture);
  expect(firing).not.toContain('UsageHeld');
  expect(firing).not.toContain('UsageHeldRunsOut');
});

test('usage of a test purchase is sent and marked as a test, and raises no alert when it cannot be sent', async () => {
  await using fixture = await openFixture();
  const real = await fixture.subscribe();
  const id = await fixture.subscribe({ isTest: true });
  await fixture.use(id, 5);
  await fixture.use(real, 4);
  await fixture.advance(2 * HOUR);
  await fixture.settled(real);
  expect(await fixture.settled(id)).toMatchObject([
    { status: 'Accepted', reported: '5', isTest: true },
  ]);
  expect(await fixture.api.usage.summary.query({ subscriptionId: id })).toMatchObject({
    isTest: true,
  });
  const ids = (all: { subscriptionId: string }[]) => all.map((hour) => hour.subscriptionId);
  expect(ids(await fixture.hours({ isTest: true }))).toEqual([id]);
  expect(ids(await fixture.hours({ isTest: false }))).toEqual([real]);

  await fixture.use(id, 5);
  await fixture.control.addFault(away);
  await fixture.advance(20 * HOUR);
  expect(await firingAlerts(fixture)).toEqual([]);
  await fixture.advance(5 * HOUR);
  await fixture.settled(id);
  expect(await firingAlerts(fixture)).toEqual([]);
  expect(await fixture.hours({ isTest: true })).toContainEqual(
    expect.objectContaining({ state: 'writtenOff' }),
  );
});

test('usage that became too old is reported as lost for another day', async () => {
  await using fixture = await openFixture();
  const id = await fixture.subscribe();
  await fixture.use(id, 5);
  await fixture.control.addFault(away);
  await fixture.advance(25 * HOUR);
  await fixture.settled(id);
  expect(await firingAlerts(fixture)).toContain('UsageNotBilled');
  await fixture.advance(25 * HOUR);
  expect(await firingAlerts(fixture)).not.toContain('UsageNotBilled');
});

test('usage that was not billed is found without reading all hours', async () => {
  await using server = await testDatabase({ services: ['billing-sync'] });
  const url = server.urlFor('billing-sync');
  const log = createLogger('billing-sync', 'silent');
  await using database = await openDatabase<BillingTables>({
    url,
    service: 'billing-sync',
    log,
  });
  await migrate(database, migrations);
  await ensureMonths(database, new Date());
  await database.kysely.transaction().execute(async (trx) => {
    await sql`insert into usage_hours
        (subscription_id, dimension, hour, publisher_id, plan_id, state, first_used_at, last_used_at)
      select 's' || n / 100, 'd', date_trunc('hour', now()) - n % 100 * interval '1 hour', 'contoso',
        'p', case when n % 500 = 0 then 'refused' else 'settled' end, now(), now()
      from generate_series(0, 49999) as n`.execute(trx);
    await sql`analyze usage_hours`.execute(trx);
    const scans = async () => {
      const { rows } = await sql<{ count: string }>`select sum(seq_scan)::text as count
        from pg_stat_xact_user_tables where relname ~ '^usage_hours'`.execute(trx);
      return rows[0]?.count;
    };
    const before = await scans();
    const counts = await countNotBilled(trx, new Date(Date.now() - 48 * HOUR));
    expect(counts).toEqual([
      { state: 'refused', hours: 100 },
      { state: 'writtenOff', hours: 0 },
    ]);
    expect(await scans()).toBe(before);
  });
});

test('calls to the metering API are measured by operation and status, without any id', async () => {
  await using fixture = await openFixture();
  const id = await fixture.subscribe();
  await fixture.use(id, 5);
  await fixture.advance(HOUR);
  await fixture.settled(id);
  const text = await (await fetch(`${fixture.service.url}/metrics`)).text();
  expect(text).toMatch(
    /landfall_marketplace_call_duration_seconds_count\{operation="\w+",status="200"\} [1-9]/,
  );
  expect(text).toContain('procedure="usage.report",outcome="ok"');
  expect(text).not.toContain(id);
});
