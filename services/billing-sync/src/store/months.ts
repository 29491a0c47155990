import { type Kysely, sql } from 'kysely';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { BillingTables, Db, Trx } from '../db/schema.ts';

/** Tables with one partition per UTC month of `hour`. */
const monthlyTables = [
  'usage_records',
  'meter_hours',
  'usage_hours',
  'ledger_entries',
  'submission_rows',
] as const;

/** Tables whose old months are dropped. The others are billing data and stay. */
const droppedTables = ['usage_records', 'meter_hours', 'submission_rows'] as const;

/**
 * Percent of a page that new rows fill, for tables whose rows change while their indexed columns stay. The changed row
 * stays in its page then, and no index gets a new entry. A row of a call changes once, a meter's hour many times.
 */
const fillFactors: Readonly<Partial<Record<(typeof monthlyTables)[number], number>>> = {
  meter_hours: 60,
  submission_rows: 50,
};

/** Usage is at most a day old, so it may belong to the last month. Two months ahead outlast a stopped loop. */
const MONTHS_BACK = 1;
const MONTHS_AHEAD = 2;

/** Months are made weeks before they begin, and dropping an old one is never urgent. */
const EVERY_MS = 10 * 60_000;

/** Statements that need the table queue behind a waiting `detach` or `drop`, so it gives up and tries again later. */
const LOCK_TIMEOUT_MS = 2000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The month around which each pool has partitions. Only the last one is remembered: others may have been dropped. */
const preparedMonths = new WeakMap<object, string>();

/** Makes the partitions from the month before `at` to the second month after it. Needs no statement within a month. */
export async function ensureMonths(db: Pick<Db, 'kysely'>, at: Date): Promise<void> {
  const month = nameOf(at);
  if (preparedMonths.get(db.kysely) === month) return;
  await db.kysely.transaction().execute((trx) => createMonths(trx, monthsAround(at)));
  preparedMonths.set(db.kysely, month);
}

/**
 * Makes the partitions of the months that begin at `months`. Processes that do so at the same time take turns. A table is
 * created first and attached afterwards, because creating it as a partition would wait for every reader of the parent.
 */
async function createMonths(trx: Trx, months: readonly Date[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockOf('create')})`.execute(trx);
  const wanted = months.flatMap((month) =>
    monthlyTables.map((table) => ({ table, month, partition: partitionOf(table, month) })),
  );
  const { rows } = await sql<{ partition: string }>`
    select partition from unnest(${wanted.map(({ partition }) => partition)}::text[]) as w (partition)
    where to_regclass(partition) is null`.execute(trx);
  const missing = new Set(rows.map(({ partition }) => partition));
  for (const { table, month, partition } of wanted.filter((one) => missing.has(one.partition))) {
    const until = monthAfter(month, 1);
    await sql`create table ${sql.table(partition)}
      (like ${sql.table(table)} including defaults including constraints)
      with (fillfactor = ${sql.lit(fillFactors[table] ?? 100)})`.execute(trx);
    await sql`alter table ${sql.table(table)} attach partition ${sql.table(partition)}
      for values from (${sql.lit(month.toISOString())}) to (${sql.lit(until.toISOString())})`.execute(
      trx,
    );
  }
}

/** How many tables lack the partition of the month after `at`. */
export async function countMissing(db: Pick<Db, 'kysely'>, at: Date): Promise<number> {
  const next = monthAfter(monthOf(at), 1);
  const wanted = monthlyTables.map((table) => partitionOf(table, next));
  const { rows } = await sql`select from pg_inherits
    join pg_class c on c.oid = inhrelid and c.relnamespace = current_schema()::regnamespace
    where c.relname = any(${wanted}) and not inhdetachpending`.execute(db.kysely);
  return wanted.length - rows.length;
}

/**
 * Makes the months around now before it returns. Then makes months ahead, and drops months of records, meter hours and
 * submitted rows that ended more than `keepDays` ago. Any number of processes may do it.
 */
export async function startMonths(options: {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly keepDays: number;
}): Promise<AsyncDisposable> {
  const { db, log, now, keepDays } = options;
  await ensureMonths(db, now());
  return startLoop({
    name: 'months',
    everyMs: EVERY_MS,
    log,
    now,
    run: async () => {
      await ensureMonths(db, now());
      const dropped = await dropMonths(db, new Date(now().getTime() - keepDays * DAY_MS));
      if (dropped.length > 0) log.info({ partitions: dropped }, 'dropped old months');
    },
  });
}

/**
 * Drops the partitions of months that ended at or before `before`, and returns their names. Months with usage that has
 * not been rated stay: nothing else shows that it was never billed. A partition is detached concurrently before it is
 * dropped, because dropping an attached one would block every reader of the table. Throws `database.unavailable` (later)
 * if a reader is in the way; the next run continues where this one stopped.
 */
export async function dropMonths(
  db: Pick<Db, 'kysely' | 'isPooled'>,
  before: Date,
): Promise<string[]> {
  const dropped: string[] = [];
  // The lock belongs to a transaction, because a pooler gives sessions to others between two statements. A concurrent detach
  // cannot be in a transaction, so it has another connection.
  await db.kysely.transaction().execute(async (turn) => {
    const { rows } = await sql<{ isFree: boolean }>`
      select pg_try_advisory_xact_lock(${lockOf('drop')}) as is_free`.execute(turn);
    if (rows[0]?.isFree !== true) return;
    for (const { table, partition, state } of await oldPartitions(db.kysely, before)) {
      // Ends the snapshot of the statement before, for which a detach would wait, and the idle time of the transaction.
      await sql`select 1`.execute(turn);
      if (table === 'meter_hours' && (await hasUnrated(db.kysely, partition))) continue;
      await detach(db, { table, partition, state });
      await dropDetached(db.kysely, partition);
      dropped.push(partition);
    }
  });
  return dropped;
}

async function dropDetached(db: Kysely<BillingTables>, partition: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const limit = String(LOCK_TIMEOUT_MS);
    await sql`select set_config('lock_timeout', ${limit}, true)`.execute(trx);
    await sql`drop table ${sql.table(partition)}`.execute(trx);
  });
}

interface OldPartition {
  readonly table: string;
  readonly partition: string;
  /** `pending` after a detach that was interrupted; `detached` if only the drop is left to do. */
  readonly state: 'attached' | 'pending' | 'detached';
}

/** A table allows one pending detach at a time, so pending ones come first. */
async function oldPartitions(
  connection: Kysely<BillingTables>,
  before: Date,
): Promise<OldPartition[]> {
  const { rows } = await sql<OldPartition>`
    select d.name as "table", c.relname as partition,
      case when inhdetachpending then 'pending' when inhrelid is null then 'detached'
           else 'attached' end as state
    from unnest(${[...droppedTables]}::text[]) as d (name)
    join pg_class c on c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      and c.relname ~ ('^' || d.name || '_\\d{4}_\\d{2}$')
    left join pg_inherits on inhrelid = c.oid
    where right(c.relname, 7) < ${nameOf(before)}
    order by inhrelid is not null and not inhdetachpending, c.relname`.execute(connection);
  return rows;
}

async function hasUnrated(connection: Kysely<BillingTables>, partition: string): Promise<boolean> {
  const { rows } =
    await sql`select from ${sql.table(partition)} where state <> 'rated' limit 1`.execute(
      connection,
    );
  return rows.length > 0;
}

async function detach(
  { kysely, isPooled }: Pick<Db, 'kysely' | 'isPooled'>,
  { table, partition, state }: OldPartition,
): Promise<void> {
  if (state === 'detached') return;
  const how = state === 'pending' ? sql`finalize` : sql`concurrently`;
  await kysely.connection().execute(async (connection) => {
    // The next user of a pooler's session would keep the limit. There, the limit of every statement ends the wait.
    if (!isPooled) await sql`set lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(connection);
    try {
      await sql`alter table ${sql.table(table)} detach partition ${sql.table(partition)} ${how}`.execute(
        connection,
      );
    } finally {
      if (!isPooled) await sql`reset lock_timeout`.execute(connection);
    }
  });
}

function monthsAround(at: Date): Date[] {
  const month = monthOf(at);
  const count = MONTHS_BACK + 1 + MONTHS_AHEAD;
  return Array.from({ length: count }, (_, index) => monthAfter(month, index - MONTHS_BACK));
}

/** Start of the UTC month. */
function monthOf(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
}

function monthAfter(month: Date, count: number): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + count));
}

function partitionOf(table: string, month: Date): string {
  return `${table}_${nameOf(month)}`;
}

/** Such as 2026_03. */
function nameOf(month: Date): string {
  return month.toISOString().slice(0, 7).replace('-', '_');
}

/** A lock within this schema. Services that share a database have different schemas. */
function lockOf(what: 'create' | 'drop') {
  return sql`hashtextextended(current_schema() || ${`: ${what} months`}::text, 0)`;
}
