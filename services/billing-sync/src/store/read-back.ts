import { sql } from 'kysely';
import type { ReadBackVerdict } from '@landfall/domain/read-back';
import type { Db, Trx } from '../db/schema.ts';

/** A day of one dimension in the ledger. `billed` is decimal text. */
export interface BilledDay {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
  readonly billed: string;
  readonly isUnsettled: boolean;
  readonly settledAt: Date | null;
}

/** The part of the ledger that is compared with one part of the report. */
export interface DayFilter {
  /** Undefined: of every publisher. */
  readonly publisherId: string | undefined;
  /** A UTC date, such as 2026-11-29. */
  readonly day: string;
  readonly of?: { readonly planId: string; readonly dimension: string } | undefined;
}

/** What Microsoft accepted for a day, by subscription, dimension and plan, without usage that never reached Microsoft. */
export async function billedDays(
  kysely: Db['kysely'],
  filter: DayFilter,
  page: { readonly after: BilledDay | undefined; readonly limit: number },
): Promise<readonly BilledDay[]> {
  const { after } = page;
  const from = after
    ? sql`and subscription_id >= ${after.subscriptionId} and (subscription_id, dimension, plan_id)
        > (${after.subscriptionId}, ${after.dimension}, ${after.planId})`
    : sql``;
  const { rows } = await sql<BilledDay>`
    select subscription_id, plan_id, dimension,
        trim_scale(coalesce(sum(billed), 0))::text as billed, max(settled_at) as settled_at,
        bool_or(state = 'sending' or (in_doubt and state in ('closed', 'held'))) as is_unsettled
      from usage_hours
      where ${ofDay(filter)} and (billed > 0 or state = 'sending' or in_doubt) ${from}
      group by subscription_id, dimension, plan_id
      order by subscription_id, dimension, plan_id
      limit ${page.limit}
  `.execute(kysely);
  return rows;
}

/** The plans and dimensions of a day, to read its report in parts. */
export async function meteredDimensions(
  kysely: Db['kysely'],
  filter: DayFilter,
): Promise<readonly { readonly planId: string; readonly dimension: string }[]> {
  const { rows } = await sql<{ planId: string; dimension: string }>`
    select distinct plan_id, dimension from usage_hours
      where ${ofDay(filter)} and (billed > 0 or state = 'sending' or in_doubt)
      order by plan_id, dimension
  `.execute(kysely);
  return rows;
}

function ofDay({ publisherId, day, of }: DayFilter) {
  const start = sql`${day}::date::timestamp at time zone 'UTC'`;
  const publisher = publisherId === undefined ? sql`` : sql`and publisher_id = ${publisherId}`;
  const part = of ? sql`and plan_id = ${of.planId} and dimension = ${of.dimension}` : sql``;
  return sql`hour >= ${start} and hour < ${start} + interval '24 hours' ${publisher} ${part}`;
}

/** A compared day, to be saved. */
export interface ComparedDay {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
  readonly day: string;
  readonly ours: string;
  readonly submitted: string | undefined;
  readonly processed: string | undefined;
  readonly reconStatus: string | undefined;
  readonly verdict: ReadBackVerdict;
}

/** `publisherId` is for subscriptions that Landfall does not know. */
export async function saveDays(
  trx: Trx,
  publisherId: string,
  days: readonly ComparedDay[],
  readAt: Date,
): Promise<void> {
  await sql`
    insert into read_back_days (publisher_id, subscription_id, plan_id, dimension, day, ours, submitted,
        processed, recon_status, verdict, read_at)
      select coalesce(s.publisher_id, ${publisherId}), subscription_id, found.plan_id, dimension, day, ours, submitted, processed,
          recon_status, verdict, ${readAt}
        from ${asRecords(days)} left join subscriptions as s on s.id = found.subscription_id
      on conflict (subscription_id, dimension, day, plan_id) do update set
        publisher_id = excluded.publisher_id, ours = excluded.ours, submitted = excluded.submitted,
        processed = excluded.processed, recon_status = excluded.recon_status,
        verdict = excluded.verdict, read_at = excluded.read_at
  `.execute(trx);
}

function asRecords(days: readonly ComparedDay[]) {
  const rows = days.map((one) => ({
    subscription_id: one.subscriptionId,
    plan_id: one.planId,
    dimension: one.dimension,
    day: one.day,
    ours: one.ours,
    submitted: one.submitted,
    processed: one.processed,
    recon_status: one.reconStatus,
    verdict: one.verdict,
  }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (subscription_id text,
    plan_id text, dimension text, day date, ours numeric, submitted numeric, processed numeric,
    recon_status text, verdict text)`;
}

/** Days that are still undecided: not processed yet, or with an open incident. */
export async function undecidedDays(
  kysely: Db['kysely'],
  publisherId: string | undefined,
  since: string,
): Promise<readonly string[]> {
  const publisher = publisherId === undefined ? sql`` : sql`publisher_id = ${publisherId} and`;
  const { rows } = await sql<{ day: string }>`
    select distinct day::text as day from (
      select day from read_back_days
        where ${publisher} day >= ${since}::date and verdict = 'processing'
      union all
      select day from usage_incidents
        where ${publisher} day >= ${since}::date and settled_at is null
          and kind in ('mismatch', 'rejected', 'missing', 'unknown-here')
    ) as undecided
    order by day
  `.execute(kysely);
  return rows.map(({ day }) => day);
}

export interface ReadBackCursor {
  readonly day: string;
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly planId: string;
}

/** Compared days, latest first. */
export async function listDays(
  kysely: Db['kysely'],
  filter: {
    readonly publisherId: string | undefined;
    readonly subscriptionId: string | undefined;
    readonly verdict: string | undefined;
  },
  page: { readonly after: ReadBackCursor | undefined; readonly limit: number },
) {
  let query = kysely
    .selectFrom('readBackDays')
    .select(['subscriptionId', 'planId', 'dimension', 'reconStatus', 'verdict', 'readAt'])
    .select(sql<string>`day::text`.as('day'))
    .select(sql<string>`trim_scale(ours)::text`.as('ours'))
    .select(sql<string | null>`trim_scale(submitted)::text`.as('submitted'))
    .select(sql<string | null>`trim_scale(processed)::text`.as('processed'))
    .orderBy('readBackDays.day', 'desc')
    .orderBy('subscriptionId')
    .orderBy('dimension')
    .orderBy('planId')
    .limit(page.limit);
  const { publisherId, subscriptionId, verdict } = filter;
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (subscriptionId !== undefined) query = query.where('subscriptionId', '=', subscriptionId);
  if (verdict !== undefined) query = query.where('verdict', '=', verdict);
  if (page.after) {
    const { day, ...after } = page.after;
    query = query.where(
      sql<boolean>`day <= ${day}::date and (day < ${day}::date or (subscription_id, dimension, plan_id)
        > (${after.subscriptionId}, ${after.dimension}, ${after.planId}))`,
    );
  }
  return query.execute();
}
