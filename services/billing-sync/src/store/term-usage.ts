import { sql } from 'kysely';
import { type Decimal, decimal } from '@landfall/domain/decimal';
import { type Counter, type CounterKey, counterKey } from '@landfall/domain/rating';
import type { Standing } from '@landfall/domain/standing';
import { standingAt } from '@landfall/domain/standing';
import { hourOf } from '@landfall/domain/usage';
import { type Db, NO_TERM } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';
import type { DueHour } from './due-hours.ts';
import { readLives } from './other-hours.ts';

/** Records that are looked at for the time of the last one. With more in a day, the latest hours decide. */
const MAX_RECENT_RECORDS = 10_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** A subscription in its present term. */
export interface PresentTerm extends PlanKey, Standing {
  readonly subscriptionId: string;
  /** `termStart`, or `NO_TERM`: the key of the term's counters. */
  readonly counted: Date;
  /** Start of the first hour of the term. */
  readonly since: Date;
  readonly termEnd: Date | null;
  readonly isTest: boolean;
}

export async function presentTerm(
  db: Db['kysely'],
  subscriptionId: string,
  now: Date,
): Promise<PresentTerm | undefined> {
  const subscription = await db
    .selectFrom('subscriptions')
    .select(['publisherId', 'offerId', 'planId', 'termEnd', 'isTest'])
    .where('id', '=', subscriptionId)
    .executeTakeFirst();
  if (!subscription) return undefined;
  const lives = await readLives(db, [subscriptionId]);
  const standing = standingAt(lives.get(subscriptionId)?.versions ?? [], now);
  const termStart = standing?.termStart ?? null;
  // A start in the future belongs to the first term, which began with the activation.
  const since = termStart === null || termStart > now ? NO_TERM : hourOf(termStart);
  const counted = termStart ?? NO_TERM;
  const termUnit = standing?.termUnit ?? null;
  return { ...subscription, subscriptionId, termStart, termUnit, counted, since };
}

/** Counters of the term by {@link counterKey}, of every plan that it had. */
export async function termCounters(
  db: Db['kysely'],
  { subscriptionId, counted }: PresentTerm,
): Promise<Map<string, CounterKey & Counter>> {
  const rows = await db
    .selectFrom('termCounters')
    .select(['planId', 'kind', 'name', 'used', 'reported', 'remainder'])
    .where('subscriptionId', '=', subscriptionId)
    .where('termStart', '=', counted)
    .execute();
  const counters = rows.map((row) => ({
    subscriptionId,
    planId: row.planId,
    kind: row.kind,
    name: row.name,
    termStart: counted,
    used: decimal(row.used),
    reported: decimal(row.reported),
    remainder: decimal(row.remainder),
  }));
  return new Map(counters.map((counter) => [counterKey(counter), counter]));
}

/** Usage of the term that is in no counter yet, in the order in which it will be rated. */
export async function unratedHours(db: Db['kysely'], term: PresentTerm): Promise<DueHour[]> {
  const { subscriptionId, publisherId, offerId, counted } = term;
  const rows = await db
    .selectFrom('meterHours')
    .select(['meter', 'hour', 'planId', 'termUnit', 'firstUsedAt', 'lastUsedAt'])
    .select(sql<string>`used - counted`.as('fresh'))
    .where('subscriptionId', '=', subscriptionId)
    .where('hour', '>=', term.since)
    .where('termStart', '=', counted)
    .where('state', '<>', 'rated')
    .orderBy('dueAt')
    .orderBy('firstUsedAt')
    .execute();
  const key = { subscriptionId, publisherId, offerId, termStart: counted };
  return rows.map((row) => Object.assign(row, key, { fresh: decimal(row.fresh) }));
}

export interface RatedDay {
  readonly planId: string;
  readonly dimension: string;
  /** The UTC day of use, such as 2026-03-10. */
  readonly day: string;
  readonly used: Decimal;
}

/** Rated usage of the term per day, from a day on. */
export async function ratedDays(
  db: Db['kysely'],
  { subscriptionId, counted }: PresentTerm,
  from: Date,
): Promise<RatedDay[]> {
  const { rows } = await sql<Omit<RatedDay, 'used'> & { used: string }>`
    select plan_id, dimension, to_char(hour at time zone 'UTC', 'YYYY-MM-DD') as day, sum(used) as used
    from ledger_entries
    where subscription_id = ${subscriptionId} and hour >= ${from} and term_start = ${counted}
      and kind = 'rated'
    group by 1, 2, 3`.execute(db);
  return rows.map((row) => Object.assign(row, { used: decimal(row.used) }));
}

export interface NotBilled {
  readonly planId: string;
  readonly dimension: string;
  readonly quantity: Decimal;
}

/**
 * Units above the included quantity that are certainly not billed: those of refused and given-up rows without the units
 * that moved on, and late ones that no hour could take. Microsoft may have units in doubt, so they are left out.
 */
export async function notBilled(
  db: Db['kysely'],
  { subscriptionId, since, counted }: PresentTerm,
): Promise<NotBilled[]> {
  const { rows } = await sql<{ planId: string; dimension: string; quantity: string }>`
    with lost as (
      select plan_id, dimension, hour, reported - coalesce(billed, 0) as quantity
      from usage_hours
      where subscription_id = ${subscriptionId} and hour >= ${since}
        and state in ('refused', 'writtenOff') and not in_doubt and reported > coalesce(billed, 0)
    ), moved as (
      select e.dimension, e.hour, sum(e.reported) as quantity
      from ledger_entries e
      where e.subscription_id = ${subscriptionId} and e.hour >= ${since} and e.kind = 'moved'
      group by 1, 2
    ), parts as (
      select l.plan_id, l.dimension, greatest(0, l.quantity - coalesce(m.quantity, 0)) as quantity
      from lost l left join moved m using (dimension, hour)
      union all
      select plan_id, dimension, reported from ledger_entries
      where subscription_id = ${subscriptionId} and hour >= ${since} and term_start = ${counted}
        and kind = 'given-up' and reason in ('late', 'plan-changed')
    )
    select plan_id, dimension, sum(quantity) as quantity from parts group by 1, 2`.execute(db);
  return rows.map((row) => Object.assign(row, { quantity: decimal(row.quantity) }));
}

/** When the last record of the term arrived. */
export async function lastTakenAt(
  db: Db['kysely'],
  { subscriptionId, since }: PresentTerm,
): Promise<Date | undefined> {
  const { rows } = await sql<{ takenAt: Date | null }>`
    with latest as (
      select max(hour) as hour from meter_hours
      where subscription_id = ${subscriptionId} and hour >= ${since}
    )
    select max(taken_at) as taken_at from (
      select taken_at from usage_records, latest
      where subscription_id = ${subscriptionId} and usage_records.hour >= ${since}
        and usage_records.hour >= latest.hour - ${DAY_MS}::int * interval '1 millisecond'
      order by usage_records.hour desc limit ${MAX_RECENT_RECORDS}
    ) as recent`.execute(db);
  return rows[0]?.takenAt ?? undefined;
}
