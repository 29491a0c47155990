import { sql } from 'kysely';
import type { Decimal } from '@landfall/domain/decimal';
import { effectiveStart } from '@landfall/domain/effective-start';
import { hourOf, USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { HourState, Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';

/** A row on its way to Microsoft. */
export interface ClaimedHour extends HourKey {
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
  /** Decimal text. */
  readonly quantity: string;
  readonly effectiveStart: Date;
  readonly attempts: number;
  readonly lastUsedAt: Date;
  /** Microsoft may have counted an earlier call whose answer did not arrive. */
  readonly isInDoubt: boolean;
  readonly isTest: boolean;
  /** The outcome that the last fact about the hour stated. */
  readonly publishedOutcome: string | null;
}

export interface ClaimOptions {
  readonly submissionId: string;
  /** Publisher of the hours; undefined for all publishers. */
  readonly publisherId: string | undefined;
  readonly now: Date;
  readonly leaseMs: number;
  /** Pause of a row whose subscription is suspended. A fact about the subscription ends it earlier. */
  readonly suspendedMs: number;
  readonly limit: number;
  /**
   * Claims a single row, to find out whether Microsoft answers again. `doubtful`: a row that may have been counted already,
   * if there is one. `fresh`: a row that cannot have been, because the doubtful ones may cause the failure. In both cases
   * the youngest row, because there is the most time left to learn its outcome.
   */
  readonly probe?: 'doubtful' | 'fresh' | undefined;
}

/** `found` counts rows that were due, including those of suspended subscriptions, which are not sent. */
export interface Claim {
  readonly found: number;
  readonly hours: readonly ClaimedHour[];
}

interface ClaimedRow extends Omit<ClaimedHour, 'effectiveStart'> {
  readonly termStart: Date | null;
  readonly state: HourState;
}

/**
 * Claims rows for one call and stores the call, before it is made: the hours that expire first, then those that were due
 * first. Rows of two publishers never share a call. Instances take different rows. The rows of an instance that died are
 * free again when the lease ends, with the same key and quantity.
 */
export async function claimHours(trx: Trx, options: ClaimOptions): Promise<Claim> {
  const { submissionId, now, leaseMs, suspendedMs } = options;
  const from = windowStart(now);
  const { rows } = await sql<ClaimedRow>`
    with next as materialized (${options.probe ? nextProbe(options) : nextHours(options)})
    update usage_hours h set
      in_doubt = h.in_doubt or h.state = 'sending',
      state = case when s.status = 'Suspended' then 'held' else 'sending' end,
      sealed = h.sealed or s.status <> 'Suspended',
      attempts = h.attempts + case when s.status = 'Suspended' then 0 else 1 end,
      submission_id = case when s.status = 'Suspended' then h.submission_id else ${submissionId}::uuid end,
      next_attempt_at = case when s.status = 'Suspended' then ${later(now, suspendedMs)}::timestamptz
        else ${later(now, leaseMs)}::timestamptz end
    from next n join subscriptions s on s.id = n.subscription_id
    where h.subscription_id = n.subscription_id and h.dimension = n.dimension and h.hour = n.hour
      and h.hour >= ${hourOf(from)} and h.hour <= ${now}
    returning h.subscription_id, h.dimension, h.hour, h.publisher_id, h.plan_id, h.state,
      h.reported as quantity, h.attempts, h.last_used_at, h.in_doubt as is_in_doubt,
      h.published_outcome, s.offer_id, s.term_start, s.is_test`.execute(trx);
  const hours = rows
    .filter(({ state }) => state === 'sending')
    .map((row): ClaimedHour => {
      const { hour, lastUsedAt, termStart } = row;
      const start = effectiveStart({ hour, lastUsedAt, termStart: termStart ?? undefined }, now);
      return Object.assign(row, { effectiveStart: start });
    });
  if (hours.length > 0) await insertSubmission(trx, { submissionId, now, hours });
  return { found: rows.length, hours };
}

/**
 * Rows that are due, the oldest hour first. The query goes through the hours of the window and reads a few index entries for
 * each, however many rows wait. It stops at the limit, so no other row is locked.
 */
function nextHours({ publisherId, now, limit }: ClaimOptions) {
  const from = windowStart(now);
  return sql`
    select due.subscription_id, due.dimension, due.hour
    from generate_series(${hourOf(from)}::timestamptz, ${now}::timestamptz, interval '1 hour') as of (hour)
    cross join lateral (
      select h.subscription_id, h.dimension, h.hour from usage_hours h
      where h.hour = of.hour and h.state in ('closed', 'held', 'sending')
        and h.next_attempt_at <= ${now} and h.last_used_at >= ${from} and ${ofPublisher(publisherId)}
      order by h.publisher_id, h.next_attempt_at limit ${limit} for update skip locked
    ) due
    limit ${limit}`;
}

/** Selects one row. A doubtful one need not wait for the end of its own pause. */
function nextProbe({ publisherId, now, probe }: ClaimOptions) {
  const from = windowStart(now);
  const isDoubtful = sql`(h.in_doubt and h.state = 'closed')`;
  const isWanted = probe === 'doubtful' ? isDoubtful : sql`not ${isDoubtful}`;
  return sql`
    select h.subscription_id, h.dimension, h.hour
    from usage_hours h join subscriptions s on s.id = h.subscription_id
    where h.hour >= ${hourOf(from)} and h.hour <= ${now} and h.state in ('closed', 'sending')
      and (h.next_attempt_at <= ${now} or ${isDoubtful}) and h.last_used_at >= ${from}
      and s.status <> 'Suspended' and ${ofPublisher(publisherId)}
    order by ${isWanted} desc, h.hour desc limit 1 for update of h skip locked`;
}

function ofPublisher(publisherId: string | undefined) {
  return publisherId === undefined ? sql`true` : sql`h.publisher_id = ${publisherId}`;
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
        quantity: hour.quantity,
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
  /** The quantity that Microsoft has; null if it is not known. */
  readonly billed: Decimal | null;
  readonly problem: string | null;
  readonly isInDoubt: boolean;
  readonly nextAttemptAt: Date | null;
  /** With a final state: the outcome for the fact about the hour. */
  readonly outcome: string | null;
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
    ${answers.map((a) => a.billed?.toFixed() ?? null)}::numeric[],
    ${answers.map((a) => a.isInDoubt)}::boolean[],
    ${answers.map((a) => a.nextAttemptAt?.toISOString() ?? null)}::timestamptz[],
    ${answers.map((a) => a.outcome)}::text[]
  ) as a (subscription_id, dimension, hour, state, status, usage_event_id, problem, billed, in_doubt,
    next_at, outcome)`;
  const { first, last } = range(answers);
  await sql`update submissions set finished_at = ${now}, outcome = ${outcome}
    where id = ${submissionId}`.execute(trx);
  await sql`update submission_rows r
    set status = a.status, usage_event_id = a.usage_event_id, kept_quantity = a.billed
    from ${answered}
    where r.submission_id = ${submissionId} and r.subscription_id = a.subscription_id
      and r.dimension = a.dimension and r.hour = a.hour
      and r.hour >= ${first} and r.hour <= ${last}`.execute(trx);
  const saved = await sql<HourKey>`
    update usage_hours h set state = a.state, status = a.status,
      usage_event_id = coalesce(a.usage_event_id, h.usage_event_id),
      problem = coalesce(a.problem, case when h.problem = 'units-lost' then h.problem end),
      billed = a.billed, in_doubt = a.in_doubt, next_attempt_at = a.next_at,
      published_outcome = coalesce(a.outcome, h.published_outcome),
      settled_at = case when a.state in ('settled', 'refused', 'writtenOff')
        then ${now}::timestamptz end
    from ${answered}
    where h.subscription_id = a.subscription_id and h.dimension = a.dimension and h.hour = a.hour
      and h.submission_id = ${submissionId} and h.state = 'sending'
      and h.hour >= ${first} and h.hour <= ${last}
    returning h.subscription_id, h.dimension, h.hour`.execute(trx);
  return saved.rows;
}

/** First and last hour, so that PostgreSQL looks only at the months that they are in. */
function range(hours: readonly HourKey[]): { readonly first: Date; readonly last: Date } {
  const times = hours.map(({ hour }) => hour.getTime());
  return { first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) };
}

/** Usage from before this moment is too old for Microsoft. */
export function windowStart(now: Date): Date {
  return new Date(now.getTime() - USAGE_WINDOW_MS);
}

/** The last moment at which Microsoft takes an hour. */
export function expiryOf({ lastUsedAt }: { readonly lastUsedAt: Date }): Date {
  return new Date(lastUsedAt.getTime() + USAGE_WINDOW_MS);
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
