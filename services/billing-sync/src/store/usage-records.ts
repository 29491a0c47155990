import { sql } from 'kysely';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';

/**
 * Late usage waits for its grace like any other, so that a burst becomes one row, but never into the last minutes of
 * Microsoft's window. Ten minutes leave room for an outage and a few repeats.
 */
const WINDOW_RESERVE_MS = 10 * 60 * 1000;

/** A record that counts, ready to be added to its hour. */
export interface CountedRecord {
  /** The claim of the record: the reporter's event id, or `scopedId` of it. */
  readonly claimId: string;
  readonly contentHash: string;
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
  readonly quantity: number;
  readonly occurredAt: Date;
}

export interface TakenRecord {
  readonly contentHash: string;
  readonly publisherId: string | null;
}

/** Records that were claimed before under these ids. */
export async function takenRecords(
  trx: Trx,
  claimIds: readonly string[],
): Promise<Map<string, TakenRecord>> {
  if (claimIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('usageRecords')
    .leftJoin('subscriptions', 'subscriptions.id', 'usageRecords.subscriptionId')
    .select(['eventId', 'contentHash', 'publisherId'])
    .where('eventId', '=', sql<string>`any(${claimIds})`)
    .execute();
  return new Map(
    rows.map((row) => [
      row.eventId,
      { contentHash: row.contentHash, publisherId: row.publisherId },
    ]),
  );
}

/** The longest event id of a reporter. A scoped id is longer, so no reporter can claim one of another publisher. */
const MAX_EVENT_ID_LENGTH = 200;

/** The claim of a publisher's event id that another publisher has used before. */
export function scopedId(publisherId: string, eventId: string): string {
  return JSON.stringify([publisherId, eventId]).padStart(MAX_EVENT_ID_LENGTH + 1);
}

export interface Booking {
  /** Ids that were new. Another call claimed the others a moment ago. */
  readonly taken: ReadonlySet<string>;
  /** Units of hours that can no longer change. */
  readonly late: readonly (HourKey & { readonly quantity: number })[];
}

/**
 * Claims the ids, writes the records and adds them to their hours in one statement, so an id is claimed if and only if
 * its units are counted. Rows are ordered by key, so that batches cannot deadlock.
 */
export async function bookRecords(
  trx: Trx,
  records: readonly CountedRecord[],
  options: { readonly now: Date; readonly graceMs: number },
): Promise<Booking> {
  if (records.length === 0) return { taken: new Set(), late: [] };
  const { now, graceMs } = options;
  const column = <T>(pick: (record: CountedRecord) => T) => records.map(pick);
  const result = await sql<{ taken: string[]; late: LateRow[] }>`
    with given as (
      select * from unnest(
        ${column((r) => r.claimId)}::text[], ${column((r) => r.contentHash)}::text[],
        ${column((r) => r.subscriptionId)}::text[], ${column((r) => r.dimension)}::text[],
        ${column((r) => r.hour.toISOString())}::timestamptz[],
        ${column((r) => String(r.quantity))}::numeric[],
        ${column((r) => r.occurredAt.toISOString())}::timestamptz[]
      ) as r (event_id, content_hash, subscription_id, dimension, hour, quantity, occurred_at)
    ), taken as (
      insert into usage_records
        (event_id, content_hash, subscription_id, dimension, hour, quantity, occurred_at, taken_at)
      select *, ${now}::timestamptz from given order by event_id
      on conflict (event_id) do nothing
      returning event_id, subscription_id, dimension, hour, quantity, occurred_at
    ), sums as (
      select subscription_id, dimension, hour, sum(quantity) as quantity,
             min(occurred_at) as first_used_at, max(occurred_at) as last_used_at
      from taken group by subscription_id, dimension, hour
      order by subscription_id, dimension, hour
    ), booked as (
      insert into usage_hours as h (subscription_id, publisher_id, dimension, hour, plan_id, used,
        state, first_used_at, last_used_at, due_at)
      select u.subscription_id, s.publisher_id, u.dimension, u.hour, s.plan_id, u.quantity, 'open',
             u.first_used_at, u.last_used_at,
             ${dueAt(now, graceMs)}
      from sums u join subscriptions s on s.id = u.subscription_id
      on conflict (subscription_id, dimension, hour) do update set
        ${ADDED}
      where not h.sealed
      returning subscription_id, dimension, hour
    )
    select (select coalesce(json_agg(event_id), '[]') from taken) as taken,
           (select coalesce(json_agg(json_build_object('subscriptionId', u.subscription_id,
                     'dimension', u.dimension, 'hour', u.hour, 'quantity', u.quantity)), '[]')
            from sums u where not exists (
              select from booked b where b.subscription_id = u.subscription_id
                and b.dimension = u.dimension and b.hour = u.hour)) as late`.execute(trx);
  const [row] = result.rows;
  return {
    taken: new Set(row?.taken),
    late: (row?.late ?? []).map(({ subscriptionId, dimension, hour, quantity }) => ({
      subscriptionId,
      dimension,
      hour: new Date(hour),
      quantity,
    })),
  };
}

interface LateRow {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: string;
  readonly quantity: number;
}

/** An hour that gets more units is open again. Its counter takes the difference when it closes. */
export const ADDED = sql`
  used = h.used + excluded.used,
  reported = h.reported + excluded.reported,
  first_used_at = least(h.first_used_at, excluded.first_used_at),
  last_used_at = greatest(h.last_used_at, excluded.last_used_at),
  due_at = case when h.state = 'open' then least(h.due_at, excluded.due_at) else excluded.due_at end,
  state = 'open', settled_at = null, next_attempt_at = null`;

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
