import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { dropMonths, ensureMonths, countMissing, startMonths } from '../src/store/months.ts';
import { until } from '@landfall/servers/wait';
import { HOUR, openStore, type StoreFixture } from './store-fixture.ts';

const DAY = 24 * HOUR;

const partitions = async ({ db }: StoreFixture, table: string) => {
  const { rows } = await sql<{ month: string }>`
    select right(inhrelid::regclass::text, 7) as month from pg_inherits
    where inhparent = ${table}::regclass and not inhdetachpending order by 1`.execute(db.kysely);
  return rows.map(({ month }) => month);
};

const report = async (store: StoreFixture, subscriptionId: string) => {
  const [verdict] = await store.take([store.record({ subscriptionId })]);
  return verdict?.outcome;
};

/** Says that everything has been rated. */
const rate = async ({ db }: StoreFixture) => {
  await sql`update meter_hours set counted = used, state = 'rated'`.execute(db.kysely);
};

test('usage is taken even in a month that was not prepared', async () => {
  await using store = await openStore({ now: '2026-12-31T23:58:00Z' });
  const subscriptionId = await store.save();
  expect(await report(store, subscriptionId)).toBe('taken');
  expect(await partitions(store, 'usage_records')).toEqual([
    '2026_11',
    '2026_12',
    '2027_01',
    '2027_02',
  ]);

  store.advance(90 * DAY);

  expect(await report(store, subscriptionId)).toBe('taken');
  expect(await store.meterHours(subscriptionId)).toMatchObject([
    { hour: new Date('2026-12-31T23:00:00Z') },
    { hour: new Date('2027-03-31T23:00:00Z') },
  ]);
});

test('usage of the last minutes of a month stays in its month when it arrives in the next one', async () => {
  await using store = await openStore({ now: '2026-04-01T00:01:00Z' });
  const subscriptionId = await store.save();

  const occurredAt = '2026-03-31T23:59:59.999Z';
  await store.take([store.record({ subscriptionId, occurredAt })]);

  const { rows } = await sql`select meter from meter_hours_2026_03`.execute(store.db.kysely);
  expect(rows).toHaveLength(1);
});

test('usage from a clock that runs ahead counts in the month that it names', async () => {
  await using store = await openStore({ now: '2026-03-31T23:58:00Z' });
  const subscriptionId = await store.save();

  const occurredAt = '2026-04-01T00:02:59Z';
  await store.take([store.record({ subscriptionId, occurredAt })]);

  expect(await store.meterHours(subscriptionId)).toMatchObject([
    { hour: new Date('2026-04-01T00:00:00Z'), dueAt: new Date('2026-04-01T01:02:00Z') },
  ]);
});

test('processes that prepare the same months at once do not disturb each other', async () => {
  await using store = await openStore();
  await using others = new AsyncDisposableStack();
  const all = await Promise.all(
    Array.from({ length: 4 }, async () => others.use(await store.another())),
  );

  const moments = [0, 400 * DAY].map((ms) => new Date(store.now().getTime() + ms));
  await Promise.all(moments.flatMap((at) => all.map((db) => ensureMonths(db, at))));

  for (const table of ['usage_records', 'meter_hours', 'usage_hours', 'ledger_entries']) {
    expect(await partitions(store, table)).toHaveLength(8);
  }
});

test('a missing partition of the next month is noticed before the month begins', async () => {
  await using store = await openStore();
  const missing = () => countMissing(store.db, store.now());
  expect(await missing()).toBe(5);

  await ensureMonths(store.db, store.now());

  expect(await missing()).toBe(0);
  await sql`drop table ledger_entries_2026_04`.execute(store.db.kysely);
  expect(await missing()).toBe(1);
});

test('a service that has started has its months, so that no first reading raises an alert', async () => {
  await using store = await openStore();
  const { db, log, now } = store;
  await using _ = await startMonths({ db, log, now, keepDays: 31 });
  expect(await countMissing(db, now())).toBe(0);
});

test('old months of records are dropped, and billing data stays', async () => {
  await using store = await openStore();
  const subscriptionId = await store.save();
  await report(store, subscriptionId);
  await rate(store);
  store.advance(60 * DAY);
  await report(store, subscriptionId);

  const { db, log, now } = store;
  await using _ = await startMonths({ db, log, now, keepDays: 31 });

  await until('the old months are dropped', async () => {
    const kept = await Promise.all(
      ['usage_records', 'meter_hours', 'submission_rows'].map((table) => partitions(store, table)),
    );
    return kept.every(([first]) => first === '2026_04');
  });
  expect(await store.meterHours(subscriptionId)).toHaveLength(1);
  expect((await partitions(store, 'usage_hours'))[0]).toBe('2026_02');
  expect((await partitions(store, 'ledger_entries'))[0]).toBe('2026_02');
  const { rows } =
    await sql`select from pg_class where relname like 'usage_records_2026_03%'`.execute(db.kysely);
  expect(rows).toEqual([]);
});

test('usage that was never rated stays, however old it is', async () => {
  await using store = await openStore();
  const subscriptionId = await store.save();
  await report(store, subscriptionId);
  store.advance(60 * DAY);

  const dropped = await dropMonths(store.db, store.now());

  expect(dropped).toContain('usage_records_2026_03');
  expect(dropped).not.toContain('meter_hours_2026_03');
  expect(await store.meterHours(subscriptionId)).toMatchObject([{ used: '1', counted: '0' }]);
});

test('usage is taken after the clock went far ahead, old months were dropped, and the clock went back', async () => {
  await using store = await openStore();
  const subscriptionId = await store.save();
  expect(await report(store, subscriptionId)).toBe('taken');
  await rate(store);
  store.advance(400 * DAY);
  expect(await report(store, subscriptionId)).toBe('taken');
  const dropped = await dropMonths(store.db, new Date(store.now().getTime() - 31 * DAY));
  expect(dropped).toContain('meter_hours_2026_03');

  store.advance(-400 * DAY);

  expect(await report(store, subscriptionId)).toBe('taken');
});

test('a month is kept until its last hour is old enough', async () => {
  await using store = await openStore();
  await ensureMonths(store.db, store.now());

  expect(await dropMonths(store.db, new Date('2026-02-28T23:59:59Z'))).toEqual([]);
  expect(await dropMonths(store.db, new Date('2026-03-01T00:00:00Z'))).toEqual([
    'meter_hours_2026_02',
    'submission_rows_2026_02',
    'usage_records_2026_02',
  ]);
});

test('a reader of old records delays the drop, but reports of usage and other readers do not wait for it', async () => {
  await using store = await openStore();
  await using other = await store.another();
  const subscriptionId = await store.save();
  await report(store, subscriptionId);
  const before = new Date('2026-04-01T00:00:00Z');

  await other.kysely.transaction().execute(async (reader) => {
    await sql`select count(*) from usage_records`.execute(reader);
    await expect(dropMonths(store.db, before)).rejects.toMatchObject({
      code: 'database.unavailable',
      retry: 'later',
    });
    store.advance(30 * DAY);
    expect(await report(store, subscriptionId)).toBe('taken');
    await sql`select count(*) from usage_records`.execute(store.db.kysely);
  });

  expect(await dropMonths(store.db, before)).toContain('usage_records_2026_03');
  expect(await partitions(store, 'usage_records')).toEqual(['2026_04', '2026_05', '2026_06']);
  const { rows } = await sql<{ lockTimeout: string }>`show lock_timeout`.execute(store.db.kysely);
  expect(rows).toEqual([{ lockTimeout: '0' }]);
});
