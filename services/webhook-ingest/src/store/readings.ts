import { sql } from 'kysely';
import { lastDays, MAX_COUNTED } from '@landfall/service-kit/common-readings';
import type { Db } from '../db/schema.ts';

/** How many unreadable notifications have arrived since then; counting stops at the kit's bound. */
export async function countUnreadable(db: Db, since: Date): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 from notifications where unreadable and received_at > ${since}
      limit ${MAX_COUNTED}) as recent`.execute(db.kysely);
  return rows[0]?.count;
}

/** How many notifications wait to be published, and since when; counting stops at the kit's bound. */
export async function readBacklog(
  db: Db,
  publisherId?: string,
): Promise<{ readonly waiting: number; readonly oldest: Date | null } | undefined> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
    select count(*)::int as waiting, min(received_at) as oldest from (
      (select received_at from (
          select notification_ids from publications where published_at is null
          order by due_at limit ${MAX_COUNTED}) as publication
        join notifications on notifications.id = any(notification_ids)
        where ${of(publisherId)} order by received_at limit ${MAX_COUNTED})
      union all
      (select received_at from notifications
        where published_at is null and subscription_id is not null and ${of(publisherId)}
        order by received_at limit ${MAX_COUNTED})) as unpublished
  `.execute(db.kysely);
  return rows[0];
}

export interface NotificationDay {
  readonly day: string;
  readonly received: number;
  readonly refused: number;
}

/** Notifications by UTC day, earliest first; counting a day stops at the kit's bound. */
export async function countDays(
  db: Db,
  wanted: {
    readonly days: number;
    readonly until: Date;
    readonly publisherId?: string | undefined;
  },
): Promise<readonly NotificationDay[]> {
  const { days, until, publisherId } = wanted;
  const { rows } = await sql<NotificationDay>`
    select days.day, counted.received, counted.refused
    from ${lastDays(days, until)} as days
    cross join lateral (
      select count(*)::int as received,
        (count(*) filter (where verdict = 'refused'))::int as refused
      from (select verdict from notifications
        where received_at >= days.since and received_at < days.until and ${of(publisherId)}
        limit ${MAX_COUNTED}) as found) as counted
    order by days.day`.execute(db.kysely);
  return rows;
}

/** When the newest notification arrived. */
export async function lastReceived(db: Db, publisherId?: string): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    select received_at as at from notifications where ${of(publisherId)}
    order by received_at desc limit 1`.execute(db.kysely);
  return rows[0]?.at;
}

function of(publisherId: string | undefined) {
  return publisherId === undefined ? sql`true` : sql`publisher_id = ${publisherId}`;
}
