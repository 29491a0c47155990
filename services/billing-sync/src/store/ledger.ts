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

/** How the units of a row were rated: the last of its entries. Undefined if it has none. */
export async function ratingOf(
  trx: Trx,
  { subscriptionId, dimension, hour }: HourKey,
): Promise<
  Pick<NewEntry, 'publisherId' | 'meter' | 'planId' | 'termStart' | 'termUnit'> | undefined
> {
  return await trx
    .selectFrom('ledgerEntries')
    .select(['publisherId', 'meter', 'planId', 'termStart', 'termUnit'])
    .where('subscriptionId', '=', subscriptionId)
    .where('dimension', '=', dimension)
    .where('toHour', '=', hour)
    .where((is) => is.or([is('hour', '=', hour), is('toHour', '<>', is.ref('hour'))]))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}
