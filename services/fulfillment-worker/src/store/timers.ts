import { sql } from 'kysely';
import type { Timer, TimerKind } from '@landfall/domain/timers';
import type { Db, Trx } from '../db/schema.ts';

/** A due timer, to be handled in its subscription's lane. */
export interface DueTimer {
  readonly id: string;
  readonly subscriptionId: string;
  readonly correlationId: string;
}

/**
 * Claims due timers for this process until the lease ends; other processes skip them, and no lock outlives
 * the statement. `limit` counts all timers that are in the lanes, of all processes.
 */
export async function claimDueTimers(
  db: Db['kysely'],
  claim: {
    readonly now: Date;
    readonly leaseMs: number;
    readonly limit: number;
    /** Timers about private offers, or all others. */
    readonly areOffers: boolean;
  },
): Promise<DueTimer[]> {
  const { areOffers } = claim;
  const { rows } = await sql<DueTimer>`
    update timers set leased_until = now() + ${claim.leaseMs} * interval '1 ms'
    where id in (
      select id from timers
      where queued_at is null and due_at <= ${claim.now} and (kind = 'sourceOffers') = ${areOffers}
        and (leased_until is null or leased_until < now())
      order by due_at for update skip locked
      limit greatest(0, ${claim.limit} - (select count(*) from timers
        where queued_at is not null and (kind = 'sourceOffers') = ${areOffers})))
    returning id::text as id, subscription_id as "subscriptionId", correlation_id as "correlationId"
  `.execute(db);
  return rows;
}

/** Records that the timers' tasks are in the lanes, in the caller's transaction. */
export async function markQueued(trx: Trx, ids: readonly string[], at: Date): Promise<void> {
  await sql`
    update timers set queued_at = ${at} where id in (
      select id from timers where id = any(${[...ids]}::bigint[]) order by id for update)
  `.execute(trx);
}

/** Undefined if the timer was cancelled or its effect is recorded. */
export async function findTimer(db: Db['kysely'], id: string): Promise<Timer | undefined> {
  const row = await db
    .selectFrom('timers')
    .select(['kind', 'step', 'dueAt', 'deadline'])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      kind: row.kind as TimerKind,
      step: row.step,
      dueAt: row.dueAt,
      deadline: row.deadline,
    }
  );
}

/**
 * Ends a timer in the transaction that records its effect. True once, however often its task runs. The caller
 * holds the subscription's lock.
 */
export async function endTimer(trx: Trx, id: string): Promise<boolean> {
  const result = await trx.deleteFrom('timers').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Sets a timer again, as a new one, after its task was parked. A month after its deadline it is given up. */
export async function setAgain(
  trx: Trx,
  id: string,
  { at, pauseMs }: { readonly at: Date; readonly pauseMs: number },
): Promise<void> {
  await sql`
    with given_up as (delete from timers where id = ${id} returning *)
    insert into timers (subscription_id, kind, step, due_at, deadline, correlation_id)
    select subscription_id, kind, step, ${new Date(at.getTime() + pauseMs)}, deadline, correlation_id
    from given_up where deadline > ${at}::timestamptz - interval '30 days'
  `.execute(trx);
}

/**
 * Whether a later timer of the same kind is due as well. After a long pause only the last one has an effect.
 */
export async function hasLaterDue(
  db: Db['kysely'],
  subscriptionId: string,
  timer: { readonly kind: TimerKind; readonly dueAt: Date; readonly now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom('timers')
    .select('id')
    .where('subscriptionId', '=', subscriptionId)
    .where('kind', '=', timer.kind)
    .where('dueAt', '>', timer.dueAt)
    .where('dueAt', '<=', timer.now)
    .executeTakeFirst();
  return row !== undefined;
}

const shown = {
  provisioningEnd: 'provisioning',
  configurationEnd: 'configuration',
  suspensionEnd: 'suspension',
  retentionEnd: 'erasure',
  erasure: 'erasure',
} as const satisfies Partial<Record<TimerKind, string>>;

export interface Deadline {
  readonly kind: (typeof shown)[keyof typeof shown];
  readonly at: Date;
}

/** The deadlines that subscriptions show to callers, by subscription id. */
export async function deadlinesOf(
  db: Db['kysely'],
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Deadline[]>> {
  const found = new Map<string, Deadline[]>();
  if (subscriptionIds.length === 0) return found;
  const rows = await db
    .selectFrom('timers')
    .select(['subscriptionId', 'kind', 'deadline'])
    .where('subscriptionId', 'in', subscriptionIds)
    .where('kind', 'in', Object.keys(shown))
    .orderBy('deadline')
    .execute();
  for (const { subscriptionId: id, kind, deadline } of rows) {
    const deadlines = found.get(id) ?? [];
    deadlines.push({ kind: shown[kind as keyof typeof shown], at: deadline });
    found.set(id, deadlines);
  }
  return found;
}
