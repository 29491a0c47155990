import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';
import { type DueHour, type RatedHour, counterKey } from '@landfall/domain/rating';
import { includedQuantities } from './dimensions.ts';
import { ACTIVE, NO_TERM, termAt } from './terms.ts';

/**
 * Microsoft repeats a notification for eight hours, so a renewal is known after twelve. The other half of the day is
 * left for sending.
 */
const RENEWAL_WAIT_MS = 12 * 60 * 60 * 1000;

/**
 * Locks hours that are due. Instances take different ones. The plan and the term of an hour come from the last version
 * at its start, or from the first active version if the subscription began within the hour.
 */
export async function takeDueHours(trx: Trx, now: Date, limit: number): Promise<DueHour[]> {
  const result = await sql<DueRow>`
    select h.subscription_id, h.dimension, h.hour, s.status as subscription_status,
           h.used::float8 as used, h.counted::float8 as counted, h.reported::float8 as reported,
           case when h.counted > 0 then h.plan_id
                else coalesce(plan.plan_id, first.plan_id, h.plan_id) end as plan_id,
           term.term_start, s.publisher_id, s.offer_id
    from usage_hours h
    join subscriptions s on s.id = h.subscription_id
    left join lateral (
      select v.plan_id from subscription_versions v
      where v.subscription_id = h.subscription_id and v.occurred_at <= h.hour and ${ACTIVE}
      order by v.version desc limit 1) plan on true
    left join lateral (
      select v.plan_id from subscription_versions v
      where v.subscription_id = h.subscription_id and ${ACTIVE}
      order by v.version limit 1) first on true
    left join lateral (${termAt(sql`h.subscription_id`, sql`h.hour`)}) term on true
    where h.state = 'open' and h.due_at <= ${now} and not (${AWAITS_RENEWAL}
      and h.hour > ${new Date(now.getTime() - RENEWAL_WAIT_MS)})
    order by h.due_at limit ${limit}
    for update of h skip locked`.execute(trx);
  const included = await includedQuantities(trx, result.rows);
  return result.rows.map((row) =>
    Object.assign(row, { termStart: row.termStart ?? NO_TERM, included: included(row) }),
  );
}

/** Whether an hour is after the last day of the known term. Rated now, it would count for the wrong term. */
const AWAITS_RENEWAL = sql`s.status <> 'Unsubscribed' and s.term_end is not null
  and h.hour >= s.term_end + interval '1 day'`;

interface DueRow extends Omit<DueHour, 'termStart' | 'included'> {
  readonly termStart: Date | null;
  readonly publisherId: string;
  readonly offerId: string;
}

/** Locks the counters of hours that are about to be rated, in the same order on every instance. */
export async function lockCounters(
  trx: Trx,
  hours: readonly DueHour[],
): Promise<Map<string, number>> {
  const unique = [...new Map(hours.map((hour) => [counterKey(hour), hour])).values()];
  const keys = sql`select distinct * from unnest(
    ${unique.map((hour) => hour.subscriptionId)}::text[], ${unique.map((hour) => hour.planId)}::text[],
    ${unique.map((hour) => hour.dimension)}::text[],
    ${unique.map((hour) => hour.termStart.toISOString())}::timestamptz[]
  ) as k (subscription_id, plan_id, dimension, term_start)`;
  await sql`insert into term_counters (subscription_id, plan_id, dimension, term_start)
    select * from (${keys}) k order by 1, 2, 3, 4
    on conflict do nothing`.execute(trx);
  const locked = await sql<{
    subscriptionId: string;
    planId: string;
    dimension: string;
    termStart: Date;
    used: number;
  }>`select c.subscription_id, c.plan_id, c.dimension, c.term_start, c.used::float8 as used
    from term_counters c join (${keys}) k using (subscription_id, plan_id, dimension, term_start)
    order by 1, 2, 3, 4 for update of c`.execute(trx);
  return new Map(locked.rows.map((row) => [counterKey(row), row.used]));
}

/**
 * Adds new units to the counters and closes the hours. A held hour is due at once too: it is skipped while its
 * subscription is suspended, and it is sent if the suspension ended a moment ago.
 */
export async function saveRatedHours(
  trx: Trx,
  options: {
    readonly due: readonly DueHour[];
    readonly rated: readonly RatedHour[];
    readonly now: Date;
  },
): Promise<void> {
  const { due, rated, now } = options;
  await sql`update term_counters c set used = c.used + f.fresh
    from (
      select subscription_id, plan_id, dimension, term_start, sum(used - counted) as fresh
      from unnest(
        ${due.map((hour) => hour.subscriptionId)}::text[], ${due.map((hour) => hour.planId)}::text[],
        ${due.map((hour) => hour.dimension)}::text[],
        ${due.map((hour) => hour.termStart.toISOString())}::timestamptz[],
        ${due.map((hour) => String(hour.used))}::numeric[],
        ${due.map((hour) => String(hour.counted))}::numeric[]
      ) as d (subscription_id, plan_id, dimension, term_start, used, counted)
      group by 1, 2, 3, 4
    ) f
    where c.subscription_id = f.subscription_id and c.plan_id = f.plan_id
      and c.dimension = f.dimension and c.term_start = f.term_start`.execute(trx);
  await sql`update usage_hours h set counted = h.used, plan_id = r.plan_id, reported = r.reported,
      publisher_id = coalesce(h.publisher_id,
        (select s.publisher_id from subscriptions s where s.id = h.subscription_id)),
      state = r.state,
      next_attempt_at = case when r.state <> 'settled' then ${now}::timestamptz end,
      settled_at = case when r.state = 'settled' then ${now}::timestamptz end
    from unnest(
      ${rated.map((hour) => hour.subscriptionId)}::text[],
      ${rated.map((hour) => hour.dimension)}::text[],
      ${rated.map((hour) => hour.hour.toISOString())}::timestamptz[],
      ${rated.map((hour) => hour.planId)}::text[],
      ${rated.map((hour) => String(hour.reported))}::numeric[],
      ${rated.map((hour) => hour.state)}::text[]
    ) as r (subscription_id, dimension, hour, plan_id, reported, state)
    where h.subscription_id = r.subscription_id and h.dimension = r.dimension
      and h.hour = r.hour`.execute(trx);
}
