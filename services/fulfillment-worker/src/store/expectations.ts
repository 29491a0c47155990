import { sql, type Selectable } from 'kysely';
import { knownAction } from '@landfall/domain/operation';
import { effectEvents, overtakenBy } from '@landfall/domain/told';
import { MAX_COUNTED } from '@landfall/service-kit/common-readings';
import { prepare, runPrepared } from '@landfall/service-kit/prepared';
import type { Db, ExpectationsTable, Trx } from '../db/schema.ts';

export type ExpectationRow = Selectable<ExpectationsTable>;

/** A notified change of a subscription that its record must show. */
export interface Expectation {
  readonly subscriptionId: string;
  /** The operation's id, or a substitute. */
  readonly key: string;
  readonly operationId: string | undefined;
  readonly action: string;
  readonly planId: string | undefined;
  readonly quantity: number | undefined;
  /** By Microsoft's clock if known. */
  readonly notifiedAt: Date;
  /** By our clock. */
  readonly since: Date;
}

/**
 * Counts a reading that did not show the change, and returns its number. Undefined if another task looks for
 * the same change, or if it was found or given up before.
 */
export async function countLook(
  trx: Trx,
  expected: Expectation,
  taskId: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ looks: number }>`
    insert into expectations (subscription_id, key, operation_id, action, plan_id, quantity, told_at,
      since, state, looks, task_id)
    values (${expected.subscriptionId}, ${expected.key}, ${expected.operationId ?? null}, ${expected.action},
      ${expected.planId ?? null}, ${expected.quantity ?? null}, ${expected.notifiedAt}, ${expected.since}, 'waiting', 1,
      ${taskId})
    on conflict (subscription_id, key) do update set looks = expectations.looks + 1,
      plan_id = excluded.plan_id, quantity = excluded.quantity, told_at = excluded.told_at,
      task_id = excluded.task_id
    where expectations.state = 'waiting' and (expectations.task_id = excluded.task_id
      or not exists (select from tasks where tasks.id = expectations.task_id
        and done_at is null and dead_at is null))
    returning looks
  `.execute(trx);
  return rows[0]?.looks;
}

/**
 * Stores a change that was seen at once but has no operation, because changes that it overtakes must find it.
 */
export async function keepShown(trx: Trx, expected: Expectation, taskId: string): Promise<void> {
  await trx
    .insertInto('expectations')
    .values({
      subscriptionId: expected.subscriptionId,
      key: expected.key,
      operationId: expected.operationId ?? null,
      action: expected.action,
      planId: expected.planId ?? null,
      quantity: expected.quantity ?? null,
      toldAt: expected.notifiedAt,
      since: expected.since,
      state: 'shown',
      taskId,
      missingSince: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Marks a change as seen. False if nothing was waiting for it. */
export async function markShown(
  trx: Trx,
  { subscriptionId, key }: Pick<Expectation, 'subscriptionId' | 'key'>,
): Promise<boolean> {
  const result = await trx
    .updateTable('expectations')
    .set({ state: 'shown' })
    .where('subscriptionId', '=', subscriptionId)
    .where('key', '=', key)
    .where('state', '<>', 'shown')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function markMissing(
  trx: Trx,
  { subscriptionId, key }: Pick<Expectation, 'subscriptionId' | 'key'>,
  at: Date,
): Promise<void> {
  await trx
    .updateTable('expectations')
    .set({ state: 'missing', missingSince: at })
    .where('subscriptionId', '=', subscriptionId)
    .where('key', '=', key)
    .execute();
}

/** Whether this task has given up the search. */
export async function wasGivenUp(
  db: Db['kysely'],
  { subscriptionId, key }: Pick<Expectation, 'subscriptionId' | 'key'>,
  taskId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('expectations')
    .select('key')
    .where('subscriptionId', '=', subscriptionId)
    .where('key', '=', key)
    .where('state', '=', 'missing')
    .where('taskId', '=', taskId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Changes that were not found, oldest first. */
export async function missingOf(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<readonly Expectation[]> {
  const rows = await db
    .selectFrom('expectations')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('state', '=', 'missing')
    .orderBy('toldAt')
    .limit(MAX_MISSING)
    .execute();
  return rows.map((row) => toExpectation(row));
}

/** Any further ones of a subscription are checked at the next reading. */
const MAX_MISSING = 20;

/** Subscriptions with a record that did not show a notified change. */
export async function withMissing(
  db: Db['kysely'],
  subscriptionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (subscriptionIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('expectations')
    .select('subscriptionId')
    .distinct()
    .where('subscriptionId', 'in', subscriptionIds)
    .where('state', '=', 'missing')
    .execute();
  return new Set(rows.map((row) => row.subscriptionId));
}

export async function countMissing(db: Db['kysely'], since: Date): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from expectations
      where state = 'missing' and missing_since >= ${since} limit ${MAX_COUNTED}) as missing
  `.execute(db);
  return rows[0]?.count;
}

function toExpectation(row: ExpectationRow): Expectation {
  return {
    subscriptionId: row.subscriptionId,
    key: row.key,
    operationId: row.operationId ?? undefined,
    action: row.action,
    planId: row.planId ?? undefined,
    quantity: row.quantity ?? undefined,
    notifiedAt: row.toldAt,
    since: row.since,
  };
}

/** Covers the difference between two machines' clocks, and between a reading and the matching notification. */
const SLACK_MS = 60_000;

/**
 * Why the search for a change may end although the record does not show it. `recorded`: a reading for this
 * operation recorded it. `presumed`: a reading for something else may have shown it, or something later has
 * overtaken it. A lagging record must then be read once more.
 */
export async function settledOtherwise(
  db: Db['kysely'],
  expected: Expectation,
  correlationId: string,
): Promise<'recorded' | 'presumed' | undefined> {
  const recorded = await whoRecorded(db, expected, correlationId);
  if (recorded === 'own') return 'recorded';
  return recorded === 'other' || (await isOvertaken(db, expected)) ? 'presumed' : undefined;
}

/**
 * Whether an effect is on the timeline already: `own` for this operation, `other` for a later reading of something
 * else, because a reading shows all that came before it. For a renewal, the first reading and the activation count
 * as well: they may include the new term, or be older than it.
 */
async function whoRecorded(
  db: Db['kysely'],
  expected: Expectation,
  correlationId: string,
): Promise<'own' | 'other' | undefined> {
  const action = knownAction(expected.action);
  if (!action) return undefined;
  const { subscriptionId, operationId = null, since } = expected;
  const kind = effectEvents[action];
  const target = expected.planId ?? expected.quantity?.toString() ?? null;
  const earliest = new Date(since.getTime() - SLACK_MS);
  const { rows } = await sql<{ isOwn: boolean }>`
    select coalesce(operation_id = ${operationId}, false) as "isOwn" from timeline
    where subscription_id = ${subscriptionId} and kind = ${kind} and at >= ${earliest}
      and (${target}::text is null or details ->> 'to' = ${target})
      and (at >= ${since} or operation_id is null or operation_id = ${operationId})
    union all
    select false from timeline
    where subscription_id = ${subscriptionId} and kind = 'purchased'
      and correlation_id = ${correlationId}
      and ${action === 'Renew'}
    union all
    select false from timeline
    where subscription_id = ${subscriptionId} and kind = 'activated' and at >= ${since}
      and ${action === 'Renew'}
    order by 1 desc limit 1
  `.execute(db);
  const [found] = rows;
  return found && (found.isOwn ? 'own' : 'other');
}

/** Whether something later took effect that hides this change. */
async function isOvertaken(db: Db['kysely'], expected: Expectation): Promise<boolean> {
  return await isFollowedByOther(db, expected, expected.notifiedAt);
}

/** Longer than any observed lag of a record. */
export const CLOSE_MS = 60_000;

/**
 * Whether another change of the same kind was notified shortly before this one, or after it. If so, a reading that
 * shows one of them may have been taken before the other was visible.
 */
export async function hasCloseNeighbour(db: Db['kysely'], expected: Expectation): Promise<boolean> {
  return await isFollowedByOther(db, expected, new Date(expected.notifiedAt.getTime() - CLOSE_MS));
}

/** Whether another change took effect after this time that can hide this one. */
async function isFollowedByOther(
  db: Db['kysely'],
  expected: Expectation,
  after: Date,
): Promise<boolean> {
  const action = knownAction(expected.action);
  if (!action) return false;
  const { subscriptionId, key, operationId = null } = expected;
  const others = [...overtakenBy[action]];
  const rows = await runPrepared(db, followedByOther, [
    subscriptionId,
    key,
    operationId,
    others,
    after,
  ]);
  return rows.length > 0;
}

/** A query for other changes that took effect after a time and can hide a change. The fields are SQL expressions. */
export function otherEffects(of: {
  readonly subscriptionId: string;
  readonly key: string;
  readonly operationId: string;
  readonly others: string;
  readonly after: string;
}): string {
  return `select from operations where operations.subscription_id = ${of.subscriptionId}
      and operations.operation_id is distinct from ${of.operationId}
      and operations.action = any(${of.others}) and operations.effective_at >= ${of.after}
    union all
    select from expectations where expectations.subscription_id = ${of.subscriptionId}
      and expectations.key <> ${of.key}
      and (expectations.operation_id is null or expectations.operation_id is distinct from ${of.operationId})
      and expectations.action = any(${of.others}) and expectations.told_at >= ${of.after}
    union all
    select from changes where changes.subscription_id = ${of.subscriptionId}
      and changes.operation_id is distinct from ${of.operationId} and changes.kind = any(${of.others})
      and changes.state = 'succeeded' and changes.sending_at >= ${of.after}
    limit 1`;
}

const followedByOther = prepare(
  'followed-by-other',
  otherEffects({
    subscriptionId: '$1::text',
    key: '$2::text',
    operationId: '$3::text',
    others: '$4::text[]',
    after: '$5::timestamptz',
  }),
);
