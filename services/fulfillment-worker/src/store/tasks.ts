import { sql } from 'kysely';
import { traceParent } from '@landfall/service-kit/tracing';
import type { Trx } from '../db/schema.ts';

/** A step of work, before it is put into its subscription's lane. */
export interface NewTask {
  readonly subscriptionId: string;
  readonly kind: TaskKind;
  readonly payload: TaskPayload;
  readonly correlationId: string;
  /** The span that it comes from: by default the current one, null for none. */
  readonly traceParent?: string | null | undefined;
  /** A second task of the same key is not added. */
  readonly dedupeKey: string;
  /** Delay before the first run; at once if absent. */
  readonly delayMs?: number | undefined;
  /** The reconciliation run that waits for it. */
  readonly runId?: string | undefined;
}

export const taskKinds = [
  'notification',
  'activate',
  'confirmActivation',
  'submitChange',
  'followChange',
  'compensate',
  'converge',
  'askOperations',
  'timer',
  'lookAgain',
] as const;

export type TaskKind = (typeof taskKinds)[number];
export type TaskPayload = Readonly<Record<string, unknown>>;

export interface Task {
  readonly id: string;
  readonly subscriptionId: string;
  readonly kind: string;
  readonly payload: TaskPayload;
  readonly correlationId: string;
  /** The span that it comes from; null if no trace of it is recorded. */
  readonly traceParent: string | null;
  /** How many runs have asked for another one. */
  readonly polls: number;
  /** Failures since the last run without one. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/**
 * Puts a task into its lane, in the caller's transaction. The lane's row is locked first, so that task ids
 * grow in order. False if a task with the same key exists.
 */
export async function addTask(trx: Trx, task: NewTask): Promise<boolean> {
  return (await addTasks(trx, [task])) === 1;
}

/**
 * Puts tasks into many lanes, locked in one order so that two callers do not block each other. Returns how
 * many tasks were new.
 */
export async function addTasks(trx: Trx, tasks: readonly NewTask[]): Promise<number> {
  if (tasks.length === 0) return 0;
  const rows = tasks
    .toSorted((left, right) => (left.subscriptionId < right.subscriptionId ? -1 : 1))
    .map(withDefaults);
  const given = JSON.stringify(rows);
  await sql`
    insert into lanes (subscription_id, due_at, publisher_id)
    select "subscriptionId", min(now() + "delayMs" * interval '1 ms'),
      coalesce(min(publisher_id), min(payload ->> 'publisherId'))
    from jsonb_to_recordset(${given}::jsonb)
      as given ("subscriptionId" text, "delayMs" int, payload jsonb)
    left join subscriptions on subscriptions.id = given."subscriptionId"
    group by "subscriptionId" order by "subscriptionId"
    on conflict (subscription_id) do update set due_at = least(lanes.due_at, excluded.due_at),
      publisher_id = coalesce(excluded.publisher_id, lanes.publisher_id)
  `.execute(trx);
  const added = await sql`
    insert into tasks
      (subscription_id, kind, payload, correlation_id, trace_parent, dedupe_key, run_id, run_at)
    select "subscriptionId", kind, payload, "correlationId", "traceParent", "dedupeKey", "runId",
      now() + "delayMs" * interval '1 ms'
    from jsonb_to_recordset(${given}::jsonb) as given ("subscriptionId" text, kind text, payload jsonb,
      "correlationId" text, "traceParent" text, "dedupeKey" text, "runId" uuid, "delayMs" int)
    on conflict (dedupe_key) do nothing
  `.execute(trx);
  return Number(added.numAffectedRows ?? 0);
}

/**
 * A transaction that waits for one lane keeps the other lanes of its group locked, so that their leases are not renewed. A healthy
 * holder keeps a lane locked for milliseconds.
 */
const MAX_LOCK_WAIT_MS = 250;

/** Makes the transaction fail if a lock is not free in time; see `isLockTimeout`. */
export async function boundLockWait(trx: Trx): Promise<void> {
  await sql`select set_config('lock_timeout', ${`${MAX_LOCK_WAIT_MS}ms`}, true)`.execute(trx);
}

function withDefaults(task: NewTask) {
  const { runId = null, delayMs = 0, traceParent: given = traceParent(), ...rest } = task;
  return { ...rest, runId, delayMs, traceParent: given };
}

/** Removes a task that has not run; only the holder of its lane may do so. */
export async function removeTask(trx: Trx, dedupeKey: string): Promise<void> {
  await trx.deleteFrom('tasks').where('dedupeKey', '=', dedupeKey).execute();
}

/** Parks a task: it runs again only after a replay, and stays visible with its reason. */
export async function parkTask(trx: Trx, task: Task, reason: string): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({ deadAt: sql<Date>`now()`, attempts: task.attempts + 1, lastError: reason })
    .where('id', '=', task.id)
    .execute();
}

/** Ids of the operations that an open notification task is about. */
export async function operationsInWork(trx: Trx, subscriptionId: string): Promise<Set<unknown>> {
  const rows = await trx
    .selectFrom('tasks')
    .select('payload')
    .where('subscriptionId', '=', subscriptionId)
    .where('kind', '=', 'notification')
    .where('doneAt', 'is', null)
    .where('deadAt', 'is', null)
    .execute();
  return new Set(rows.map(({ payload }) => payload['operationId']));
}

/** For tasks that are read as JSON. Ids are text, because JSON numbers lose large ones. */
export const taskColumns = sql`id, id::text as key, kind, payload, correlation_id as "correlationId",
  trace_parent as "traceParent", rounds as polls, attempts, created_at as "createdAt"`;

export interface TaskRow extends Omit<Task, 'id' | 'subscriptionId' | 'createdAt'> {
  readonly key: string;
  readonly createdAt: string;
}

export function toTask({ key, createdAt, ...row }: TaskRow, subscriptionId: string): Task {
  return { ...row, id: key, subscriptionId, createdAt: new Date(createdAt) };
}
