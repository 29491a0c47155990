import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';
import { includedQuantities } from './dimensions.ts';
import { NO_TERM, termAt } from './terms.ts';

/** Microsoft allows 30 dimensions per offer. A term with several plan changes has a multiple of that. */
const MAX_ROWS = 200;

export interface TermUsage {
  readonly termStart: Date | null;
  readonly termEnd: Date | null;
  readonly isTest: boolean;
  readonly dimensions: readonly {
    readonly planId: string;
    readonly dimension: string;
    readonly used: number;
    /** Null: unlimited. */
    readonly included: number | null;
    /** Usage above the included quantity that is not billed: refused by Microsoft or written off. */
    readonly refused: number;
  }[];
}

/**
 * Usage of a subscription in its present term, per plan and dimension: the term's counters and what arrived since the
 * last closing. It includes unused dimensions of the plan in force.
 */
export async function termUsage(
  db: Db['kysely'],
  subscriptionId: string,
  now: Date,
): Promise<TermUsage | undefined> {
  const { rows } = await sql<{
    publisherId: string;
    offerId: string;
    planId: string;
    termStart: Date | null;
    termEnd: Date | null;
    isTest: boolean;
  }>`
    select s.publisher_id, s.offer_id, s.plan_id, s.term_end, s.is_test, term.term_start
    from subscriptions s left join lateral (${termAt(sql`s.id`, sql`${now}::timestamptz`)}) term
      on true
    where s.id = ${subscriptionId}`.execute(db);
  const [subscription] = rows;
  if (!subscription) return undefined;
  const termStart = subscription.termStart ?? NO_TERM;
  // A start in the future belongs to the first term, which began with the activation.
  const since = termStart > now ? NO_TERM : termStart;
  const used = await usedIn(db, subscriptionId, { termStart, since });
  const refused = await refusedIn(db, subscriptionId, since);
  const own = await db
    .selectFrom('dimensions')
    .select('dimension')
    .where('offerId', '=', subscription.offerId)
    .where('planId', '=', subscription.planId)
    .union((also) =>
      also
        .selectFrom('publisherDimensions')
        .select('dimension')
        .where('publisherId', '=', subscription.publisherId)
        .where('offerId', '=', subscription.offerId)
        .where('planId', '=', subscription.planId),
    )
    .limit(MAX_ROWS)
    .execute();
  const unused = own
    .map(({ dimension }) => ({ dimension, planId: subscription.planId, used: 0 }))
    .filter((one) => !used.some((row) => row.dimension === one.dimension && isOf(row, one)));
  const { publisherId, offerId } = subscription;
  const all = [...used, ...unused].map(({ planId, dimension, used: units }) => {
    return { publisherId, offerId, planId, dimension, used: units };
  });
  const included = await includedQuantities(db, all);
  return {
    termStart: subscription.termStart,
    termEnd: subscription.termEnd,
    isTest: subscription.isTest,
    dimensions: all
      .map((row) => ({
        planId: row.planId,
        dimension: row.dimension,
        used: row.used,
        included: included(row),
        refused:
          refused.find((one) => one.dimension === row.dimension && isOf(one, row))?.refused ?? 0,
      }))
      .toSorted((a, b) => (a.dimension < b.dimension ? -1 : 1)),
  };
}

function isOf(row: { planId: string }, other: { planId: string }): boolean {
  return row.planId === other.planId;
}

/** Usage that is certainly not billed. Microsoft has a row for a duplicate, and may have one for a row in doubt. */
async function refusedIn(db: Db['kysely'], subscriptionId: string, since: Date) {
  const { rows } = await sql<{ planId: string; dimension: string; refused: number }>`
    select plan_id, dimension, sum(reported)::float8 as refused from usage_hours
    where subscription_id = ${subscriptionId} and state in ('refused', 'writtenOff')
      and not in_doubt and coalesce(status, '') <> 'Duplicate'
      and hour >= date_trunc('hour', ${since}::timestamptz)
    group by plan_id, dimension order by dimension, plan_id limit ${MAX_ROWS}`.execute(db);
  return rows;
}

async function usedIn(
  db: Db['kysely'],
  subscriptionId: string,
  { termStart, since }: { readonly termStart: Date; readonly since: Date },
) {
  const { rows } = await sql<{ planId: string; dimension: string; used: number }>`
    select plan_id, dimension, sum(used)::float8 as used from (
      select plan_id, dimension, used from term_counters
      where subscription_id = ${subscriptionId} and term_start = ${termStart}
      union all
      select plan_id, dimension, used - counted from usage_hours
      where subscription_id = ${subscriptionId} and used <> counted
        and hour >= date_trunc('hour', ${since}::timestamptz)
    ) as both_kinds
    group by plan_id, dimension order by dimension, plan_id limit ${MAX_ROWS}`.execute(db);
  return rows;
}
