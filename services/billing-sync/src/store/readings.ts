import { sql } from 'kysely';
import { lastDays, MAX_COUNTED } from '@landfall/service-kit/common-readings';
import type { Db } from '../db/schema.ts';

/** Test purchases raise no alert. The column is looked up row by row, because a join would read all hours. */
const IS_TEST = sql`coalesce(
  (select s.is_test from subscriptions s where s.id = h.subscription_id), false)`;

/**
 * Last use in the oldest hour that is over and not sent. The running hour is not late, and usage that waits for its
 * included quantity has a metric of its own.
 */
export async function oldestUnsent(
  { kysely }: Db,
  at: Date,
  publisherId?: string,
): Promise<Date | null | undefined> {
  const ofPublisher = publisherId === undefined ? sql`true` : sql`h.publisher_id = ${publisherId}`;
  const { rows } = await sql<{ oldest: Date | null }>`
    select least(
      (select min(last_used_at) from (select last_used_at from usage_hours h
        where state in ('closed', 'held', 'sending') and not ${IS_TEST} and ${ofPublisher}
        order by last_used_at limit 1) as waiting),
      (select min(last_used_at) from (select last_used_at from meter_hours h
        where state = 'open' and due_at <= ${at} and not ${IS_TEST} and ${ofPublisher}
        order by due_at limit ${MAX_COUNTED}) as due)
    ) as oldest
  `.execute(kysely);
  return rows[0]?.oldest;
}

/** Counts hours in the order of an index. Without that order, PostgreSQL would read all hours. */
export async function countNotBilled(
  kysely: Db['kysely'],
  since: Date,
): Promise<readonly { readonly state: string; readonly hours: number }[]> {
  const { rows } = await sql<{ state: string; hours: number }>`
    select state, (select count(*)::int from (select from usage_hours h
      where h.state = states.state and hour >= ${since} and not ${IS_TEST}
      order by hour desc limit ${MAX_COUNTED}) as found)
      as hours
    from unnest(array['refused', 'writtenOff']) as states (state)
  `.execute(kysely);
  return rows;
}

/** Hours whose included quantity is not known, and the last use in the oldest one. */
export async function heldUsage(
  kysely: Db['kysely'],
): Promise<{ readonly hours: number; readonly oldest: Date | null }> {
  const { rows } = await sql<{ hours: number; oldest: Date | null }>`
    select count(*)::int as hours, min(last_used_at) as oldest from (
      select last_used_at from meter_hours h where h.state = 'held' and not ${IS_TEST}
      order by hour limit ${MAX_COUNTED}) as found`.execute(kysely);
  return rows[0] ?? { hours: 0, oldest: null };
}

export interface UsageDay {
  readonly day: string;
  readonly accepted: number;
  readonly pending: number;
  readonly lost: number;
}

/** Hours of usage by UTC day of use, earliest first; counting a day stops at the kit's bound. */
export async function countUsageDays(
  kysely: Db['kysely'],
  wanted: {
    readonly days: number;
    readonly until: Date;
    readonly publisherId?: string | undefined;
  },
): Promise<readonly UsageDay[]> {
  const { days, until, publisherId } = wanted;
  const ofPublisher = publisherId === undefined ? sql`true` : sql`h.publisher_id = ${publisherId}`;
  const { rows } = await sql<UsageDay>`
    select days.day, counted.accepted, counted.pending, counted.lost
    from ${lastDays(days, until)} as days
    cross join lateral (
      select (count(*) filter (where state = 'settled'))::int as accepted,
        (count(*) filter (where state in ('open', 'closed', 'held', 'sending')))::int as pending,
        (count(*) filter (where state in ('refused', 'writtenOff')))::int as lost
      from (select state from usage_hours h
        where hour >= days.since and hour < days.until and not ${IS_TEST} and ${ofPublisher}
        limit ${MAX_COUNTED}) as found) as counted
    order by days.day`.execute(kysely);
  return rows;
}
