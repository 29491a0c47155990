import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

export type HourCursor = readonly [hour: string, subscriptionId: string, dimension: string];

export interface HourFilter {
  readonly publisherId: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly state?: string | undefined;
  readonly isTest?: boolean | undefined;
}

const IS_TEST = sql<boolean>`coalesce((select s.is_test from subscriptions s
  where s.id = usage_hours.subscription_id), false)`;

/** Hours after the cursor, latest first. */
export async function selectHours(
  db: Db['kysely'],
  filter: HourFilter,
  page: { readonly after: HourCursor | undefined; readonly limit: number },
) {
  let query = db
    .selectFrom('usageHours')
    .select(['subscriptionId', 'dimension', 'planId', 'hour', 'state', 'status'])
    .select(['usageEventId', 'problem', 'attempts', 'settledAt'])
    .select(sql<number>`used::float8`.as('used'))
    .select(sql<number>`reported::float8`.as('reported'))
    .select(IS_TEST.as('isTest'))
    .orderBy('hour', 'desc')
    .orderBy('subscriptionId')
    .orderBy('dimension')
    .limit(page.limit);
  if (filter.publisherId !== undefined) {
    query = query.where('publisherId', '=', filter.publisherId);
  }
  if (filter.subscriptionId !== undefined) {
    query = query.where('subscriptionId', '=', filter.subscriptionId);
  }
  // For an unknown state, the answer is empty.
  if (filter.state !== undefined) query = query.where(sql`state`, '=', filter.state);
  if (filter.isTest !== undefined) query = query.where(IS_TEST, '=', filter.isTest);
  if (page.after) {
    const [hour, subscriptionId, dimension] = page.after;
    // Only the first comparison can use the index. The second one breaks ties within the hour.
    query = query.where(
      sql<boolean>`hour <= ${hour}::timestamptz and (hour < ${hour}::timestamptz
        or (subscription_id, dimension) > (${subscriptionId}::text, ${dimension}::text))`,
    );
  }
  return query.execute();
}

export interface HourKey {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
}
