import { sql, type Kysely } from 'kysely';
import type { BillingDb } from '../db/schema.ts';

export type HourCursor = readonly [hour: string, subscriptionId: string, dimension: string];

export interface HourFilter {
  readonly publisherId: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly state?: string | undefined;
  readonly isTest?: boolean | undefined;
}

const IS_TEST = sql<boolean>`coalesce((select s.is_test from subscriptions s
  where s.id = usage_hours.subscription_id), false)`;

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
    .select(IS_TEST.as('is_test'))
    .orderBy('hour', 'desc')
    .orderBy('subscription_id')
    .orderBy('dimension')
    .limit(page.limit);
  if (filter.publisherId !== undefined) {
    query = query.where('publisher_id', '=', filter.publisherId);
  }
  if (filter.subscriptionId !== undefined) {
    query = query.where('subscription_id', '=', filter.subscriptionId);
  }
  // An unknown state is a question with an empty answer.
  if (filter.state !== undefined) query = query.where(sql`state`, '=', filter.state);
  if (filter.isTest !== undefined) query = query.where(IS_TEST, '=', filter.isTest);
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

export type DimensionCursor = readonly [
  publisherId: string,
  offerId: string,
  planId: string,
  dimension: string,
];

/** Stands in a row and in a cursor for every publisher; it comes first. */
const EVERYBODY = '';

export interface DimensionRow {
  /** Undefined: everybody's. */
  readonly publisherId: string | undefined;
  readonly offerId: string;
  readonly planId: string;
  readonly dimension: string;
  /** null = unlimited. */
  readonly included: number | null;
}

/** Of one publisher its own rows alone; else everybody's, and then each publisher's. */
export async function selectDimensions(
  db: Kysely<BillingDb>,
  publisherId: string | undefined,
  page: { readonly after: DimensionCursor | undefined; readonly limit: number },
): Promise<readonly DimensionRow[]> {
  const everybodys = sql`
    select ${EVERYBODY}::text as publisher_id, offer_id, plan_id, dimension, included from dimensions
    union all`;
  const isOwn = publisherId === undefined ? sql`true` : sql`publisher_id = ${publisherId}`;
  const [ofPublisher = '', offerId = '', planId = '', dimension = ''] = page.after ?? [];
  const { rows } = await sql<Omit<DimensionRow, 'publisherId'> & { publisherId: string }>`
    select publisher_id as "publisherId", offer_id as "offerId", plan_id as "planId", dimension,
      included::float8 as included
    from (
      ${publisherId === undefined ? everybodys : sql``}
      select publisher_id, offer_id, plan_id, dimension, included from publisher_dimensions
      where ${isOwn}) as both_kinds
    where (publisher_id, offer_id, plan_id, dimension)
      > (${ofPublisher}::text, ${offerId}::text, ${planId}::text, ${dimension}::text)
    order by publisher_id, offer_id, plan_id, dimension limit ${page.limit}`.execute(db);
  return rows.map((row) => ({
    publisherId: row.publisherId === EVERYBODY ? undefined : row.publisherId,
    offerId: row.offerId,
    planId: row.planId,
    dimension: row.dimension,
    included: row.included,
  }));
}

export async function upsertDimension(
  db: Kysely<BillingDb>,
  dimension: DimensionRow,
  now: Date,
): Promise<void> {
  const { publisherId } = dimension;
  const included = dimension.included === null ? null : String(dimension.included);
  const row = {
    offer_id: dimension.offerId,
    plan_id: dimension.planId,
    dimension: dimension.dimension,
    included,
    updated_at: now,
  };
  const update = { included, updated_at: now };
  if (publisherId === undefined) {
    await db
      .insertInto('dimensions')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['offer_id', 'plan_id', 'dimension']).doUpdateSet(update),
      )
      .execute();
    return;
  }
  await db
    .insertInto('publisher_dimensions')
    .values({ publisher_id: publisherId, ...row })
    .onConflict((conflict) =>
      conflict.columns(['publisher_id', 'offer_id', 'plan_id', 'dimension']).doUpdateSet(update),
    )
    .execute();
}
