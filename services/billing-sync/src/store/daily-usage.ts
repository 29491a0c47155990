import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** Usage of one dimension of a subscription on a UTC day. */
export interface DayUsage {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly publisherId: string;
  readonly planId: string;
  /** Decimal text. */
  readonly units: string;
}

/** Days with at least `minUnits`, by subscription and dimension. */
export async function dayUsage(
  kysely: Db['kysely'],
  of: {
    readonly publisherId: string | undefined;
    readonly day: string;
    readonly minUnits: string;
  },
  page: { readonly after: DayUsage | undefined; readonly limit: number },
): Promise<readonly DayUsage[]> {
  const { publisherId, day, minUnits } = of;
  const { after } = page;
  const publisher = publisherId === undefined ? sql`` : sql`and publisher_id = ${publisherId}`;
  const from = after
    ? sql`and subscription_id >= ${after.subscriptionId}
        and (subscription_id, dimension) > (${after.subscriptionId}, ${after.dimension})`
    : sql``;
  const { rows } = await sql<DayUsage>`
    select subscription_id, dimension, min(publisher_id) as publisher_id, max(plan_id) as plan_id,
        trim_scale(sum(used))::text as units
      from usage_hours
      where hour >= ${startOf(day)} and hour < ${startOf(day)} + interval '24 hours' ${publisher} ${from}
      group by subscription_id, dimension
      having sum(used) >= ${minUnits}::numeric
      order by subscription_id, dimension
      limit ${page.limit}
  `.execute(kysely);
  return rows;
}

/** Units of each day with usage among the `days` before `day`, by subscription and dimension. */
export async function earlierDays(
  kysely: Db['kysely'],
  subscriptionIds: readonly string[],
  of: { readonly day: string; readonly days: number },
): Promise<
  readonly {
    readonly subscriptionId: string;
    readonly dimension: string;
    readonly units: string[];
  }[]
> {
  const { rows } = await sql<{ subscriptionId: string; dimension: string; units: string[] }>`
    select subscription_id, dimension, array_agg(units::text) as units
      from (
        select subscription_id, dimension, sum(used) as units
          from usage_hours
          where subscription_id = any(${subscriptionIds}::text[]) and hour < ${startOf(of.day)}
            and hour >= ${startOf(of.day)} - make_interval(hours => ${of.days * 24})
          group by subscription_id, dimension, date_trunc('day', hour, 'UTC')
          having sum(used) > 0
      ) as days
      group by subscription_id, dimension
  `.execute(kysely);
  return rows;
}

function startOf(day: string) {
  return sql`(${day}::date::timestamp at time zone 'UTC')`;
}
