import { sql, type RawBuilder } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

/** The publisher of a run's subscriptions; null if there is only one publisher. */
type Scope = { readonly publisherId: string | null };

/** A page of our subscriptions, ordered by id. */
interface OwnPage {
  readonly afterId: string;
  readonly limit: number;
}

/** Records which subscriptions a run has seen; returns the new ones. */
export async function markSeen(
  trx: Trx,
  runId: string,
  subscriptionIds: readonly string[],
): Promise<string[]> {
  if (subscriptionIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    insert into reconciliation_seen (run_id, subscription_id)
    select ${runId}, unnest(${subscriptionIds}::text[])
    on conflict do nothing returning subscription_id as id
  `.execute(trx);
  return rows.map(({ id }) => id);
}

/**
 * Our subscriptions that a complete list did not contain. Subscriptions that were created during the reading,
 * and those already known to be missing, are left out.
 */
export async function unlisted(
  db: Db['kysely'],
  run: Scope & { readonly id: string; readonly startedAt: Date },
  page: OwnPage,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from subscriptions
    where created_at < ${run.startedAt} and missing_at is null and id > ${page.afterId}
      and ${isIn(run)}
      and not exists (select from reconciliation_seen
        where run_id = ${run.id} and subscription_id = subscriptions.id)
    order by id limit ${page.limit}
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Longer than the lanes themselves look for the outcome of an operation. */
const OPEN_FOR_MINUTES = 30;
/** By then Microsoft has ended every operation. */
const OPEN_AT_MOST_DAYS = 30;

/**
 * Subscriptions that may have an operation, or an outcome, that was not notified. Microsoft lists operations
 * only by subscription, so only likely ones are asked for: those with an open change that may have ended, and
 * suspended ones that may wait for a reinstatement. If there are more than `limit`, each run takes others.
 * Active, unchanged subscriptions are asked for in turn, longest unasked first, up to `inTurn`.
 */
export async function withOperations(
  db: Db['kysely'],
  run: Scope & { readonly id: string },
  { limit, inTurn, now }: { readonly limit: number; readonly inTurn: number; readonly now: Date },
): Promise<string[]> {
  const openAt = (
    at: RawBuilder<Date>,
  ) => sql`between ${at} - ${OPEN_AT_MOST_DAYS} * interval '1 day'
    and ${at} - ${OPEN_FOR_MINUTES} * interval '1 minute'`;
  const { rows } = await sql<{ id: string }>`
    select id from (
      select subscription_id as id, 1 as rank from operations
      where outcome is null and created_at ${openAt(sql<Date>`now()`)}
      union all
      select subscription_id, 1 from changes
      where state in ('requested', 'sent') and requested_at ${openAt(sql<Date>`${now}::timestamptz`)}
      union all
      select id, 2 from subscriptions where status = 'Suspended'
      union all
      (select id, 3 from subscriptions
        where status = 'Subscribed' and missing_at is null and ${isIn(run)}
        order by operations_asked_at nulls first, id limit ${inTurn})) as candidates
    join subscriptions using (id)
    where missing_at is null and ${isIn(run)}
    group by id order by min(rank), md5(${run.id} || id) limit ${limit}
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Records that Microsoft was asked for a subscription's operations. Other subscriptions come first now. */
export async function noteAsked(trx: Trx, subscriptionId: string): Promise<void> {
  await sql`update subscriptions set operations_asked_at = now() where id = ${subscriptionId}`.execute(
    trx,
  );
}

/** When the longest unasked active subscription was last asked for. */
export async function longestUnasked(db: Db['kysely']): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date }>`
    select coalesce(operations_asked_at, created_at) as since from subscriptions
    where status = 'Subscribed' and missing_at is null
    order by operations_asked_at nulls first, id limit 1
  `.execute(db);
  return rows[0]?.since;
}

export async function hasSubscriptions(db: Db['kysely'], run: Scope): Promise<boolean> {
  const { rows } = await sql`
    select from subscriptions where missing_at is null and ${isIn(run)} limit 1
  `.execute(db);
  return rows.length > 0;
}

function isIn({ publisherId }: Scope) {
  return publisherId === null ? sql`true` : sql`publisher_id = ${publisherId}`;
}

/** Why a difference may exist: the work that would have removed it waits, or was given up. */
export async function workOf(
  db: Db['kysely'],
  subscriptionIds: readonly string[],
): Promise<Map<string, 'work-waiting' | 'work-parked'>> {
  if (subscriptionIds.length === 0) return new Map();
  const wanted = sql`subscription_id = any(${subscriptionIds}) 
    and kind not in ('converge', 'askOperations', 'lookAgain')`;
  const { rows } = await sql<{ id: string; isWaiting: boolean }>`
    select subscription_id as id, bool_or(dead_at is null) as is_waiting from (
      select subscription_id, dead_at from tasks
      where done_at is null and dead_at is null and ${wanted}
      union all
      select subscription_id, dead_at from tasks where dead_at is not null and ${wanted}) as work
    group by subscription_id
  `.execute(db);
  return new Map(rows.map(({ id, isWaiting }) => [id, isWaiting ? 'work-waiting' : 'work-parked']));
}

export interface Healing {
  readonly healed: number;
  readonly parked: number;
  /** Tasks that are done although the difference remains. */
  readonly unhealed: number;
  readonly open: number;
}

/**
 * Counts the tasks that heal a run's findings. Tasks that ask for operations heal nothing, and findings that are
 * not drift are not counted as healed.
 */
export async function healingOf(db: Db['kysely'], runId: string): Promise<Healing> {
  const { rows } = await sql<Healing>`
    select count(done_at) filter (where kind = 'converge' and not unhealed
        and payload ->> 'isUncounted' is null)::int as healed,
      count(dead_at)::int as parked,
      count(done_at) filter (where unhealed)::int as unhealed,
      count(*) filter (where done_at is null and dead_at is null)::int as open
    from tasks where run_id = ${runId}
  `.execute(db);
  return rows[0] ?? { healed: 0, parked: 0, unhealed: 0, open: 0 };
}

/** Tasks of a run that are not over; with `due`, only those that could run now. */
export async function openTasks(
  db: Db['kysely'],
  runId: string,
  which: 'all' | 'due',
): Promise<number> {
  const isDue = which === 'due' ? sql`run_at <= now()` : sql`true`;
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from tasks
    where run_id = ${runId} and done_at is null and dead_at is null and ${isDue}
  `.execute(db);
  return rows[0]?.open ?? 0;
}
