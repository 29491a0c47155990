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
 * delay the leases of all others, and no process can claim a locked row. A released lane stays free: a process may renew
 * its leases before it learns that its own statement has released the lane.
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
        and lanes.lease_until is not null
      for update of lanes skip locked)
    update lanes set lease_until = now() + ${leaseMs} * interval '1 ms'
    from ours where lanes.subscription_id = ours.subscription_id
  `.execute(db);
}

/** How the run of a task ended: the task is done, or runs again after a pause. */
export type TaskEnd =
  | { readonly task: Task; readonly isDone: true }
  | {
      readonly task: Task;
      readonly isDone: false;
      readonly delayMs: number;
      /** Why it runs again; absent if it is only waiting for Microsoft. */
      readonly failure?: string | undefined;
      /** Whether the failure counts as an attempt; by default it does. */
      readonly isCounted?: boolean | undefined;
    };

/** A step of a held lane: the end of a task's run, the release of the lane, or both. */
export interface LaneStep {
  readonly lane: HeldLane;
  readonly end?: TaskEnd | undefined;
  readonly isLast: boolean;
}

/** A written step. If the lane was released, it has the milliseconds until the lane's next task is due; undefined if there is none. */
export interface WrittenStep {
  readonly dueInMs?: number | undefined;
}

/**
 * Writes steps of different lanes with one statement, each only while its lane is held. A step is undefined if its lane is lost,
 * or is locked by another transaction: nothing of it is written, and it holds up no other. `writeStep` finds out which of the two.
 */
export async function writeSteps(
  db: Db['kysely'],
  steps: readonly LaneStep[],
): Promise<readonly (WrittenStep | undefined)[]> {
  return await write(db, steps, sql`skip locked`);
}

/** Writes one step and waits for the lane's lock if necessary. Throws {@link LaneLost}. */
export async function writeStep(db: Db['kysely'], step: LaneStep): Promise<WrittenStep> {
  const [written] = await write(db, [step], sql``);
  if (!written) throw lost(step.lane);
  return written;
}

/**
 * What a statement sets when it releases a lane and ends the task "taskId". The lane is due at the earliest of these times and
 * the times of its other open tasks. A task that is added while the statement locks the lane's row is not in its snapshot, but its
 * time is in the row's `due_at`, which Postgres reads again after the lock.
 */
export function released(...times: readonly string[]): string {
  const open = `select min(run_at) from tasks where tasks.subscription_id = lanes.subscription_id
    and done_at is null and dead_at is null and tasks.id is distinct from "taskId"`;
  return `lease_owner = null, lease_until = null, due_at = least(${['due_at', ...times, `(${open})`].join(', ')})`;
}

/** The milliseconds until a released lane is due. */
export const DUE_IN_MS = '(extract(epoch from due_at - clock_timestamp()) * 1000)::float8';

async function write(
  db: Db['kysely'],
  steps: readonly LaneStep[],
  wait: RawBuilder<unknown>,
): Promise<readonly (WrittenStep | undefined)[]> {
  const { rows } = await sql<WrittenRow>`
    with held as (
      select given.*, clock_timestamp() + "delayMs" * interval '1 ms' as next_at
      from jsonb_to_recordset(${JSON.stringify(steps.map(rowOf))}::jsonb) as given (place int,
        "subscriptionId" text, fence bigint, "taskId" bigint, "isDone" bool, "delayMs" float8,
        rounds int, attempts int, failure text, "isLast" bool)
      join lanes on lanes.subscription_id = "subscriptionId" and lanes.fence = given.fence
      order by lanes.subscription_id for update of lanes ${wait}),
    ended as (
      update tasks set done_at = case when "isDone" then now() end,
        run_at = coalesce(next_at, run_at), rounds = held.rounds, attempts = held.attempts,
        last_error = failure
      from held where tasks.id = "taskId"),
    released as (
      update lanes set ${sql.raw(released('next_at'))}
      from held where "isLast" and lanes.subscription_id = "subscriptionId"
      returning place, ${sql.raw(DUE_IN_MS)} as due_in_ms)
    select held.place, due_in_ms as "dueInMs" from held left join released using (place)
  `.execute(db);
  return writtenSteps(steps, rows);
}

/** A written step, identified by its place in the list of steps. */
export interface WrittenRow {
  readonly place: number;
  readonly dueInMs: number | null;
}

export function writtenSteps(
  steps: readonly unknown[],
  rows: readonly WrittenRow[],
): readonly (WrittenStep | undefined)[] {
  const found = new Map(rows.map(({ place, dueInMs }) => [place, dueInMs ?? undefined]));
  return steps.map((_, place) => (found.has(place) ? { dueInMs: found.get(place) } : undefined));
}

function rowOf({ lane, end, isLast }: LaneStep, place: number) {
  if (!end) return { place, ...lane, isLast };
  const { id: taskId, polls, attempts } = end.task;
  const row = { place, ...lane, isLast, taskId, isDone: end.isDone };
  if (end.isDone) return { ...row, rounds: polls, attempts: 0 };
  const { delayMs, failure, isCounted = true } = end;
  if (failure === undefined) return { ...row, delayMs, rounds: polls + 1, attempts: 0 };
  return { ...row, delayMs, failure, rounds: polls, attempts: attempts + (isCounted ? 1 : 0) };
}

function lost(lane: HeldLane): LaneLost {
  return new LaneLost(`another worker holds the lane ${lane.subscriptionId}`);
}
