import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

export interface CrossedThreshold {
  readonly subscriptionId: string;
  readonly publisherId: string;
  readonly planId: string;
  readonly dimension: string;
  readonly termStart: Date;
  readonly limit: string;
  readonly overage: string;
}

/**
 * Marks the limits of these subscriptions that their latest term has just crossed, and returns them. Overage is everything
 * above the included quantity, of all plans of the term, whether it has been reported yet or not. Each limit is
 * crossed once per term.
 */
export async function markCrossed(
  trx: Trx,
  subscriptionIds: readonly string[],
): Promise<readonly CrossedThreshold[]> {
  const { rows } = await sql<CrossedThreshold>`
    with totals as (
      select t.subscription_id, t.dimension, c.term_start, sum(c.reported + c.remainder) as overage
        from usage_thresholds as t
        join term_counters as c on c.subscription_id = t.subscription_id and c.kind = 'dimension'
          and c.name = t.dimension
        where t.subscription_id = any(${subscriptionIds}::text[])
          and (t.crossed_in_term is null or c.term_start > t.crossed_in_term)
        group by t.subscription_id, t.dimension, c.term_start
    ),
    latest as (
      select distinct on (subscription_id, dimension) * from totals
        order by subscription_id, dimension, term_start desc
    )
    update usage_thresholds as t set crossed_in_term = latest.term_start
      from latest, subscriptions as s
      where latest.subscription_id = t.subscription_id and latest.dimension = t.dimension
        and latest.overage > t.units and s.id = t.subscription_id
      returning t.subscription_id, s.publisher_id, s.plan_id, t.dimension, latest.term_start,
        trim_scale(t.units)::text as limit, trim_scale(latest.overage)::text as overage
  `.execute(trx);
  return rows;
}

export async function putThreshold(
  trx: Trx,
  threshold: {
    readonly subscriptionId: string;
    readonly dimension: string;
    readonly units: string;
  },
): Promise<void> {
  await trx
    .insertInto('usageThresholds')
    .values({ ...threshold, crossedInTerm: null })
    .onConflict((conflict) =>
      conflict
        .columns(['subscriptionId', 'dimension'])
        .doUpdateSet({ units: threshold.units, crossedInTerm: null })
        // The same limit again must not raise its incident again.
        .where('usageThresholds.units', '<>', threshold.units),
    )
    .execute();
}

export async function removeThreshold(
  kysely: Db['kysely'],
  threshold: { readonly subscriptionId: string; readonly dimension: string },
): Promise<boolean> {
  const removed = await kysely
    .deleteFrom('usageThresholds')
    .where('subscriptionId', '=', threshold.subscriptionId)
    .where('dimension', '=', threshold.dimension)
    .executeTakeFirst();
  return removed.numDeletedRows > 0n;
}

export async function findThreshold(
  kysely: Db['kysely'],
  threshold: { readonly subscriptionId: string; readonly dimension: string },
) {
  return await kysely
    .selectFrom('usageThresholds')
    .select(['subscriptionId', 'dimension', 'crossedInTerm'])
    .select(sql<string>`trim_scale(units)::text`.as('units'))
    .where('subscriptionId', '=', threshold.subscriptionId)
    .where('dimension', '=', threshold.dimension)
    .executeTakeFirst();
}

/** Limits by subscription and dimension. */
export async function listThresholds(
  kysely: Db['kysely'],
  filter: { readonly publisherId: string | undefined; readonly subscriptionId: string | undefined },
  page: {
    readonly after: readonly [subscriptionId: string, dimension: string] | undefined;
    readonly limit: number;
  },
) {
  let query = kysely
    .selectFrom('usageThresholds as t')
    .innerJoin('subscriptions as s', 's.id', 't.subscriptionId')
    .select(['t.subscriptionId', 't.dimension', 't.crossedInTerm'])
    .select(sql<string>`trim_scale(t.units)::text`.as('units'))
    .orderBy('t.subscriptionId')
    .orderBy('t.dimension')
    .limit(page.limit);
  const { publisherId, subscriptionId } = filter;
  if (publisherId !== undefined) query = query.where('s.publisherId', '=', publisherId);
  if (subscriptionId !== undefined) query = query.where('t.subscriptionId', '=', subscriptionId);
  if (page.after) {
    const [id, dimension] = page.after;
    query = query.where(
      sql<boolean>`(t.subscription_id, t.dimension) > (${id}::text, ${dimension}::text)`,
    );
  }
  return query.execute();
}
