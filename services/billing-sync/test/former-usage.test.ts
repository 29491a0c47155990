import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '@landfall/servers/testing';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { migrations } from '../src/db/migrations.ts';
import type { BillingTables } from '../src/db/schema.ts';
import { takeRecords } from '../src/intake/take-records.ts';
import { MINUTE } from './store-fixture.ts';

const log = createLogger('test', 'fatal');
const now = () => new Date('2026-03-10T10:05:00Z');
const SUBMISSION = '7d1f6a34-5d0b-4d0e-9d3a-0c1c0b5c7a10';

/** A content hash of the former version. */
function formerHash(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

/** The tables of the former version, with usage in each of its states. */
async function openFormer() {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase({ services: ['billing-sync'] }));
  const url = database.urlFor('billing-sync');
  const db = stack.use(await openDatabase<BillingTables>({ url, service: 'billing-sync', log }));
  const former = Object.entries(migrations).filter(([name]) => name < '0007');
  await migrate(db, Object.fromEntries(former));

  const at = '2026-03-10T09:10:00.000Z';
  const hashes = {
    plain: formerHash(['s-1', 'reports', 4, at]),
    tiny: formerHash(['s-1', 'reports', 1e-7, at]),
    other: formerHash(['s-2', 'reports', 5, at]),
  };
  const scoped = JSON.stringify(['fabrikam', 'same-id']).padStart(201);
  for (const statement of [
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, term_start, term_end, version)
     values ('s-1', 'contoso', 'analytics', 'starter', 'Subscribed', '2026-02-20', '2026-03-20', 2),
            ('s-2', 'fabrikam', 'reports', 'team', 'Suspended', '2026-01-01', '2027-01-01', 1)`,
    `insert into subscription_versions (subscription_id, version, occurred_at, plan_id, status, term_start)
     values ('s-1', 1, '2026-02-20', 'starter', 'Subscribed', '2026-02-20'),
            ('s-2', 1, '2026-01-01', 'team', 'Subscribed', '2026-01-01')`,
    `insert into usage_records (event_id, content_hash, subscription_id, dimension, hour, quantity, occurred_at, taken_at)
     values ('same-id', '${hashes.plain}', 's-1', 'reports', '2026-03-10T09:00Z', 4, '${at}', '${at}'),
            ('tiny', '${hashes.tiny}', 's-1', 'reports', '2026-03-10T09:00Z', 0.0000001, '${at}', '${at}'),
            ('${scoped}', '${hashes.other}', 's-2', 'reports', '2026-03-10T09:00Z', 5, '${at}', '${at}'),
            ('old', 'x', 's-1', 'reports', '2026-02-21T09:00Z', 130, '2026-02-21T09:10Z', '2026-02-21T09:10Z')`,
    `insert into usage_hours (subscription_id, dimension, hour, plan_id, used, counted, reported, state, status,
       first_used_at, last_used_at, due_at, sealed, attempts, settled_at, publisher_id)
     values
      ('s-1', 'reports', '2026-02-21T09:00Z', 'starter', 130, 130, 30, 'settled', 'Accepted', '2026-02-21T09:10Z', '2026-02-21T09:10Z', '2026-02-21T10:02Z', true, 1, '2026-02-21T10:03Z', 'contoso'),
      ('s-1', 'reports', '2026-02-22T09:00Z', 'starter', 7, 7, 7, 'refused', 'Duplicate', '2026-02-22T09:10Z', '2026-02-22T09:10Z', '2026-02-22T10:02Z', true, 1, '2026-02-22T10:03Z', 'contoso'),
      ('s-1', 'reports', '2026-02-22T10:00Z', 'starter', 5, 5, 4, 'settled', 'Accepted', '2026-02-22T10:10Z', '2026-02-22T10:10Z', '2026-02-22T11:02Z', true, 1, '2026-02-22T11:03Z', 'contoso'),
      ('s-1', 'reports', '2026-02-23T09:00Z', 'starter', 3, 3, 3, 'writtenOff', 'Expired', '2026-02-23T09:10Z', '2026-02-23T09:10Z', '2026-02-23T10:02Z', true, 0, '2026-02-24T10:03Z', 'contoso'),
      ('s-1', 'reports', '2026-03-10T09:00Z', 'growth', 4.0000001, 0, 0, 'open', null, '${at}', '${at}', '2026-03-10T10:02Z', false, 0, null, 'contoso'),
      ('s-1', 'exports', '2026-03-10T09:00Z', 'starter', 9, 6, 1, 'open', null, '${at}', '${at}', '2026-03-10T10:02Z', false, 0, null, 'contoso'),
      ('s-2', 'reports', '2026-03-10T09:00Z', 'team', 5, 5, 5, 'held', null, '${at}', '${at}', '2026-03-10T10:02Z', false, 0, null, null)`,
    `insert into term_counters values ('s-1', 'starter', 'reports', '2026-02-20', 145),
       ('s-1', 'starter', 'exports', '2026-02-20', 6), ('s-2', 'team', 'reports', '2026-01-01', 5)`,
    `insert into dimensions values ('analytics', 'starter', 'reports', 100, '2026-02-01')`,
    `insert into publisher_dimensions values ('fabrikam', 'reports', 'team', 'reports', null, '2026-02-02')`,
    `insert into submissions values ('${SUBMISSION}', '2026-02-22T10:02Z', '2026-02-22T10:03Z', 'answered')`,
    `insert into submission_rows values ('${SUBMISSION}', 's-1', 'reports', '2026-02-22T09:00Z', 'starter', 7,
       '2026-02-22T09:10Z', 'Duplicate', 'e-1', 5)`,
    `insert into adjustments (subscription_id, dimension, from_hour, to_hour, quantity, reason, at)
     values ('s-1', 'reports', '2026-02-22T09:00Z', '2026-02-22T10:00Z', 2, 'quantity-mismatch', '2026-02-22T10:03Z'),
            ('s-1', 'reports', '2026-02-23T09:00Z', null, 3, 'expired', '2026-02-24T10:03Z'),
            ('s-1', 'reports', '2026-02-21T09:00Z', null, 8, 'late', '2026-02-22T08:00Z')`,
  ]) {
    await db.pool.query(statement);
  }
  const opened = stack.move();
  return { db, at, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

test('an upgrade keeps what was counted and billed, and rates open hours', async () => {
  await using former = await openFormer();
  const { db } = former;

  await migrate(db, migrations);

  const hours = await db.kysely.selectFrom('usageHours').selectAll().orderBy('hour').execute();
  expect(
    hours.map((row) => [
      row.hour.toISOString().slice(5, 13),
      row.dimension,
      row.publisherId,
      row.used,
      row.reported,
      row.billed,
      row.state,
    ]),
  ).toEqual([
    ['02-21T09', 'reports', 'contoso', '130', '30', '30', 'settled'],
    ['02-22T09', 'reports', 'contoso', '7', '7', '5', 'refused'],
    ['02-22T10', 'reports', 'contoso', '5', '4', '4', 'settled'],
    ['02-23T09', 'reports', 'contoso', '3', '3', null, 'writtenOff'],
    ['03-10T09', 'exports', 'contoso', '6', '1', null, 'closed'],
    ['03-10T09', 'reports', 'fabrikam', '5', '5', null, 'held'],
  ]);
  const open = await db.kysely
    .selectFrom('meterHours')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('meter')
    .execute();
  const standing = { planId: 'starter', termStart: new Date('2026-02-20'), termUnit: 'P1M' };
  expect(open).toMatchObject([
    { ...standing, meter: 'exports', used: '9', counted: '6' },
    { ...standing, meter: 'reports', used: '4.0000001', counted: '0' },
  ]);
  const overrides = await db.kysely.selectFrom('overrides').selectAll().orderBy('id').execute();
  expect(overrides).toMatchObject([
    { publisherId: '', offerId: 'analytics', termUnit: '', included: '100', until: null },
    { publisherId: 'fabrikam', offerId: 'reports', termUnit: '', included: null, until: null },
  ]);
  const calls = await db.kysely.selectFrom('submissionRows').selectAll().execute();
  expect(calls).toMatchObject([{ submissionId: SUBMISSION, quantity: '7', keptQuantity: '5' }]);
});

test('after an upgrade, the ledger explains the rows and the counters of each term', async () => {
  await using former = await openFormer();
  const { db } = former;

  await migrate(db, migrations);

  const { rows: unexplained } = await sql`
    select h.subscription_id, h.dimension, h.hour, h.reported, sum(l.units) as units
    from usage_hours h left join (
      select subscription_id, dimension, to_hour as hour, reported as units from ledger_entries
      where to_hour is not null) l using (subscription_id, dimension, hour)
    group by 1, 2, 3, 4 having h.reported <> coalesce(sum(l.units), 0)`.execute(db.kysely);
  expect(unexplained).toEqual([]);
  const { rows: unbalanced } = await sql`select * from ledger_entries
    where kind = 'rated' and used <> included + reported + remainder`.execute(db.kysely);
  expect(unbalanced).toEqual([]);
  const counters = await db.kysely
    .selectFrom('termCounters')
    .select(['subscriptionId', 'kind', 'name', 'used', 'reported'])
    .orderBy('subscriptionId')
    .orderBy('name')
    .execute();
  expect(counters).toEqual([
    { subscriptionId: 's-1', kind: 'dimension', name: 'exports', used: '6', reported: '1' },
    { subscriptionId: 's-1', kind: 'dimension', name: 'reports', used: '145', reported: '42' },
    { subscriptionId: 's-2', kind: 'dimension', name: 'reports', used: '5', reported: '5' },
  ]);
  const elsewhere = await db.kysely
    .selectFrom('ledgerEntries')
    .select(['kind', 'hour', 'toHour', 'reported', 'reason'])
    .where('kind', '<>', 'rated')
    .orderBy('id')
    .execute();
  expect(elsewhere.map((one) => [one.kind, one.reported, one.reason])).toEqual([
    ['moved', '2', 'quantity-mismatch'],
    ['given-up', '3', 'expired'],
    ['given-up', '8', 'late'],
  ]);
});

test('after an upgrade, records that were counted before are recognised', async () => {
  await using former = await openFormer();
  const { db, at: occurredAt } = former;
  await migrate(db, migrations);
  const record = { subscriptionId: 'S-1', dimension: 'reports', occurredAt };

  const verdicts = await takeRecords(
    { db, log, now, graceMs: 2 * MINUTE },
    {
      records: [
        { ...record, eventId: 'same-id', quantity: 4 },
        { ...record, eventId: 'same-id', quantity: '4.0' },
        { ...record, eventId: 'tiny', quantity: 1e-7 },
        { ...record, eventId: 'same-id', subscriptionId: 's-2', quantity: 5 },
        { ...record, eventId: 'same-id', quantity: 5 },
      ],
    },
  );

  expect(verdicts.map(({ outcome, refusal }) => refusal ?? outcome)).toEqual([
    'repeated',
    'repeated',
    'repeated',
    'repeated',
    'event-id-reused',
  ]);
});
