import { sql } from 'kysely';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { HourState, Trx } from '../db/schema.ts';
import { effectiveStart } from '@landfall/domain/effective-start';
import type { HourKey } from './hours.ts';

/** A row on its way to Microsoft. */
export interface ClaimedHour extends HourKey {
  readonly planId: string;
  readonly quantity: number;
  readonly effectiveStart: Date;
  readonly attempts: number;
  readonly lastUsedAt: Date;
  /** Microsoft may have counted an earlier call whose answer did not arrive. */
  readonly isInDoubt: boolean;
}

type ClaimedRow = Omit<ClaimedHour, 'effectiveStart'> & { readonly termStart: Date | null };

/**
 * Claims rows for one call and stores the call, before it is made. Rows of two publishers never share a call. Instances
 * take different rows. The rows of an instance that died are free again when the lease ends, with the same key and
 * quantity.
 */
export async function claimHours(
  trx: Trx,
  options: {
    readonly submissionId: string;
    /** Publisher of the hours; undefined for all publishers. */
    readonly publisherId: string | undefined;
    readonly now: Date;
    readonly leaseMs: number;
    readonly limit: number;
  },
): Promise<ClaimedHour[]> {
  const { submissionId, publisherId, now, leaseMs, limit } = options;
  const isOfPublisher =
    publisherId === undefined ? sql`true` : sql`s.publisher_id = ${publisherId}`;
  const claimed = await sql<ClaimedRow>`
    with next as (
      select h.subscription_id, h.dimension, h.hour
      from usage_hours h join subscriptions s on s.id = h.subscription_id
      where h.state in ('closed', 'held', 'sending') and h.next_attempt_at <= ${now}
        and h.last_used_at >= ${windowStart(now)} and s.status <> 'Suspended' and ${isOfPublisher}
      order by h.next_attempt_at limit ${limit} for update of h skip locked
    )
    update usage_hours h set state = 'sending', sealed = true, attempts = h.attempts + 1,
      publisher_id = s.publisher_id, in_doubt = h.in_doubt or h.state = 'sending',
      submission_id = ${submissionId}, next_attempt_at = ${new Date(now.getTime() + leaseMs)}
    from next n, subscriptions s
    where h.subscription_id = n.subscription_id and h.dimension = n.dimension and h.hour = n.hour
      and s.id = h.subscription_id
    returning h.subscription_id, h.dimension, h.hour, h.plan_id, h.reported::float8 as quantity,
      h.attempts, h.last_used_at, h.in_doubt as is_in_doubt, s.term_start`.execute(trx);
  const hours = claimed.rows.map((row): ClaimedHour => {
    const { hour, lastUsedAt, termStart } = row;
    const start = effectiveStart({ hour, lastUsedAt, termStart: termStart ?? undefined }, now);
    return Object.assign(row, { effectiveStart: start });
  });
  if (hours.length > 0) await insertSubmission(trx, { submissionId, now, hours });
  return hours;
}

async function insertSubmission(
  trx: Trx,
  options: {
    readonly submissionId: string;
    readonly now: Date;
    readonly hours: readonly ClaimedHour[];
  },
): Promise<void> {
  const { submissionId, now, hours } = options;
  const submission = { id: submissionId, startedAt: now, finishedAt: null, outcome: null };
  await trx.insertInto('submissions').values(submission).execute();
  await trx
    .insertInto('submissionRows')
    .values(
      hours.map((hour) => ({
        submissionId,
        subscriptionId: hour.subscriptionId,
        dimension: hour.dimension,
        hour: hour.hour,
        planId: hour.planId,
        quantity: String(hour.quantity),
        effectiveStart: hour.effectiveStart,
        status: null,
        usageEventId: null,
        keptQuantity: null,
      })),
    )
    .execute();
}

/** The state of an hour after an answer, and the answer itself for the audit. */
export interface AnsweredHour extends HourKey {
  readonly state: HourState;
  readonly status: string | null;
  readonly usageEventId: string | null;
  readonly keptQuantity: number | null;
  readonly problem: string | null;
  readonly isInDoubt: boolean;
  readonly nextAttemptAt: Date | null;
}

/**
 * Saves the answers of a call and returns the hours that still belonged to it. After the lease, another call may have
 * sent them too; then only that call's answer counts.
 */
export async function saveAnswers(
  trx: Trx,
  options: {
    readonly submissionId: string;
    readonly outcome: string;
    readonly answers: readonly AnsweredHour[];
    readonly now: Date;
  },
): Promise<HourKey[]> {
  const { submissionId, outcome, answers, now } = options;
  const answered = sql`unnest(
    ${answers.map((a) => a.subscriptionId)}::text[], ${answers.map((a) => a.dimension)}::text[],
    ${answers.map((a) => a.hour.toISOString())}::timestamptz[],
    ${answers.map((a) => a.state)}::text[], ${answers.map((a) => a.status)}::text[],
    ${answers.map((a) => a.usageEventId)}::text[], ${answers.map((a) => a.problem)}::text[],
    ${answers.map((a) => a.keptQuantity?.toString() ?? null)}::numeric[],
    ${answers.map((a) => a.isInDoubt)}::boolean[],
    ${answers.map((a) => a.nextAttemptAt?.toISOString() ?? null)}::timestamptz[]
  ) as a (subscription_id, dimension, hour, state, status, usage_event_id, problem, kept, in_doubt,
    next_at)`;
  await sql`update submissions set finished_at = ${now}, outcome = ${outcome}
    where id = ${submissionId}`.execute(trx);
  await sql`update submission_rows r
    set status = a.status, usage_event_id = a.usage_event_id, kept_quantity = a.kept
    from ${answered}
    where r.submission_id = ${submissionId} and r.subscription_id = a.subscription_id
      and r.dimension = a.dimension and r.hour = a.hour`.execute(trx);
  const saved = await sql<HourKey>`
    update usage_hours h set state = a.state, status = a.status,
      usage_event_id = coalesce(a.usage_event_id, h.usage_event_id), problem = a.problem,
      in_doubt = a.in_doubt, next_attempt_at = a.next_at,
      settled_at = case when a.state in ('settled', 'refused', 'writtenOff')
        then ${now}::timestamptz end
    from ${answered}
    where h.subscription_id = a.subscription_id and h.dimension = a.dimension and h.hour = a.hour
      and h.submission_id = ${submissionId} and h.state = 'sending'
    returning h.subscription_id, h.dimension, h.hour`.execute(trx);
  return saved.rows;
}

export function windowStart(now: Date): Date {
  return new Date(now.getTime() - USAGE_WINDOW_MS);
}
