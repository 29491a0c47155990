import { sql } from 'kysely';
import { EVENT_MATTER_DAYS } from '@landfall/contracts/matters';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import { found, type Found } from '@landfall/service-kit/matters';
import type { Trx } from '../db/schema.ts';

/** Hours are sent within minutes. With only this much of the window left, a person should look. */
const EXPIRING_MS = 6 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Test purchases cost nobody anything. */
const OF_CUSTOMERS = sql`join subscriptions s on s.id = h.subscription_id and not s.is_test`;
const ABOUT = sql`h.subscription_id as subject_id, h.subscription_id, h.publisher_id, s.offer_id`;
const END_OF_WINDOW = sql`min(h.last_used_at) + ${`${USAGE_WINDOW_MS} milliseconds`}::interval as due_at`;

/** Refused hours that can still be sent again, by dimension and status. Index: usage_hours_list_of_state. */
export async function refusedUsage(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select h.subscription_id || ' ' || h.dimension || ' ' || coalesce(h.status, h.problem, '') as key,
      ${ABOUT}, min(h.settled_at) as since, ${END_OF_WINDOW},
      jsonb_build_object('dimension', h.dimension, 'hours', count(*),
        'status', coalesce(h.status, h.problem, '')) as params
    from usage_hours h ${OF_CUSTOMERS}
    where h.state = 'refused' and h.problem is distinct from 'outcome-unknown'
      and h.hour >= ${hourBefore(now)} and h.last_used_at >= ${before(now, USAGE_WINDOW_MS)}
    group by h.subscription_id, h.publisher_id, s.offer_id, h.dimension, coalesce(h.status, h.problem, '')`;
  return await found(trx, statement, { about: 'subscription', severity: 'critical', limit });
}

/** Hours with another quantity at Microsoft, and hours without an outcome, by day. Index: usage_hours_doubtful. */
export async function doubtfulUsage(
  trx: Trx,
  limit: number,
  of: { readonly problem: 'quantity-mismatch' | 'outcome-unknown'; readonly now: Date },
): Promise<readonly Found[]> {
  const statement = sql`
    select ${DAILY_KEY} as key, ${ABOUT}, min(coalesce(h.settled_at, h.hour)) as since,
      jsonb_build_object('dimension', h.dimension, 'hours', count(*)) as params
    from usage_hours h ${OF_CUSTOMERS}
    where h.problem in ('quantity-mismatch', 'outcome-unknown') and h.problem = ${of.problem}
      and h.hour >= ${before(of.now, EVENT_MATTER_DAYS * DAY_MS)}
    group by h.subscription_id, h.publisher_id, s.offer_id, h.dimension, ${DAY}`;
  const severity = of.problem === 'quantity-mismatch' ? 'critical' : 'warning';
  return await found(trx, statement, {
    about: 'subscription',
    severity,
    isNewestFirst: true,
    limit,
  });
}

/** Hours that are still not sent when most of the window is over. Index: usage_hours_unsettled. */
export async function expiringUsage(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select h.subscription_id || ' ' || h.dimension as key, ${ABOUT}, min(h.last_used_at) as since,
      ${END_OF_WINDOW}, jsonb_build_object('dimension', h.dimension, 'hours', count(*)) as params
    from usage_hours h ${OF_CUSTOMERS}
    where h.state in ('closed', 'held', 'sending')
      and h.last_used_at < ${before(now, USAGE_WINDOW_MS - EXPIRING_MS)}
    group by h.subscription_id, h.publisher_id, s.offer_id, h.dimension`;
  return await found(trx, statement, { about: 'subscription', severity: 'critical', limit });
}

/** Hours that are not billed and cannot be any more, by day. Index: usage_hours_list_of_state. */
export async function lostUsage(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select ${DAILY_KEY} as key, ${ABOUT}, min(h.settled_at) as since,
      jsonb_build_object('dimension', h.dimension, 'hours', count(*),
        'quantity', sum(h.reported)::text, 'problem', min(coalesce(h.problem, h.status, ''))) as params
    from usage_hours h ${OF_CUSTOMERS}
    where h.state in ('writtenOff', 'refused') and h.reported > 0
      and h.problem is distinct from 'outcome-unknown'
      and h.hour >= ${before(now, EVENT_MATTER_DAYS * DAY_MS)}
      and h.last_used_at < ${before(now, USAGE_WINDOW_MS)}
    group by h.subscription_id, h.publisher_id, s.offer_id, h.dimension, ${DAY}`;
  return await found(trx, statement, {
    about: 'subscription',
    severity: 'critical',
    isNewestFirst: true,
    limit,
  });
}

/** Usage that waits for its included quantity. Index: meter_hours_held. */
export async function heldUsage(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select h.subscription_id || ' ' || h.meter || ' ' || h.plan_id as key, ${ABOUT},
      min(h.first_used_at) as since, ${END_OF_WINDOW},
      jsonb_build_object('dimension', h.meter, 'plan', h.plan_id) as params
    from meter_hours h ${OF_CUSTOMERS}
    where h.state = 'held'
    group by h.subscription_id, h.publisher_id, s.offer_id, h.meter, h.plan_id`;
  return await found(trx, statement, { about: 'subscription', severity: 'critical', limit });
}

/** Incidents that were not settled. Index: usage_incidents_open. */
export async function openIncidents(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select i.id::text as key, i.subscription_id as subject_id, i.subscription_id, i.publisher_id,
      s.offer_id, i.found_at as since,
      jsonb_build_object('dimension', i.dimension, 'day', i.day::text, 'incident',
        case i.kind when 'over-billed' then 'overBilled' else i.kind end) as params
    from usage_incidents i left join subscriptions s on s.id = i.subscription_id
    where i.settled_at is null`;
  return await found(trx, statement, { about: 'subscription', severity: 'warning', limit });
}

/** Recurring charges that were due and not reported. Index: recurring_runs_failed. */
export async function lateCharges(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select r.charge_id || ' ' || r.subscription_id || ' ' || r.due_at as key,
      r.charge_id::text as subject_id, r.subscription_id, s.publisher_id, s.offer_id,
      r.ran_at as since, r.due_at + ${`${USAGE_WINDOW_MS} milliseconds`}::interval as due_at,
      jsonb_build_object('dimension', c.dimension, 'reason', coalesce(r.reason, r.outcome)) as params
    from recurring_runs r
      join recurring_charges c on c.id = r.charge_id
      join subscriptions s on s.id = r.subscription_id and not s.is_test
    where r.outcome in ('missed', 'refused') and r.ran_at >= ${before(now, EVENT_MATTER_DAYS * DAY_MS)}`;
  return await found(trx, statement, {
    about: 'recurring-charge',
    severity: 'warning',
    isNewestFirst: true,
    limit,
  });
}

const DAY = sql`date_trunc('day', h.hour, 'UTC')`;
const DAILY_KEY = sql`h.subscription_id || ' ' || h.dimension || ' ' || to_char(${DAY} at time zone 'UTC', 'YYYY-MM-DD')`;

function before(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}

/** The first hour that can hold usage within the window. */
function hourBefore(now: Date): Date {
  return before(now, USAGE_WINDOW_MS + 60 * 60 * 1000);
}
