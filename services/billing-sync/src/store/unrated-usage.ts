import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';
import { ADDED } from './usage-records.ts';

/** A part of a meter hour during which the subscription's plan and term did not change. */
export interface UnratedUsage {
  readonly meter: string;
  readonly hour: Date;
  readonly planId: string;
  readonly termStart: Date;
  readonly termUnit: string | null;
  readonly publisherId: string;
  readonly used: string;
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
  readonly dueAt: Date;
}

export interface AssignedUsage {
  readonly usage: UnratedUsage;
  readonly to: Pick<UnratedUsage, 'planId' | 'termStart' | 'termUnit'>;
}

/**
 * Locks the meter hours of a subscription of which nothing has been rated, and returns their usage, cut at the given
 * moments. Hours with units that came from elsewhere are left out: their records do not explain them.
 */
export async function unratedUsage(
  trx: Trx,
  of: {
    readonly subscriptionId: string;
    /** Start of the first hour. */
    readonly from: Date;
    readonly moments: readonly Date[];
  },
): Promise<UnratedUsage[]> {
  const { subscriptionId, from } = of;
  const locked = await trx
    .selectFrom('meterHours')
    .select('hour')
    .where('subscriptionId', '=', subscriptionId)
    .where('hour', '>=', from)
    .where('counted', '=', '0')
    .orderBy('meter')
    .orderBy('hour')
    .orderBy('planId')
    .orderBy('termStart')
    .forUpdate()
    .execute();
  if (locked.length === 0) return [];
  const moments = [...new Set(of.moments.map((moment) => moment.toISOString()))].toSorted();
  const { rows } = await sql<UnratedUsage>`
    select meter, hour, plan_id, term_start, term_unit, publisher_id, used, first_used_at,
           last_used_at, due_at
    from (
      select h.meter, h.hour, h.plan_id, h.term_start, h.term_unit, h.publisher_id, h.due_at,
             h.used as whole, sum(r.quantity) as used,
             sum(sum(r.quantity)) over (partition by h.meter, h.hour, h.plan_id, h.term_start) as known,
             min(r.occurred_at) as first_used_at, max(r.occurred_at) as last_used_at
      from meter_hours h
      join usage_records r on r.subscription_id = h.subscription_id and r.meter = h.meter
        and r.hour = h.hour and r.plan_id = h.plan_id and r.term_start = h.term_start
      where h.subscription_id = ${subscriptionId} and h.counted = 0 and h.hour >= ${from}
        and r.hour >= ${from}
      group by h.meter, h.hour, h.plan_id, h.term_start, h.term_unit, h.publisher_id, h.due_at, h.used,
               width_bucket(r.occurred_at, ${moments}::timestamptz[])
    ) as parts
    where known = whole
    order by meter, hour, plan_id, term_start, first_used_at`.execute(trx);
  return rows;
}

/** Moves usage that has not been rated to other plans and terms, together with its records. */
export async function replaceMeterHours(
  trx: Trx,
  subscriptionId: string,
  assigned: readonly AssignedUsage[],
): Promise<void> {
  const column = <T>(pick: (usage: UnratedUsage, to: AssignedUsage['to']) => T) =>
    assigned.map(({ usage, to }) => pick(usage, to));
  const moved = sql`unnest(
      ${column((u) => u.meter)}::text[], ${column((u) => u.hour.toISOString())}::timestamptz[],
      ${column((u) => u.planId)}::text[], ${column((u) => u.termStart.toISOString())}::timestamptz[],
      ${column((u) => u.publisherId)}::text[], ${column((u) => u.used)}::numeric[],
      ${column((u) => u.firstUsedAt.toISOString())}::timestamptz[],
      ${column((u) => u.lastUsedAt.toISOString())}::timestamptz[],
      ${column((u) => u.dueAt.toISOString())}::timestamptz[],
      ${column((_, to) => to.planId)}::text[],
      ${column((_, to) => to.termStart.toISOString())}::timestamptz[],
      ${column((_, to) => to.termUnit)}::text[]
    ) as u (meter, hour, plan_id, term_start, publisher_id, used, first_used_at, last_used_at, due_at,
            to_plan_id, to_term_start, to_term_unit)`;
  await sql`update usage_records r
    set plan_id = u.to_plan_id, term_start = u.to_term_start, term_unit = u.to_term_unit
    from ${moved}
    where r.subscription_id = ${subscriptionId} and r.meter = u.meter and r.hour = u.hour
      and r.plan_id = u.plan_id and r.term_start = u.term_start
      and r.occurred_at between u.first_used_at and u.last_used_at`.execute(trx);
  await sql`delete from meter_hours h using ${moved}
    where h.subscription_id = ${subscriptionId} and h.meter = u.meter and h.hour = u.hour
      and h.plan_id = u.plan_id and h.term_start = u.term_start`.execute(trx);
  await sql`
    insert into meter_hours as h (subscription_id, meter, hour, plan_id, term_start, term_unit,
      publisher_id, used, first_used_at, last_used_at, due_at)
    select ${subscriptionId}, meter, hour, to_plan_id, to_term_start, max(to_term_unit), publisher_id,
           sum(used), min(first_used_at), max(last_used_at), min(due_at)
    from ${moved}
    group by meter, hour, to_plan_id, to_term_start, publisher_id
    order by meter, hour, to_plan_id, to_term_start
    on conflict (subscription_id, meter, hour, plan_id, term_start) do update set ${ADDED}`.execute(
    trx,
  );
}
