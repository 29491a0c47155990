import { type RawBuilder, sql } from 'kysely';
import type { Db, HourState } from '../db/schema.ts';

/** Rows for Microsoft have an empty plan and term here, so they come before unrated usage with the same names. */
export type HourCursor = readonly [
  hour: string,
  subscriptionId: string,
  dimension: string,
  planId: string,
  termStart: string,
];

export interface HourFilter {
  readonly publisherId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly dimension?: string | undefined;
  readonly state?: string | undefined;
  readonly isTest?: boolean | undefined;
}

export interface HourKey {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
}

/** A row for Microsoft, or usage that has not been rated yet, which is `open`. Quantities are decimal text. */
export interface ListedHour extends HourKey {
  readonly planId: string;
  /** The term of unrated usage; null for rows for Microsoft. */
  readonly termStart: Date | null;
  readonly used: string;
  readonly reported: string;
  readonly billed: string | null;
  readonly state: HourState;
  readonly status: string | null;
  readonly usageEventId: string | null;
  readonly problem: string | null;
  readonly resentBecause: string | null;
  readonly attempts: number;
  readonly lastUsedAt: Date;
  readonly settledAt: Date | null;
  readonly isTest: boolean;
}

interface Page {
  readonly after: HourCursor | undefined;
  readonly limit: number;
}

/** Hours after the cursor, latest first. Both parts are read in index order, up to the limit. */
export async function selectHours(
  db: Db['kysely'],
  filter: HourFilter,
  page: Page,
): Promise<ListedHour[]> {
  const parts = [
    ...(filter.state === 'open' ? [] : [ratedHours(filter, page)]),
    ...(filter.state === undefined || filter.state === 'open' ? [unratedHours(filter, page)] : []),
  ];
  const { rows } = await sql<ListedHour>`
    select * from (${sql.join(parts, sql` union all `)}) as hours
    order by hour desc, subscription_id, dimension, ${PLAN_OF_KEY}, term_start nulls first
    limit ${page.limit}`.execute(db);
  return rows;
}

const PLAN_OF_KEY = sql`case when term_start is null then '' else plan_id end`;

const IS_TEST = sql<boolean>`coalesce((select s.is_test from subscriptions s
  where s.id = h.subscription_id), false)`;

function ratedHours(filter: HourFilter, { after, limit }: Page) {
  // For an unknown state, the answer is empty.
  const state = filter.state === undefined ? [] : [sql<boolean>`h.state = ${filter.state}`];
  const conditions = [...matching(filter, sql`h.dimension`), ...state];
  if (after) {
    const [hour, subscriptionId, dimension] = after;
    conditions.push(sql`h.hour <= ${hour}::timestamptz and (h.hour < ${hour}::timestamptz
      or (h.subscription_id, h.dimension) > (${subscriptionId}::text, ${dimension}::text))`);
  }
  return sql`(select h.hour, h.subscription_id, h.dimension, h.plan_id,
      null::timestamptz as term_start, h.used, h.reported, h.billed, h.state, h.status,
      h.usage_event_id, h.problem, h.resent_because, h.attempts, h.last_used_at, h.settled_at,
      ${IS_TEST} as is_test
    from usage_hours h where ${sql.join(conditions, sql` and `)}
    order by h.hour desc, h.subscription_id, h.dimension limit ${limit})`;
}

/** Units that have not been rated. Rated ones are in the row for Microsoft. */
function unratedHours(filter: HourFilter, { after, limit }: Page) {
  const conditions = [sql<boolean>`h.state <> 'rated'`, ...matching(filter, sql`h.meter`)];
  if (after) {
    const [hour, subscriptionId, meter, planId, termStart] = after;
    const start = termStart === '' ? '-infinity' : termStart;
    conditions.push(sql`h.hour <= ${hour}::timestamptz and (h.hour < ${hour}::timestamptz
      or (h.subscription_id, h.meter, h.plan_id, h.term_start)
        > (${subscriptionId}::text, ${meter}::text, ${planId}::text, ${start}::timestamptz))`);
  }
  return sql`(select h.hour, h.subscription_id, h.meter as dimension, h.plan_id, h.term_start,
      h.used - h.counted as used, 0::numeric as reported, null::numeric as billed, 'open' as state,
      null::text as status, null::text as usage_event_id, h.held_because as problem,
      null::text as resent_because, 0 as attempts, h.last_used_at, null::timestamptz as settled_at,
      ${IS_TEST} as is_test
    from meter_hours h where ${sql.join(conditions, sql` and `)}
    order by h.hour desc, h.subscription_id, h.meter, h.plan_id, h.term_start limit ${limit})`;
}

function matching(filter: HourFilter, dimension: RawBuilder<unknown>): RawBuilder<boolean>[] {
  const { publisherId, subscriptionId, isTest } = filter;
  const conditions = [sql<boolean>`true`];
  if (publisherId !== undefined) conditions.push(sql`h.publisher_id = ${publisherId}`);
  if (subscriptionId !== undefined) conditions.push(sql`h.subscription_id = ${subscriptionId}`);
  if (filter.dimension !== undefined) conditions.push(sql`${dimension} = ${filter.dimension}`);
  if (isTest !== undefined) conditions.push(sql`${IS_TEST} = ${isTest}`);
  return conditions;
}
