import { sql } from 'kysely';
import type { Decimal } from '@landfall/domain/decimal';
import { effectiveStart } from '@landfall/domain/effective-start';
import { hourOf, USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { HourState, Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';

/** A row on its way to Microsoft. */
export interface ClaimedHour extends HourKey {
  /** The call that it belongs to. */
  readonly submissionId: string;
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
  /** One for each call that may be made. */
  readonly submissionIds: readonly string[];
  /** Rows that a call takes. */
  readonly rowsPerCall: number;
  /** Publisher of the hours; undefined for all publishers. */
  readonly publisherId: string | undefined;
  readonly now: Date;
  readonly leaseMs: number;
  /** Pause of a row whose subscription is suspended. A fact about the subscription ends it earlier. */
  readonly suspendedMs: number;
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
  readonly calls: readonly ClaimedCall[];
}

export interface ClaimedCall {
  readonly submissionId: string;
  readonly hours: readonly ClaimedHour[];
}

interface ClaimedRow extends Omit<ClaimedHour, 'effectiveStart'> {
  readonly termStart: Date | null;
  readonly state: HourState;
}

/**
 * Claims rows for some calls and stores the calls, before they are made: the hours that expire first, then those that
 * were due first. Rows of two publishers never share a call. Instances take different rows. The rows of an instance that
 * died are free again when the lease ends, with the same key and quantity.
 */
export async function claimHours(trx: Trx, options: ClaimOptions): Promise<Claim> {
  const { submissionIds, rowsPerCall, now, leaseMs, suspendedMs } = options;
  const from = windowStart(now);
  const { rows } = await sql<ClaimedRow>`
    with next as materialized (${options.probe ? nextProbe(options) : nextHours(options)}),
    known as materialized (
      select n.*, s.offer_id, s.term_start, s.is_test, ${IS_SUSPENDED} as is_suspended
      from next n join subscriptions s on s.id = n.subscription_id
    ), given as (
      select k.*, (${submissionIds}::uuid[])[1 + (row_number() over (
        partition by k.is_suspended order by k.hour) - 1) / ${rowsPerCall}::int] as call_id
      from known k
    )
    update usage_hours h set
      in_doubt = h.in_doubt or h.state = 'sending',
      state = case when g.is_suspended then 'held' else 'sending' end,
      sealed = h.sealed or not g.is_suspended,
      attempts = h.attempts + case when g.is_suspended then 0 else 1 end,
      submission_id = case when g.is_suspended then h.submission_id else g.call_id end,
      next_attempt_at = case when g.is_suspended then ${later(now, suspendedMs)}::timestamptz
        else ${later(now, leaseMs)}::timestamptz end
    from given g
    where h.subscription_id = g.subscription_id and h.dimension = g.dimension and h.hour = g.hour
      and h.hour >= ${hourOf(from)} and h.hour <= ${now}
    returning h.subscription_id, h.dimension, h.hour, h.publisher_id, h.plan_id, h.state,
      h.reported as quantity, h.attempts, h.last_used_at, h.in_doubt as is_in_doubt,
      h.published_outcome, h.submission_id, g.offer_id, g.term_start, g.is_test`.execute(trx);
  const hours = rows
    .filter(({ state }) => state === 'sending')
    .map((row): ClaimedHour => {
      const { hour, lastUsedAt, termStart } = row;
      const start = effectiveStart({ hour, lastUsedAt, termStart: termStart ?? undefined }, now);
      return Object.assign(row, { effectiveStart: start });
    });
  if (hours.length > 0) await insertSubmissions(trx, hours, now);
  const calls = Map.groupBy(hours, ({ submissionId }) => submissionId);
  return {
    found: rows.length,
    calls: [...calls].map(([submissionId, of]) => ({ submissionId, hours: of })),
  };
}

/**
 * Reads the status once more if it is Suspended, because a reinstatement may have been saved since the statement began:
 * its row would then wait for an hour. While a fact is being saved, the row is sent, and Microsoft decides.
 */
const IS_SUSPENDED = sql`(s.status = 'Suspended' and coalesce((
  select latest.status from subscriptions latest where latest.id = s.id for share skip locked), '') = 'Suspended')`;

/**
 * Whether usage of the hour is due for rating, here or in another process. Its units would come too late for the row.
 */
function isBeingRated(now: Date) {
  return sql`exists (select from meter_hours m where m.subscription_id = h.subscription_id
    and m.hour = h.hour and m.state = 'open' and m.due_at <= ${now})`;
}

/** Rows that {@link claimHours} looks for. */
export function claimLimit({ probe, submissionIds, rowsPerCall }: ClaimOptions): number {
  return probe ? 1 : submissionIds.length * rowsPerCall;
}

/**
 * Rows that are due, the oldest hour first. The query goes through the hours of the window and reads a few index entries for
 * each, however many rows wait. It stops at the limit, so no other row is locked.
 */
function nextHours(options: ClaimOptions) {
  const { publisherId, now } = options;
  const from = windowStart(now);
  const limit = claimLimit(options);
  return sql`
    select due.subscription_id, due.dimension, due.hour
    from generate_series(${hourOf(from)}::timestamptz, ${now}::timestamptz, interval '1 hour') as of (hour)
    cross join lateral (
      select h.subscription_id, h.dimension, h.hour from usage_hours h
      where h.hour = of.hour and h.state in ('closed', 'held', 'sending')
        and h.next_attempt_at <= ${now} and h.last_used_at >= ${from} and ${ofPublisher(publisherId)}
        and not ${isBeingRated(now)}
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

async function insertSubmissions(
  trx: Trx,
  hours: readonly ClaimedHour[],
  now: Date,
): Promise<void> {
  await sql`
    with given as (
      select * from unnest(
        ${hours.map((one) => one.submissionId)}::uuid[], ${hours.map((one) => one.subscriptionId)}::text[],
        ${hours.map((one) => one.dimension)}::text[],
        ${hours.map((one) => one.hour.toISOString())}::timestamptz[],
        ${hours.map((one) => one.planId)}::text[], ${hours.map((one) => one.quantity)}::numeric[],
        ${hours.map((one) => one.effectiveStart.toISOString())}::timestamptz[]
      ) as r (submission_id, subscription_id, dimension, hour, plan_id, quantity, effective_start)
    ), calls as (
      insert into submissions (id, started_at)
      select distinct submission_id, ${now}::timestamptz from given
    )
    insert into submission_rows (submission_id, subscription_id, dimension, hour, plan_id, quantity,
      effective_start)
    select * from given`.execute(trx);
}

/** The state of an hour after an answer, and the answer itself for the audit. */
export interface AnsweredHour extends HourKey {
  readonly submissionId: string;
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
 * Saves the answers of calls and returns the hours that still belonged to them. After the lease, another call may have
 * sent an hour too; then only that call's answer counts. Rows are given in one order, so that batches seldom deadlock.
 */
export async function saveAnswers(
  trx: Trx,
  options: {
    readonly calls: readonly { readonly submissionId: string; readonly outcome: string }[];
    readonly answers: readonly AnsweredHour[];
    readonly now: Date;
  },
): Promise<HourKey[]> {
  const { calls, now } = options;
  const answers = options.answers.toSorted(byKey);
  const { first, last } = range(answers);
  const saved = await sql<HourKey>`
    with answered as (
      select * from unnest(
        ${answers.map((a) => a.submissionId)}::uuid[],
        ${answers.map((a) => a.subscriptionId)}::text[], ${answers.map((a) => a.dimension)}::text[],
        ${answers.map((a) => a.hour.toISOString())}::timestamptz[],
        ${answers.map((a) => a.state)}::text[], ${answers.map((a) => a.status)}::text[],
        ${answers.map((a) => a.usageEventId)}::text[], ${answers.map((a) => a.problem)}::text[],
        ${answers.map((a) => a.billed?.toFixed() ?? null)}::numeric[],
        ${answers.map((a) => a.isInDoubt)}::boolean[],
        ${answers.map((a) => a.nextAttemptAt?.toISOString() ?? null)}::timestamptz[],
        ${answers.map((a) => a.outcome)}::text[]
      ) as a (submission_id, subscription_id, dimension, hour, state, status, usage_event_id,
        problem, billed, in_doubt, next_at, outcome)
    ), ended as (
      update submissions s set finished_at = ${now}, outcome = c.outcome
      from unnest(${calls.map((call) => call.submissionId)}::uuid[],
        ${calls.map((call) => call.outcome)}::text[]) as c (id, outcome)
      where s.id = c.id
    ), answered_rows as (
      update submission_rows r
      set status = a.status, usage_event_id = a.usage_event_id, kept_quantity = a.billed
      from answered a
      where r.submission_id = a.submission_id and r.subscription_id = a.subscription_id
        and r.dimension = a.dimension and r.hour = a.hour
        and r.hour >= ${first} and r.hour <= ${last}
    )
    update usage_hours h set state = a.state, status = a.status,
      usage_event_id = coalesce(a.usage_event_id, h.usage_event_id),
      problem = coalesce(a.problem, case when h.problem = 'units-lost' then h.problem end),
      billed = a.billed, in_doubt = a.in_doubt, next_attempt_at = a.next_at,
      published_outcome = coalesce(a.outcome, h.published_outcome),
      settled_at = case when a.state in ('settled', 'refused', 'writtenOff')
        then ${now}::timestamptz end
    from answered a
    where h.subscription_id = a.subscription_id and h.dimension = a.dimension and h.hour = a.hour
      and h.submission_id = a.submission_id and h.state = 'sending'
      and h.hour >= ${first} and h.hour <= ${last}
    returning h.subscription_id, h.dimension, h.hour`.execute(trx);
  return saved.rows;
}

function byKey(left: HourKey, right: HourKey): number {
  return (
    compare(left.subscriptionId, right.subscriptionId) ||
    compare(left.dimension, right.dimension) ||
    left.hour.getTime() - right.hour.getTime()
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
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
