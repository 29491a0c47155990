import { sql } from 'kysely';
import type { LedgerEntriesTable, Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';

export type NewEntry = Omit<LedgerEntriesTable, 'id' | 'at'>;

/** Appends entries in one statement. */
export async function insertEntries(
  trx: Trx,
  entries: readonly NewEntry[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  const column = <T>(pick: (entry: NewEntry) => T) => entries.map(pick);
  await sql`
    insert into ledger_entries (at, kind, publisher_id, subscription_id, meter, dimension, plan_id,
      term_start, term_unit, hour, to_hour, used, included, reported, remainder, included_quantity,
      basis, reason)
    select ${now}::timestamptz, * from unnest(
      ${column((e) => e.kind)}::text[], ${column((e) => e.publisherId)}::text[],
      ${column((e) => e.subscriptionId)}::text[], ${column((e) => e.meter)}::text[],
      ${column((e) => e.dimension)}::text[], ${column((e) => e.planId)}::text[],
      ${column((e) => e.termStart.toISOString())}::timestamptz[],
      ${column((e) => e.termUnit)}::text[], ${column((e) => e.hour.toISOString())}::timestamptz[],
      ${column((e) => e.toHour?.toISOString() ?? null)}::timestamptz[],
      ${column((e) => e.used)}::numeric[], ${column((e) => e.included)}::numeric[],
      ${column((e) => e.reported)}::numeric[], ${column((e) => e.remainder)}::numeric[],
      ${column((e) => e.includedQuantity)}::numeric[], ${column((e) => e.basis)}::text[],
      ${column((e) => e.reason)}::text[])`.execute(trx);
}

/** Units on a row that were rated under one plan and term. */
export interface RowPart extends Pick<
  NewEntry,
  'publisherId' | 'meter' | 'planId' | 'termStart' | 'termUnit'
> {
  readonly units: string;
}

/**
 * The units that a row still has, by plan and term: what was rated for it or moved to it, without what has left it.
 * Statements count what Microsoft accepted for the row in this order, so units leave from the last part.
 */
export async function partsOf(
  trx: Trx,
  { subscriptionId, dimension, hour }: HourKey,
): Promise<readonly RowPart[]> {
  const { rows } = await sql<RowPart>`
    with row_entries as (
      select * from ledger_entries
        where subscription_id = ${subscriptionId} and dimension = ${dimension} and hour = ${hour}
      union all
      select * from ledger_entries
        where subscription_id = ${subscriptionId} and dimension = ${dimension} and to_hour = ${hour}
          and to_hour <> hour
    )
    select publisher_id, plan_id, term_start, min(meter) as meter, max(term_unit) as term_unit,
        sum(change)::text as units
      from (
        select *, reported as change from row_entries
          where kind in ('rated', 'moved') and coalesce(to_hour, hour) = ${hour}
        union all
        select *, -reported from row_entries where kind in ('moved', 'given-up') and hour = ${hour}
      ) as changes
      group by publisher_id, plan_id, term_start
      having sum(change) > 0
      order by (plan_id = (select plan_id from usage_hours where subscription_id = ${subscriptionId}
        and dimension = ${dimension} and hour = ${hour})) desc, term_start, plan_id
  `.execute(trx);
  return rows;
}
