import { sql, type RawBuilder } from 'kysely';
import type { HistoryEntry, Db } from '../db/schema.ts';
import { appendedHistory } from './history.ts';

export interface ReplayWanted {
  readonly publisherId: string | undefined;
  readonly notificationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly action?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export async function countReplayable(db: Db, wanted: ReplayWanted): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from notifications where ${replayable(wanted)}`.execute(
    db.kysely,
  );
  return rows[0]?.count ?? 0;
}

/** The first notifications that would be replayed, in that order. */
export async function nameReplayable(db: Db, wanted: ReplayWanted, limit: number) {
  const { rows } = await sql<{ notificationId: string; subscriptionId: string; action: string }>`
    select id as "notificationId", subscription_id as "subscriptionId", action
    from notifications where ${replayable(wanted)}
    order by received_at, id limit ${limit}`.execute(db.kysely);
  return rows;
}

/**
 * Marks up to `limit` notifications as unpublished, oldest first; the sweep publishes them under their next message id.
 * The row keeps who requested it. Rows are locked in the same order as by deliveries. Returns how many there were.
 */
export async function replayNotifications(
  db: Db,
  wanted: ReplayWanted,
  replay: { readonly requestedBy: string; readonly at: Date; readonly limit: number },
): Promise<number> {
  const entry: HistoryEntry = { at: replay.at.toISOString(), by: replay.requestedBy };
  const { numAffectedRows } = await sql`
    with added as (select ${JSON.stringify([entry])}::jsonb as entry)
    update notifications set published_at = null, claimed_until = null,
      replays = notifications.replays + 1,
      history = ${sql.raw(appendedHistory('notifications', 'added.entry'))}
    from added
    where id in (
      select id from notifications where id in (
        select id from notifications where ${replayable(wanted)}
        order by received_at, id limit ${replay.limit})
      order by dedupe_key for update)
      and published_at is not null`.execute(db.kysely);
  return Number(numAffectedRows ?? 0);
}

/** Notifications that are not published yet are left to the sweep. */
function replayable(wanted: ReplayWanted): RawBuilder<unknown> {
  const { publisherId, notificationId, subscriptionId, action, since, until } = wanted;
  const conditions = [sql`published_at is not null and subscription_id is not null`];
  if (publisherId !== undefined) conditions.push(sql`publisher_id = ${publisherId}`);
  if (notificationId !== undefined) conditions.push(sql`id = ${notificationId}`);
  if (subscriptionId !== undefined) {
    conditions.push(sql`subscription_id = ${subscriptionId.toLowerCase()}`);
  }
  if (action !== undefined) conditions.push(sql`lower(action) = ${action.toLowerCase()}`);
  if (since) conditions.push(sql`received_at >= ${since}`);
  if (until) conditions.push(sql`received_at < ${until}`);
  return sql.join(conditions, sql` and `);
}
