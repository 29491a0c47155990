import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

export interface ParkedWanted {
  /** Undefined: tasks of all publishers, and of unknown subscriptions. */
  readonly publisherId: string | undefined;
  readonly taskIds?: readonly number[] | undefined;
  readonly kind?: string | undefined;
  readonly reason?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Parked tasks, newest first, after the previous page. */
export async function listParked(
  db: Db['kysely'],
  wanted: ParkedWanted & {
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
    readonly limit: number;
  },
) {
  let query = parked(db, wanted)
    .select(['id', 'subscriptionId', 'kind', 'lastError', 'attempts', 'correlationId'])
    .select(['createdAt', 'deadAt'])
    .orderBy('deadAt', 'desc')
    .orderBy('id', 'desc')
    .limit(wanted.limit);
  if (wanted.before) {
    const { at, id } = wanted.before;
    query = query.where(sql<boolean>`(dead_at, id) < (${at}, ${id}::bigint)`);
  }
  return await query.execute();
}

export async function countParked(db: Db['kysely'], wanted: ParkedWanted): Promise<number> {
  const { count } = await parked(db, wanted)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The first tasks that would be replayed or discarded, in that order. */
export async function nameParked(db: Db['kysely'], wanted: ParkedWanted, limit: number) {
  const rows = await parked(db, wanted)
    .select(['id', 'subscriptionId', 'kind'])
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, subscriptionId, kind }) => ({ taskId: Number(id), subscriptionId, kind }));
}

/**
 * Puts up to `limit` parked tasks back into their lanes, oldest first, to run at once with a fresh schedule,
 * and notes it on the timelines. Lanes are locked in the common order. Returns the number of tasks.
 */
export async function replayParked(
  trx: Trx,
  wanted: ParkedWanted,
  replay: { readonly at: Date; readonly correlationId: string; readonly limit: number },
): Promise<number> {
  const chosen = await parked(trx, wanted)
    .select(['id', 'subscriptionId'])
    .orderBy('id')
    .limit(replay.limit)
    .execute();
  const lanes = [...new Set(chosen.map((task) => task.subscriptionId))].toSorted();
  await sql`
    select from lanes where subscription_id = any(${lanes}::text[]) order by subscription_id for update
  `.execute(trx);
  const ids = chosen.map(({ id }) => id);
  const { rows } = await sql<{ id: string }>`
    with before as (
      select id, last_error from tasks where id = any(${ids}::bigint[]) and dead_at is not null for update),
    revived as (
      update tasks set dead_at = null, last_error = null, attempts = 0, rounds = 0, run_at = now()
      from before where tasks.id = before.id
      returning tasks.id, tasks.subscription_id, tasks.kind, before.last_error),
    told as (
      insert into timeline (subscription_id, at, kind, cause, correlation_id, details)
      select subscription_id, ${replay.at}, 'taskReplayed', 'command', ${replay.correlationId},
        jsonb_build_object('task', kind, 'reason', last_error)
      from revived),
    woken as (
      update lanes set due_at = least(due_at, now())
      where subscription_id in (select subscription_id from revived))
    select id from revived
  `.execute(trx);
  return rows.length;
}

/**
 * Ends up to `limit` parked tasks for good, oldest first, and notes on the timelines why they were given up. A reconciliation
 * does not count them as healed. Returns the number of tasks.
 */
export async function discardParked(
  trx: Trx,
  wanted: ParkedWanted,
  discard: {
    readonly at: Date;
    readonly correlationId: string;
    readonly because: string;
    readonly limit: number;
  },
): Promise<number> {
  const { at, correlationId, because, limit } = discard;
  const chosen = await parked(trx, wanted).select('id').orderBy('id').limit(limit).execute();
  const { rows } = await sql<{ id: string }>`
    with discarded as (
      update tasks set dead_at = null, done_at = now(), unhealed = true
      where id = any(${chosen.map(({ id }) => id)}::bigint[]) and dead_at is not null
      returning id, subscription_id, kind, last_error),
    told as (
      insert into timeline (subscription_id, at, kind, cause, correlation_id, details)
      select subscription_id, ${at}, 'taskDiscarded', 'command', ${correlationId},
        jsonb_build_object('task', kind, 'reason', last_error, 'because', ${because}::text)
      from discarded)
    select id from discarded
  `.execute(trx);
  return rows.length;
}

function parked(db: Db['kysely'], wanted: ParkedWanted) {
  const { publisherId, taskIds, kind, reason, subscriptionId, since, until } = wanted;
  let query = db.selectFrom('tasks').where('deadAt', 'is not', null);
  if (publisherId !== undefined) {
    query = query.where((is) =>
      is.exists(
        is
          .selectFrom('subscriptions')
          .select('subscriptions.id')
          .whereRef('subscriptions.id', '=', 'tasks.subscriptionId')
          .where('subscriptions.publisherId', '=', publisherId),
      ),
    );
  }
  if (taskIds) query = query.where('id', 'in', taskIds.map(String));
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (reason !== undefined) query = query.where('lastError', '=', reason);
  if (subscriptionId !== undefined) {
    query = query.where('subscriptionId', '=', subscriptionId.toLowerCase());
  }
  if (since) query = query.where('deadAt', '>=', since);
  if (until) query = query.where('deadAt', '<', until);
  return query;
}
