import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

interface DimensionKey {
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
  readonly dimension: string;
}

/**
 * The included quantity of each row: the publisher's own setting, or the setting for every publisher's offer with that
 * id, or 0. Null is unlimited.
 */
export async function includedQuantities(
  trx: Db['kysely'],
  rows: readonly DimensionKey[],
): Promise<(of: DimensionKey) => number | null> {
  const key = (of: DimensionKey) =>
    JSON.stringify([of.publisherId, of.offerId, of.planId, of.dimension]);
  if (rows.length === 0) return () => 0;
  const offers = [...new Set(rows.map((row) => row.offerId))];
  const publishers = [...new Set(rows.map((row) => row.publisherId))];
  const { rows: found } = await sql<DimensionKey & { included: number | null }>`
    select '' as publisher_id, offer_id, plan_id, dimension, included::float8 as included
    from dimensions where offer_id = any(${offers}::text[])
    union all
    select publisher_id, offer_id, plan_id, dimension, included::float8
    from publisher_dimensions
    where publisher_id = any(${publishers}::text[]) and offer_id = any(${offers}::text[])
  `.execute(trx);
  const included = new Map(found.map((row) => [key(row), row.included]));
  return (of) => {
    const own = included.get(key(of));
    const quantity = own === undefined ? included.get(key({ ...of, publisherId: '' })) : own;
    return quantity === undefined ? 0 : quantity;
  };
}

export type DimensionCursor = readonly [
  publisherId: string,
  offerId: string,
  planId: string,
  dimension: string,
];

/** Means every publisher in a row and in a cursor. It sorts first. */
const EVERY_PUBLISHER = '';

export interface DimensionRow {
  /** Undefined: for every publisher. */
  readonly publisherId: string | undefined;
  readonly offerId: string;
  readonly planId: string;
  readonly dimension: string;
  /** Null: unlimited. */
  readonly included: number | null;
}

/** One publisher's own rows; without a publisher, the rows for every publisher and then those of each one. */
export async function selectDimensions(
  db: Db['kysely'],
  publisherId: string | undefined,
  page: { readonly after: DimensionCursor | undefined; readonly limit: number },
): Promise<readonly DimensionRow[]> {
  const common = sql`
    select ${EVERY_PUBLISHER}::text as publisher_id, offer_id, plan_id, dimension, included from dimensions
    union all`;
  const isOwn = publisherId === undefined ? sql`true` : sql`publisher_id = ${publisherId}`;
  const [ofPublisher = '', offerId = '', planId = '', dimension = ''] = page.after ?? [];
  const { rows } = await sql<Omit<DimensionRow, 'publisherId'> & { publisherId: string }>`
    select publisher_id as "publisherId", offer_id as "offerId", plan_id as "planId", dimension,
      included::float8 as included
    from (
      ${publisherId === undefined ? common : sql``}
      select publisher_id, offer_id, plan_id, dimension, included from publisher_dimensions
      where ${isOwn}) as both_kinds
    where (publisher_id, offer_id, plan_id, dimension)
      > (${ofPublisher}::text, ${offerId}::text, ${planId}::text, ${dimension}::text)
    order by publisher_id, offer_id, plan_id, dimension limit ${page.limit}`.execute(db);
  return rows.map((row) => ({
    publisherId: row.publisherId === EVERY_PUBLISHER ? undefined : row.publisherId,
    offerId: row.offerId,
    planId: row.planId,
    dimension: row.dimension,
    included: row.included,
  }));
}

export async function upsertDimension(
  db: Db['kysely'],
  dimension: DimensionRow,
  now: Date,
): Promise<void> {
  const { publisherId } = dimension;
  const included = dimension.included === null ? null : String(dimension.included);
  const row = {
    offerId: dimension.offerId,
    planId: dimension.planId,
    dimension: dimension.dimension,
    included,
    updatedAt: now,
  };
  const update = { included, updatedAt: now };
  if (publisherId === undefined) {
    await db
      .insertInto('dimensions')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['offerId', 'planId', 'dimension']).doUpdateSet(update),
      )
      .execute();
    return;
  }
  await db
    .insertInto('publisherDimensions')
    .values({ publisherId, ...row })
    .onConflict((conflict) =>
      conflict.columns(['publisherId', 'offerId', 'planId', 'dimension']).doUpdateSet(update),
    )
    .execute();
}
