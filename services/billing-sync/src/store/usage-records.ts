import { sql } from 'kysely';
import { type Decimal, decimalText } from '@landfall/domain/decimal';
import { hourOf, USAGE_WINDOW_MS } from '@landfall/domain/usage';
import { type Db, NO_TERM, type Trx } from '../db/schema.ts';
import { claimKey } from './usage-claims.ts';

/**
 * Late usage waits for its grace like any other, so that a burst becomes one row, but never into the last minutes of
 * Microsoft's window. Ten minutes leave room for an outage and a few repeats.
 */
const WINDOW_RESERVE_MS = 10 * 60 * 1000;

/** A record that counts, with the plan and term of its moment. */
export interface CountedRecord {
  readonly publisherId: string;
  readonly eventId: string;
  readonly contentHash: string;
  readonly subscriptionId: string;
  readonly meter: string;
  readonly quantity: Decimal;
  readonly occurredAt: Date;
  readonly planId: string;
  readonly termStart: Date | null;
  readonly termUnit: string | null;
}

/**
 * Claims the ids, writes the records and adds them to their hours in one statement, so an id is claimed if and only if
 * its units are counted. Returns the claims that were new (`claimKey`); other calls claimed the missing ones a moment
 * ago. Rows are ordered by key, so that batches cannot deadlock.
 */
export async function countRecords(
  trx: Trx,
  records: readonly CountedRecord[],
  options: { readonly now: Date; readonly graceMs: number },
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set();
  const { now, graceMs } = options;
  const column = <T>(pick: (record: CountedRecord) => T) => records.map(pick);
  const { rows } = await sql<{ publisherId: string; eventId: string }>`
    with given as (
      select * from unnest(
        ${column((r) => r.publisherId)}::text[], ${column((r) => r.eventId)}::text[],
        ${column((r) => r.contentHash)}::text[],
        ${column((r) => r.subscriptionId)}::text[], ${column((r) => r.meter)}::text[],
        ${column((r) => hourOf(r.occurredAt).toISOString())}::timestamptz[],
        ${column((r) => r.planId)}::text[],
        ${column((r) => (r.termStart ?? NO_TERM).toISOString())}::timestamptz[],
        ${column((r) => r.termUnit)}::text[],
        ${column((r) => decimalText(r.quantity))}::numeric[],
        ${column((r) => r.occurredAt.toISOString())}::timestamptz[]
      ) as r (publisher_id, event_id, content_hash, subscription_id, meter, hour, plan_id,
              term_start, term_unit, quantity, occurred_at)
    ), claimed as (
      insert into usage_claims (publisher_id, event_id, content_hash, taken_at)
      select publisher_id, event_id, content_hash, ${now}::timestamptz from given
      order by publisher_id, event_id
      on conflict (publisher_id, event_id) do nothing
      returning publisher_id, event_id
    ), taken as (
      insert into usage_records (publisher_id, event_id, subscription_id, meter, hour, plan_id,
        term_start, term_unit, quantity, occurred_at, taken_at)
      select publisher_id, event_id, subscription_id, meter, hour, plan_id, term_start, term_unit,
             quantity, occurred_at, ${now}::timestamptz
      from given join claimed using (publisher_id, event_id)
      returning publisher_id, subscription_id, meter, hour, plan_id, term_start, term_unit,
                quantity, occurred_at
    ), sums as (
      select publisher_id, subscription_id, meter, hour, plan_id, term_start,
             max(term_unit) as term_unit, sum(quantity) as used,
             min(occurred_at) as first_used_at, max(occurred_at) as last_used_at
      from taken group by publisher_id, subscription_id, meter, hour, plan_id, term_start
    ), added as (
      insert into meter_hours as h (publisher_id, subscription_id, meter, hour, plan_id, term_start,
        term_unit, used, first_used_at, last_used_at, due_at)
      select u.*, ${dueAt(now, graceMs)}
      from sums u join subscriptions s on s.id = u.subscription_id
      order by u.subscription_id, u.meter, u.hour, u.plan_id, u.term_start
      on conflict (subscription_id, meter, hour, plan_id, term_start) do update set ${ADDED}
    )
    select publisher_id, event_id from claimed`.execute(trx);
  return new Set(rows.map(claimKey));
}

/** A rated hour that gets more units is open again. A held one stays held until its reason has gone. */
export const ADDED = sql`
  used = h.used + excluded.used,
  term_unit = coalesce(excluded.term_unit, h.term_unit),
  first_used_at = least(h.first_used_at, excluded.first_used_at),
  last_used_at = greatest(h.last_used_at, excluded.last_used_at),
  due_at = case when h.state = 'rated' then excluded.due_at
                else least(h.due_at, excluded.due_at) end,
  state = case when h.state = 'held' then 'held' else 'open' end`;

function dueAt(now: Date, graceMs: number) {
  const lastChanceMs = USAGE_WINDOW_MS - WINDOW_RESERVE_MS;
  return sql`case
    when s.ended_at is not null then ${now}::timestamptz
    when u.hour + interval '1 hour' + ${ms(graceMs)} > ${now}::timestamptz
      then u.hour + interval '1 hour' + ${ms(graceMs)}
    else least(${now}::timestamptz + ${ms(graceMs)},
               greatest(${now}::timestamptz, u.first_used_at + ${ms(lastChanceMs)})) end`;
}

export function ms(value: number) {
  return sql`${value}::float8 * interval '1 millisecond'`;
}

/** Place of a record in a list of one subscription's records. */
export type RecordCursor = readonly [occurredAt: string, eventId: string];

/** Single records of a subscription after the cursor, earliest first. */
export async function selectRecords(
  db: Db['kysely'],
  filter: {
    readonly subscriptionId: string;
    readonly meter: string | undefined;
    readonly from: Date;
    readonly to: Date;
  },
  page: { readonly after: RecordCursor | undefined; readonly limit: number },
) {
  const { subscriptionId, meter, from, to } = filter;
  let query = db
    .selectFrom('usageRecords')
    .select(['eventId', 'meter', 'quantity', 'occurredAt', 'takenAt', 'planId'])
    .where('subscriptionId', '=', subscriptionId)
    // Whole hours, so that the index and the partitions are used.
    .where('hour', '>=', hourOf(from))
    .where('hour', '<', to)
    .where('occurredAt', '>=', from)
    .where('occurredAt', '<', to)
    .orderBy('occurredAt')
    .orderBy('eventId')
    .limit(page.limit);
  if (meter !== undefined) query = query.where('meter', '=', meter);
  if (page.after) {
    const [occurredAt, eventId] = page.after;
    query = query
      .where('hour', '>=', hourOf(new Date(occurredAt)))
      .where(
        sql<boolean>`(occurred_at, event_id) > (${occurredAt}::timestamptz, ${eventId}::text)`,
      );
  }
  return query.execute();
}
