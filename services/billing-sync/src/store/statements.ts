import { sql } from 'kysely';
import type { Month } from '@landfall/domain/statement';
import { NO_TERM, type Db } from '../db/schema.ts';

/** Sums of one plan, term and dimension of a subscription in a month. Quantities are decimal text. */
export interface StatementSums {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
  readonly termStart: Date | null;
  readonly termUnit: string | null;
  readonly used: string;
  readonly included: string;
  readonly billed: string;
  readonly pending: string;
  readonly notBilled: string;
  readonly carriedIn: string;
  readonly carriedOut: string;
  readonly remainder: string;
  readonly overBilled: string;
}

/**
 * Sums the ledger of some subscriptions in a month.
 *
 * `entries`: the ledger entries of hours of the month, and those that moved units to an hour of the month. `places`: the
 * units that each line has on each hour, which are those rated for it or moved to it, without those moved away or given
 * up. Microsoft answers for the whole hour, so the accepted quantity is assigned to the hour's lines in order, and the
 * rest is pending or not billed. Units that were given up are not billed.
 */
export async function sumLines(
  kysely: Db['kysely'],
  subscriptionIds: readonly string[],
  { start, end }: Month,
): Promise<readonly StatementSums[]> {
  const ids = sql`${subscriptionIds}::text[]`;
  const inMonth = (column: string) =>
    sql`(${sql.ref(column)} >= ${start}::timestamptz and ${sql.ref(column)} < ${end}::timestamptz)`;
  const line = sql`subscription_id, plan_id, term_start, dimension`;
  const { rows } = await sql<StatementSums>`
    with entries as (
      select ${line}, term_unit, kind, hour, to_hour, used, included, reported, remainder,
          true as is_own, coalesce(${inMonth('toHour')}, true) as stays
        from ledger_entries
        where subscription_id = any(${ids}) and ${inMonth('hour')}
      union all
      select ${line}, term_unit, kind, hour, to_hour, used, included, reported, remainder, false, true
        from ledger_entries
        where subscription_id = any(${ids}) and to_hour <> hour and ${inMonth('toHour')}
          and not ${inMonth('hour')}
    ),
    places as (
      select ${line}, hour, sum(units) as units
        from (
          select ${line}, coalesce(to_hour, hour) as hour, reported as units
            from entries where kind in ('rated', 'moved') and stays
          union all
          select ${line}, hour, -reported from entries where kind in ('moved', 'given-up') and is_own
        ) as changes
        group by ${line}, hour
        having sum(units) <> 0
    ),
    shares as (
      select place.subscription_id, place.plan_id, place.term_start, place.dimension, place.units,
          coalesce(hour.state, 'closed') in ('settled', 'refused', 'writtenOff') as is_decided,
          greatest(0, least(place.units, coalesce(hour.billed, 0)
            - (sum(place.units) over in_order - place.units))) as billed,
          case when row_number() over in_order = 1
            then greatest(0, coalesce(hour.billed, 0) - hour.reported) else 0 end as over_billed
        from places as place
        left join usage_hours as hour using (subscription_id, dimension, hour)
        window in_order as (partition by place.subscription_id, place.dimension, place.hour
          order by (place.plan_id = hour.plan_id) desc, place.term_start, place.plan_id)
    ),
    parts as (
      select ${line}, term_unit, used, included, remainder, 0 as billed, 0 as pending, 0 as not_billed,
          0 as carried_in, case when stays then 0 else reported end as carried_out, 0 as over_billed
        from entries where kind = 'rated' and is_own
      union all
      select ${line}, term_unit, 0, 0, 0, 0, 0, case when kind = 'given-up' then reported else 0 end,
          0, case when stays then 0 else reported end, 0
        from entries where kind in ('moved', 'given-up') and is_own
      union all
      select ${line}, term_unit, 0, 0, 0, 0, 0, 0, reported, 0, 0 from entries where not is_own
      union all
      select ${line}, null, 0, 0, 0, billed,
          case when is_decided then 0 else units - billed end,
          case when is_decided then units - billed else 0 end, 0, 0, coalesce(over_billed, 0)
        from shares
      union all
      select subscription_id, plan_id, term_start, meter, term_unit, used - counted, 0, 0, 0,
          used - counted, 0, 0, 0, 0
        from meter_hours
        where subscription_id = any(${ids}) and ${inMonth('hour')} and used <> counted
    )
    select subscription_id, plan_id, dimension, nullif(term_start, ${NO_TERM}::timestamptz) as term_start,
        max(term_unit) as term_unit,
        trim_scale(sum(used))::text as used, trim_scale(sum(included))::text as included,
        trim_scale(sum(billed))::text as billed, trim_scale(sum(pending))::text as pending,
        trim_scale(sum(not_billed))::text as not_billed,
        trim_scale(sum(carried_in))::text as carried_in,
        trim_scale(sum(carried_out))::text as carried_out,
        trim_scale(sum(remainder))::text as remainder,
        trim_scale(sum(over_billed))::text as over_billed
      from parts
      group by ${line}
      having sum(used) <> 0 or sum(carried_in) <> 0 or sum(carried_out) <> 0 or sum(billed) <> 0
        or sum(pending) <> 0 or sum(not_billed) <> 0 or sum(over_billed) <> 0
      order by subscription_id, term_start, plan_id, dimension
  `.execute(kysely);
  return rows;
}

/** A subscription as its statement names it. */
export interface StatedSubscription {
  readonly id: string;
  readonly publisherId: string;
  readonly offerId: string;
  readonly isTest: boolean;
}

export async function statedSubscription(
  kysely: Db['kysely'],
  id: string,
): Promise<StatedSubscription | undefined> {
  return kysely
    .selectFrom('subscriptions')
    .select(['id', 'publisherId', 'offerId', 'isTest'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/**
 * Subscriptions with usage or carried units in the month, by id. The limits within the lookups make PostgreSQL look up one
 * subscription after the other. With `exists`, it reads the whole ledger of the month for each page.
 */
export async function subscriptionsWithUsage(
  kysely: Db['kysely'],
  filter: {
    readonly publisherId: string | undefined;
    /** Test purchases, or real ones. Never both, because their amounts must not be added up. */
    readonly isTest: boolean;
    readonly month: Month;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly StatedSubscription[]> {
  const { start, end } = filter.month;
  const within = (column: string) =>
    sql`${sql.ref(column)} >= ${start}::timestamptz and ${sql.ref(column)} < ${end}::timestamptz`;
  let query = kysely
    .selectFrom('subscriptions as s')
    .select(['s.id', 's.publisherId', 's.offerId', 's.isTest'])
    .where(
      sql<boolean>`coalesce(
        (select true from ledger_entries as e
          where e.subscription_id = s.id and ${within('e.hour')} limit 1),
        (select true from meter_hours as m
          where m.subscription_id = s.id and ${within('m.hour')} limit 1),
        (select true from ledger_entries as e
          where e.subscription_id = s.id and e.to_hour <> e.hour and ${within('e.toHour')} limit 1),
        false)`,
    )
    .where('s.isTest', '=', filter.isTest)
    .orderBy('s.id')
    .limit(page.limit);
  if (filter.publisherId !== undefined)
    query = query.where('s.publisherId', '=', filter.publisherId);
  if (page.after !== undefined) query = query.where('s.id', '>', page.after);
  return query.execute();
}
