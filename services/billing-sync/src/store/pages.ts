import { sql, type Kysely } from 'kysely';
import type { BillingDb } from '../db/schema.ts';

export type HourCursor = readonly [hour: string, subscriptionId: string, dimension: string];

export interface HourFilter {
  readonly subscriptionId?: string | undefined;
  readonly state?: string | undefined;
}

/** Hours, the latest first, after the cursor. */
export async function selectHours(
  db: Kysely<BillingDb>,
  filter: HourFilter,
  page: { readonly after: HourCursor | undefined; readonly limit: number },
) {
  let query = db
    .selectFrom('usage_hours')
    .select(['subscription_id', 'dimension', 'plan_id', 'hour', 'state', 'status'])
    .select(['usage_event_id', 'problem', 'attempts', 'settled_at'])
    .select(sql<number>`used::float8`.as('used'))
    .select(sql<number>`reported::float8`.as('reported'))
    .orderBy('hour', 'desc')
    .orderBy('subscription_id')
    .orderBy('dimension')
    .limit(page.limit);
  if (filter.subscriptionId !== undefined) {
    query = query.where('subscription_id', '=', filter.subscriptionId);
  }
  // An unknown state is a question with an empty answer.
  if (filter.state !== undefined) query = query.where(sql`state`, '=', filter.state);
  if (page.after) {
    const [hour, subscriptionId, dimension] = page.after;
    // The first comparison alone can use the index; the second breaks ties within the hour.
    query = query.where(
      sql<boolean>`hour <= ${hour}::timestamptz and (hour < ${hour}::timestamptz
        or (subscription_id, dimension) > (${subscriptionId}::text, ${dimension}::text))`,
    );
  }
  return query.execute();
}

export type DimensionCursor = readonly [offerId: string, planId: string, dimension: string];

export async function selectDimensions(
  db: Kysely<BillingDb>,
  page: { readonly after: DimensionCursor | undefined; readonly limit: number },
) {
  let query = db
    .selectFrom('dimensions')
    .select(['offer_id', 'plan_id', 'dimension'])
    .select(sql<number | null>`included::float8`.as('included'))
    .orderBy('offer_id')
    .orderBy('plan_id')
    .orderBy('dimension')
    .limit(page.limit);
  if (page.after) {
    const [offerId, planId, dimension] = page.after;
    query = query.where(
      sql<boolean>`(offer_id, plan_id, dimension)
        > (${offerId}::text, ${planId}::text, ${dimension}::text)`,
    );
  }
  return query.execute();
}

export async function upsertDimension(
  db: Kysely<BillingDb>,
  dimension: {
    readonly offerId: string;
    readonly planId: string;
    readonly dimension: string;
    readonly included: number | null;
  },
  now: Date,
): Promise<void> {
  const included = dimension.included === null ? null : String(dimension.included);
  await db
    .insertInto('dimensions')
    .values({
      offer_id: dimension.offerId,
      plan_id: dimension.planId,
      dimension: dimension.dimension,
      included,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['offer_id', 'plan_id', 'dimension'])
        .doUpdateSet({ included, updated_at: now }),
    )
    .execute();
}
