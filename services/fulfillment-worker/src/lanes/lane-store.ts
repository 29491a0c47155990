import { sql } from 'kysely';
import { inTransaction } from '@landfall/service-kit/database.ts';
import type { Db, Trx } from '../db/schema.ts';
import type { NewTask, Task, TaskPayload } from './task.ts';

/** A lane that this process holds, until another one raises the fence. */
export interface HeldLane {
  readonly subscriptionId: string;
  readonly fence: string;
}

/** Another worker holds the lane now: this one stops working on it and has written nothing. */
export class LaneLost extends Error {
  override readonly name = 'LaneLost';
}

/**
 * Puts a task into its lane, in the caller's transaction. The lane's row is locked first, so that the
 * tasks' ids are their order.
 */
export async function addTask(trx: Trx, task: NewTask): Promise<void> {
  await addTasks(trx, [task]);
}

/** The same for many lanes at once, locked in one order so that two callers do not block each other. */
export async function addTasks(trx: Trx, tasks: readonly NewTask[]): Promise<void> {
  if (tasks.length === 0) return;
  const rows = tasks
    .toSorted((left, right) => (left.subscriptionId < right.subscriptionId ? -1 : 1))
    .map((task) => ({
      subscription_id: task.subscriptionId,
      kind: task.kind,
      payload: task.payload,
      correlation_id: task.correlationId,
      dedupe_key: task.dedupeKey,
      run_id: task.runId ?? null,
      delay_ms: task.delayMs ?? 0,
    }));
  const given = JSON.stringify(rows);
  await sql`
    insert into lanes (subscription_id, due_at)
    select subscription_id, min(now() + delay_ms * interval '1 ms')
    from jsonb_to_recordset(${given}::jsonb) as given (subscription_id text, delay_ms int)
    group by subscription_id order by subscription_id
    on conflict (subscription_id) do update set due_at = least(lanes.due_at, excluded.due_at)
  `.execute(trx);
  await sql`
    insert into tasks (subscription_id, kind, payload, correlation_id, dedupe_key, run_id, run_at)
    select subscription_id, kind, payload, correlation_id, dedupe_key, run_id,
      now() + delay_ms * interval '1 ms'
    from jsonb_to_recordset(${given}::jsonb) as given (subscription_id text, kind text, payload jsonb,
      correlation_id text, dedupe_key text, run_id uuid, delay_ms int)
    on conflict (dedupe_key) do nothing
  `.execute(trx);
}

/**
 * Takes lanes with due tasks that nobody holds, the longest waiting first. Raising the fence is what
 * shuts out a holder whose lease has run out while it was paused.
 */
export async function claimLanes(
  db: Db['kysely'],
  claim: { readonly owner: string; readonly leaseMs: number; readonly limit: number },
): Promise<HeldLane[]> {
  const { rows } = await sql<HeldLane>`
    with due as (
      select subscription_id from lanes
      where due_at <= now() and (lease_until is null or lease_until < now())
      order by due_at limit ${claim.limit} for update skip locked)
    update lanes set fence = fence + 1, lease_owner = ${claim.owner},
      lease_until = now() + ${claim.leaseMs} * interval '1 ms'
    from due where lanes.subscription_id = due.subscription_id
    returning lanes.subscription_id as "subscriptionId", lanes.fence::text as fence
  `.execute(db);
  return rows;
}

/** Tasks of a lane that are due, in their order; one that waits for its time holds up no other. */
export async function dueTasks(db: Db['kysely'], lane: HeldLane, limit: number): Promise<Task[]> {
  const rows = await db
    .selectFrom('tasks')
    .select(['id', 'kind', 'payload', 'correlation_id', 'rounds', 'attempts', 'created_at'])
    .where('subscription_id', '=', lane.subscriptionId)
    .where('done_at', 'is', null)
    .where('dead_at', 'is', null)
    .where('run_at', '<=', sql<Date>`now()`)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    subscriptionId: lane.subscriptionId,
    kind: row.kind,
    payload: row.payload as TaskPayload,
    correlationId: row.correlation_id,
    rounds: row.rounds,
    attempts: row.attempts,
    createdAt: row.created_at,
  }));
}

/** A transaction that writes only while the lane is held; its row stays locked until the commit. */
export async function inLane<T>(db: Db, lane: HeldLane, fn: (trx: Trx) => Promise<T>): Promise<T> {
  return await inTransaction(db, async (trx) => {
    const held = await trx
      .selectFrom('lanes')
      .select('fence')
      .where('subscription_id', '=', lane.subscriptionId)
      .where('fence', '=', lane.fence)
      .forUpdate()
      .executeTakeFirst();
    if (!held) throw new LaneLost(`another worker holds the lane ${lane.subscriptionId}`);
    return await fn(trx);
  });
}

/** Extends the leases of lanes that are still this process's. */
export async function renewLeases(
  db: Db['kysely'],
  lanes: readonly HeldLane[],
  leaseMs: number,
): Promise<void> {
  await sql`
    update lanes set lease_until = now() + ${leaseMs} * interval '1 ms'
    from jsonb_to_recordset(${JSON.stringify(lanes)}::jsonb)
      as held ("subscriptionId" text, fence bigint)
    where lanes.subscription_id = held."subscriptionId" and lanes.fence = held.fence
  `.execute(db);
}

/**
 * Gives a lane back and says when it has work again, in milliseconds; undefined means when somebody
 * adds some. The row is locked before the tasks are read: what is added meanwhile waits and is seen.
 */
export async function releaseLane(db: Db, lane: HeldLane): Promise<number | undefined> {
  return await inLane(db, lane, async (trx) => {
    const { rows } = await sql<{ dueInMs: number | null }>`
      update lanes set lease_owner = null, lease_until = null, due_at =
        (select min(run_at) from tasks where tasks.subscription_id = lanes.subscription_id
          and done_at is null and dead_at is null)
      where subscription_id = ${lane.subscriptionId}
      returning (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "dueInMs"
    `.execute(trx);
    return rows[0]?.dueInMs ?? undefined;
  });
}

export async function completeTask(trx: Trx, task: Task): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({ done_at: sql<Date>`now()`, attempts: 0 })
    .where('id', '=', task.id)
    .execute();
}

/** Once more: `failure` counts as an attempt, without one it is a round. */
export async function postponeTask(
  trx: Trx,
  task: Task,
  next: { readonly delayMs: number; readonly failure?: string | undefined },
): Promise<void> {
  const { delayMs, failure } = next;
  await trx
    .updateTable('tasks')
    .set({
      run_at: sql<Date>`clock_timestamp() + ${delayMs} * interval '1 ms'`,
      rounds: failure === undefined ? task.rounds + 1 : task.rounds,
      attempts: failure === undefined ? 0 : task.attempts + 1,
      last_error: failure ?? null,
    })
    .where('id', '=', task.id)
    .execute();
}

/** Parked: it is never run again by itself, and stays visible with its reason. */
export async function parkTask(trx: Trx, task: Task, reason: string): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({ dead_at: sql<Date>`now()`, attempts: task.attempts + 1, last_error: reason })
    .where('id', '=', task.id)
    .execute();
}
