import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';
import type { IncidentKey } from './incidents.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What Microsoft has for the over-billed hours of a day. Quantities are decimal text. */
export interface OverBilledDay {
  readonly ours: string;
  readonly theirs: string;
  /** Earliest first, such as 09:00. */
  readonly hours: readonly string[];
}

/** Adds up the hours of a day for which Microsoft has more than Landfall sent. */
export async function overBilledOn(trx: Trx, day: IncidentKey): Promise<OverBilledDay | undefined> {
  const from = new Date(`${day.day}T00:00:00Z`);
  const to = new Date(from.getTime() + DAY_MS);
  const { rows } = await sql<OverBilledDay>`
    select trim_scale(sum(reported))::text as ours, trim_scale(sum(billed))::text as theirs,
      array_agg(to_char(hour at time zone 'UTC', 'HH24:MI') order by hour) as hours
    from usage_hours
    where subscription_id = ${day.subscriptionId} and dimension = ${day.dimension}
      and plan_id = ${day.planId} and hour >= ${from} and hour < ${to}
      and state = 'refused' and problem = 'quantity-mismatch' and billed > reported
    having count(*) > 0`.execute(trx);
  return rows[0];
}
