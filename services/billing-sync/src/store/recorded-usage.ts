import { sql } from 'kysely';
import type { Month } from '@landfall/domain/statement';
import type { Db } from '../db/schema.ts';

/** Usage of a meter in one term, as it was recorded. Quantities are decimal text. */
export interface RecordedUsage {
  readonly meter: string;
  readonly termStart: Date;
  readonly termUnit: string | null;
  /** In the same term, before the month. */
  readonly before: string;
  readonly inMonth: string;
}

/**
 * All usage of a month, by meter and term, with what came before it in the same terms. It is read from the ledger, because
 * records are removed after a while.
 */
export async function recordedUsage(
  kysely: Db['kysely'],
  subscriptionId: string,
  { start, end }: Month,
): Promise<readonly RecordedUsage[]> {
  const { rows } = await sql<RecordedUsage>`
    with usage as (
      select meter, term_start, term_unit, hour, used from ledger_entries
        where subscription_id = ${subscriptionId} and kind = 'rated' and hour < ${end}
      union all
      select meter, term_start, term_unit, hour, used - counted from meter_hours
        where subscription_id = ${subscriptionId} and hour < ${end} and used <> counted
    )
    select meter, term_start, max(term_unit) as term_unit,
        coalesce(sum(used) filter (where hour < ${start}), 0)::text as before,
        sum(used) filter (where hour >= ${start})::text as in_month
      from usage
      group by meter, term_start
      having sum(used) filter (where hour >= ${start}) > 0
      order by meter, term_start
  `.execute(kysely);
  return rows;
}

/** Publishers with a plan of this id in their catalogue. */
export async function publishersOfPlan(
  kysely: Db['kysely'],
  plan: { readonly offerId: string; readonly planId: string },
): Promise<readonly string[]> {
  const found = await kysely
    .selectFrom('cataloguePlans')
    .select('publisherId')
    .distinct()
    .where('offerId', '=', plan.offerId)
    .where('planId', '=', plan.planId)
    // Two are enough to know that the publisher must be named.
    .limit(2)
    .execute();
  return found.map(({ publisherId }) => publisherId);
}
