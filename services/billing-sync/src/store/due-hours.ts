import { type RawBuilder, sql } from 'kysely';
import { decimal } from '@landfall/domain/decimal';
import type { UnratedHour } from '@landfall/domain/rating';
import type { Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';

/**
 * Microsoft repeats a notification for eight hours, so a renewal is known after twelve. The other twelve hours are left for
 * sending.
 */
const RENEWAL_WAIT_MS = 12 * 60 * 60 * 1000;

/** An hour of a meter that is due, with the plan and term unit that decide what is included. */
export interface DueHour extends UnratedHour, PlanKey {
  readonly hour: Date;
  readonly termUnit: string | null;
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

/**
 * Locks hours that are due, the earliest first. Within an hour, the plan that was used first comes first. Processes take
 * different hours.
 */
export async function takeDueHours(trx: Trx, now: Date, limit: number): Promise<DueHour[]> {
  const { rows } = await sql<Omit<DueHour, 'fresh'> & { fresh: string }>`
    select m.subscription_id, m.meter, m.hour, m.plan_id, m.term_start, m.term_unit, m.publisher_id,
           m.first_used_at, m.last_used_at, m.used - m.counted as fresh, s.offer_id
    from meter_hours m join subscriptions s on s.id = m.subscription_id
    where m.state = 'open' and m.due_at <= ${now} and not (${AWAITS_RENEWAL}
      and m.hour > ${new Date(now.getTime() - RENEWAL_WAIT_MS)})
    order by m.due_at, m.first_used_at limit ${limit}
    for update of m skip locked`.execute(trx);
  return rows.map((row) => Object.assign(row, { fresh: decimal(row.fresh) }));
}

/** True for an hour after the last day of the known term. If it were rated now, it would count for the wrong term. */
const AWAITS_RENEWAL = sql`s.status <> 'Unsubscribed' and s.term_end is not null
  and m.hour >= s.term_end + interval '1 day'`;

type HourOfMeter = Pick<DueHour, 'subscriptionId' | 'meter' | 'hour' | 'planId' | 'termStart'>;

/** Call it when the counters include all usage of these hours. */
export async function markRated(trx: Trx, hours: readonly HourOfMeter[]): Promise<void> {
  await mark(trx, hours, sql`counted = m.used, state = 'rated', held_because = null`);
}

/** Nothing of these hours is counted until the included quantity is known. */
export async function markHeld(trx: Trx, hours: readonly HourOfMeter[]): Promise<void> {
  await mark(trx, hours, sql`state = 'held', held_because = 'included-unknown'`);
}

async function mark(
  trx: Trx,
  hours: readonly HourOfMeter[],
  changes: RawBuilder<unknown>,
): Promise<void> {
  if (hours.length === 0) return;
  const times = hours.map(({ hour }) => hour.getTime());
  await sql`
    update meter_hours m set ${changes}
    from unnest(
      ${hours.map((hour) => hour.subscriptionId)}::text[], ${hours.map((hour) => hour.meter)}::text[],
      ${hours.map((hour) => hour.hour.toISOString())}::timestamptz[],
      ${hours.map((hour) => hour.planId)}::text[],
      ${hours.map((hour) => hour.termStart.toISOString())}::timestamptz[]
    ) as g (subscription_id, meter, hour, plan_id, term_start)
    where m.hour between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))}
      and m.subscription_id = g.subscription_id and m.meter = g.meter and m.hour = g.hour
      and m.plan_id = g.plan_id and m.term_start = g.term_start`.execute(trx);
}

/**
 * Makes the held hours of a plan due. Call it in the transaction that changes what the plan includes, after the change.
 * An empty publisher id releases the hours of every publisher that has this plan. It waits for hours that are being rated
 * by the old rules, so none of them is held afterwards without being released.
 */
export async function releaseHeld(trx: Trx, plan: PlanKey, now: Date): Promise<void> {
  const { publisherId, offerId, planId } = plan;
  await sql`select pg_advisory_xact_lock(${RULES_LOCKS}, ${ruleLock(offerId, planId)})`.execute(
    trx,
  );
  await sql`
    update meter_hours m set state = 'open', held_because = null, due_at = ${now}::timestamptz
    from subscriptions s
    where m.state = 'held' and m.plan_id = ${planId} and s.id = m.subscription_id
      and s.offer_id = ${offerId} and (${publisherId}::text = '' or s.publisher_id = ${publisherId})
  `.execute(trx);
}

/** Keeps the rules of these plans unchanged until the end of the transaction. */
export async function lockRules(trx: Trx, plans: readonly PlanKey[]): Promise<void> {
  const offers = plans.map(({ offerId }) => offerId);
  const ids = plans.map(({ planId }) => planId);
  await sql`
    select pg_advisory_xact_lock_shared(${RULES_LOCKS}, lock) from (
      select distinct ${ruleLock(sql`p.offer_id`, sql`p.plan_id`)} as lock
      from unnest(${offers}::text[], ${ids}::text[]) as p (offer_id, plan_id)
      order by 1) as locks`.execute(trx);
}

/** Key space of the advisory locks on rating rules. Any number that no other code uses. */
const RULES_LOCKS = 5309;

/** Plans share 64 locks, so that a batch with many plans uses few entries of PostgreSQL's lock table. */
function ruleLock(offerId: unknown, planId: unknown) {
  return sql`(hashtext(${offerId}::text || '/' || ${planId}::text) & 63)`;
}
