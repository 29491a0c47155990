import { sql, type RawBuilder } from 'kysely';
import type { CalendarKind } from '@landfall/contracts/calendar-procedures';
import type { Db } from '../db/schema.ts';

export interface CalendarWanted {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly kinds: readonly CalendarKind[];
  readonly publisherId: string | undefined;
  readonly offerId: string | undefined;
}

/** The place of an entry in the calendar. The order is by these fields, as texts. */
export interface CalendarKey {
  readonly at: string;
  readonly kind: string;
  readonly id: string;
}

export interface CalendarRow {
  readonly at: Date;
  readonly kind: CalendarKind;
  readonly id: string;
  readonly publisherId: string;
  readonly name: string;
  readonly offerId: string;
  readonly planId: string;
  readonly quantity: number | null;
  readonly isTest: boolean;
}

/** The calendar's kind of a timer. Timers with other kinds have no place in the calendar. */
const TIMER_KIND = sql`(case kind when 'provisioningEnd' then 'provisioningDue'
  when 'configurationEnd' then case when exists (select from subscriptions waiting
    where waiting.id = timers.subscription_id and waiting.state -> 'approval' ->> 'state' = 'waiting')
    then 'approvalDue' else 'configurationDue' end
  when 'suspensionEnd' then 'suspensionEnds' else 'erasure' end)`;
const IN_CALENDAR = sql`kind in ('provisioningEnd', 'configurationEnd', 'suspensionEnd',
  'retentionEnd', 'erasure')`;

interface Page {
  readonly after: CalendarKey | undefined;
  readonly limit: number;
}

/** Entries after `after`, in order. Both parts are read in index order, up to the limit. */
export async function listCalendar(
  db: Db['kysely'],
  wanted: CalendarWanted,
  page: Page,
): Promise<CalendarRow[]> {
  const { after, limit } = page;
  const ofPage = sql`${after ? sql`where (at, kind, id) > (${after.at}, ${after.kind}, ${after.id})` : sql``}
    order by at, kind, id limit ${limit}`;
  const { rows } = await sql<CalendarRow>`
    select found.at::timestamptz as at, found.kind, found.id, publisher_id, offer_id, plan_id,
      state ->> 'name' as name, (state ->> 'quantity')::int as quantity, is_test_purchase as is_test
    from ((select at, kind, id from (${termEnds(wanted, after)}) as terms ${ofPage})
      union all ${timerEnds(wanted, page)}) as found
    join subscriptions on subscriptions.id = found.id
    order by found.at, found.kind, found.id limit ${limit}`.execute(db);
  return rows;
}

/** The number of entries of each kind, by UTC day. */
export async function countCalendar(
  db: Db['kysely'],
  wanted: CalendarWanted,
): Promise<{ readonly day: string; readonly kind: CalendarKind; readonly count: number }[]> {
  const { rows } = await sql<{ day: string; kind: CalendarKind; count: number }>`
    select left(at, 10) as day, kind, count(*)::int as count
    from (${termEnds(wanted)} union all ${timerEnds(wanted)}) as found
    group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

/** Times are ISO text in UTC, as in `ends_key`, so that both parts compare alike. */
function termEnds(wanted: CalendarWanted, after?: CalendarKey): RawBuilder<unknown> {
  const { from, to, kinds, publisherId, offerId } = wanted;
  const start = after && after.at > from.toISOString() ? after.at : from.toISOString();
  return sql`select ends_key as at, term_end_kind as kind, id collate "C" as id from subscriptions
    where term_end_kind is not null and ends_key >= ${start} and ends_key < ${to.toISOString()}
      and term_end_kind = any(${kinds}) ${ofOffer(publisherId, offerId)}`;
}

/** A page is in the order of the index `timers_calendar`, so only its entries are formatted. */
function timerEnds(wanted: CalendarWanted, page?: Page): RawBuilder<unknown> {
  const { from, to, kinds, publisherId, offerId } = wanted;
  const after = page?.after;
  const start = after && after.at > from.toISOString() ? after.at : from.toISOString();
  const isLimited = publisherId !== undefined || offerId !== undefined;
  const owned = isLimited
    ? sql`and exists (select from subscriptions where subscriptions.id = timers.subscription_id
        ${ofOffer(publisherId, offerId)})`
    : sql``;
  const kind = sql`${TIMER_KIND} collate "C"`;
  const id = sql`subscription_id collate "C"`;
  const later = after
    ? sql`and (deadline, ${kind}, ${id}) > (${after.at}::timestamptz, ${after.kind}, ${after.id})`
    : sql``;
  return sql`select
      to_char(deadline at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') collate "C" as at,
      kind, id
    from (select distinct deadline, ${kind} as kind, ${id} as id from timers
      where ${IN_CALENDAR} and deadline >= ${start}::timestamptz and deadline < ${to}
        and ${TIMER_KIND} = any(${kinds}) ${owned} ${later}
      ${page ? sql`order by 1, 2, 3 limit ${page.limit}` : sql``}) as timers`;
}

function ofOffer(publisherId: string | undefined, offerId: string | undefined) {
  return sql`${publisherId === undefined ? sql`` : sql`and publisher_id = ${publisherId}`}
    ${offerId === undefined ? sql`` : sql`and offer_id = ${offerId}`}`;
}
