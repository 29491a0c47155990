import { sql, type RawBuilder } from 'kysely';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db, Trx } from '../db/schema.ts';
import { taskColumns, toTask, type Task, type TaskRow } from './tasks.ts';

/** A lane that this process holds, until another process raises the fence. */
export interface HeldLane {
  readonly subscriptionId: string;
  readonly fence: string;
}

/** Another worker holds the lane now. This one has written nothing and must stop. */
export class LaneLost extends Error {
  override readonly name = 'LaneLost';
}

/**
 * Locks the lane of a known subscription. Every transaction that locks both locks the lane first, so that a
 * command and a task never deadlock.
 */
export async function lockLane(trx: Trx, subscriptionId: string): Promise<void> {
  await sql`
    insert into lanes (subscription_id, publisher_id)
    select id, publisher_id from subscriptions where id = ${subscriptionId}
    on conflict (subscription_id) do update set due_at = lanes.due_at
  `.execute(trx);
}

/**
 * Claims lanes that have due tasks and no holder, longest waiting first, and lanes with an expired lease,
 * each with its first tasks. Raising the fence shuts out a holder that was paused. While a lane is held, its
 * `due_at` shows only tasks that were added since.
 */
export async function claimLanes(
  db: Db['kysely'],
  claim: {
    readonly owner: string;
    readonly leaseMs: number;
    readonly limit: number;
    readonly of?: LanesOf | undefined;
  },
): Promise<ClaimedLane[]> {
  const { owner, leaseMs, limit } = claim;
  const isOurs = condition(claim.of);
  const { rows } = await sql<HeldLane & { tasks: TaskRow[] }>`
    with expired as (
      select subscription_id from lanes where lease_until < now() and ${isOurs}
      order by lease_until limit ${limit} for update skip locked),
    waiting as (
      select subscription_id from lanes where lease_until is null and due_at <= now() and ${isOurs}
      order by due_at limit ${limit} for update skip locked),
    due as (select * from expired union all select * from waiting limit ${limit}),
    claimed as (
      update lanes set fence = fence + 1, lease_owner = ${owner}, due_at = null,
        lease_until = now() + ${leaseMs} * interval '1 ms'
      from due where lanes.subscription_id = due.subscription_id
      returning lanes.subscription_id, lanes.fence::text)
    select subscription_id as "subscriptionId", fence, (
      select coalesce(json_agg(first.* order by first.id), '[]') from (
        select ${taskColumns} from tasks where tasks.subscription_id = claimed.subscription_id
          and done_at is null and dead_at is null and run_at <= now()
        order by id limit ${TASKS_AT_ONCE}) as first) as tasks
    from claimed
  `.execute(db);
  return rows.map(({ subscriptionId, fence, tasks }) => ({
    lane: { subscriptionId, fence },
    tasks: tasks.map((row) => toTask(row, subscriptionId)),
  }));
}

/**
 * The lanes of one publisher, or the lanes that belong to none of these publishers. The lane's publisher only
 * divides the work; the subscription decides which access a task uses.
 */
export type LanesOf = { readonly publisherId: string } | { readonly noneOf: readonly string[] };

function condition(of: LanesOf | undefined): RawBuilder<unknown> {
  if (of === undefined) return sql`true`;
  return 'publisherId' in of
    ? sql`publisher_id = ${of.publisherId}`
    : sql`(publisher_id is null or publisher_id <> all (${of.noneOf}::text[]))`;
}

export interface ClaimedLane {
  readonly lane: HeldLane;
  /** The due tasks, in order. A task that is not yet due delays no other. */
  readonly tasks: readonly Task[];
}

/** Enough to save round trips, and few enough that most tasks that are read also run. */
const TASKS_AT_ONCE = 10;

/** Runs a transaction only while the lane is held. The lane's row stays locked until the commit. */
export async function inLane<T>(db: Db, lane: HeldLane, fn: (trx: Trx) => Promise<T>): Promise<T> {
  return await inTransaction(db, async (trx) => {
    const held = await trx
      .selectFrom('lanes')
      .select('fence')
      .where('subscriptionId', '=', lane.subscriptionId)
      .where('fence', '=', lane.fence)
      .forUpdate()
      .executeTakeFirst();
    if (!held) throw lost(lane);
    return await fn(trx);
  });
}

/**
 * Extends the leases of the lanes that this process still holds. A locked row is skipped: one write must not
 * delay the leases of all others, and no process can claim a locked row.
 */
export async function renewLeases(
  db: Db['kysely'],
  lanes: readonly HeldLane[],
  leaseMs: number,
): Promise<void> {
  await sql`
    with ours as (
      select lanes.subscription_id from jsonb_to_recordset(${JSON.stringify(lanes)}::jsonb)
        as held ("subscriptionId" text, fence bigint)
      join lanes on lanes.subscription_id = held."subscriptionId" and lanes.fence = held.fence
      for update of lanes skip locked)
    update lanes set lease_until = now() + ${leaseMs} * interval '1 ms'
    from ours where lanes.subscription_id = ours.subscription_id
  `.execute(db);
}

/**
 * Releases a lane and returns the milliseconds until its next task is due; undefined if it has none. A task
 * that is added while this statement waits for the row is not in its snapshot, but its time is in the row's
 * `due_at`, which Postgres reads again after the wait.
 */
export async function releaseLane(db: Db['kysely'], lane: HeldLane): Promise<number | undefined> {
  const { rows } = await sql<{ dueInMs: number | null }>`
    update lanes set lease_owner = null, lease_until = null, due_at = least(due_at,
      (select min(run_at) from tasks where tasks.subscription_id = ${lane.subscriptionId}
        and done_at is null and dead_at is null))
    where subscription_id = ${lane.subscriptionId} and fence = ${lane.fence}
    returning (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "dueInMs"
  `.execute(db);
  const [row] = rows;
  if (!row) throw lost(lane);
  return row.dueInMs ?? undefined;
}

/** Marks a task as done, only while the lane is held. */
export async function completeTask(db: Db['kysely'], lane: HeldLane, task: Task): Promise<void> {
  await writeTask(db, lane, {
    task,
    set: sql`done_at = now(), attempts = 0, last_error = null`,
  });
}

/**
 * Schedules a task again, only while the lane is held. A `failure` counts as an attempt unless `isCounted` is
 * false; without one it counts as a poll.
 */
export async function postponeTask(
  db: Db['kysely'],
  lane: HeldLane,
  next: {
    readonly task: Task;
    readonly delayMs: number;
    readonly failure?: string | undefined;
    readonly isCounted?: boolean;
  },
): Promise<void> {
  const { task, delayMs, failure } = next;
  const rounds = failure === undefined ? task.polls + 1 : task.polls;
  const counts = next.isCounted === false ? 0 : 1;
  const attempts = failure === undefined ? 0 : task.attempts + counts;
  await writeTask(db, lane, {
    task,
    set: sql`run_at = clock_timestamp() + ${delayMs} * interval '1 ms', rounds = ${rounds},
      attempts = ${attempts}, last_error = ${failure ?? null}`,
  });
}

async function writeTask(
  db: Db['kysely'],
  lane: HeldLane,
  change: { readonly task: Task; readonly set: RawBuilder<unknown> },
): Promise<void> {
  const { rows } = await sql`
    with held as (select subscription_id from lanes where subscription_id = ${lane.subscriptionId}
      and fence = ${lane.fence} for update)
    update tasks set ${change.set} from held where tasks.id = ${change.task.id} returning tasks.id
  `.execute(db);
  if (rows.length === 0) throw lost(lane);
}

function lost(lane: HeldLane): LaneLost {
  return new LaneLost(`another worker holds the lane ${lane.subscriptionId}`);
}
