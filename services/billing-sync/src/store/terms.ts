import { type RawBuilder, sql } from 'kysely';

/** Stands for the start of a term whose start is unknown. */
export const NO_TERM = new Date(0);

export const ACTIVE = sql`v.status not in ('NotStarted', 'PendingFulfillmentStart')`;

/** The term of a moment: the last one that had begun, or else the first one. */
export function termAt(subscriptionId: RawBuilder<unknown>, at: RawBuilder<unknown>) {
  return sql<{ termStart: Date | null }>`
    select coalesce(max(v.term_start) filter (where v.term_start <= ${at}), min(v.term_start))
           as term_start
    from subscription_versions v
    where v.subscription_id = ${subscriptionId} and ${ACTIVE}`;
}
