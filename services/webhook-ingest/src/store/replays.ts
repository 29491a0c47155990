import { sql, type RawBuilder } from 'kysely';
import type { HistoryEntry, Db } from '../db/schema.ts';
import { appendedHistory } from './history.ts';
import { isPublished } from './publications.ts';

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
 * Gives up to `limit` notifications, oldest first, a new publication each, which the sweep publishes. The row keeps who
 * requested the replay. Rows are locked in the same order as for deliveries. A notification that was replayed meanwhile is
 * left out. Returns the number of replayed notifications.
 */
export async function replayNotifications(
  db: Db,
  wanted: ReplayWanted,
  replay: { readonly requestedBy: string; readonly at: Date; readonly limit: number },
): Promise<number> {
  const entry: HistoryEntry = { at: replay.at.toISOString(), by: replay.requestedBy };
  const { numAffectedRows } = await sql`
    with seen as materialized (
      select id, publication_id from notifications where ${replayable(wanted)}
      order by received_at, id limit ${replay.limit}),
    chosen as materialized (
      select notifications.id, gen_random_uuid() as publication, ${JSON.stringify([entry])}::jsonb as entry
      from notifications join seen on seen.id = notifications.id
        and seen.publication_id is not distinct from notifications.publication_id
      order by notifications.dedupe_key for update of notifications),
    queued as (
      insert into publications (id, notification_ids, due_at)
      select publication, array[id], now() from chosen)
    update notifications set publication_id = chosen.publication, replays = notifications.replays + 1,
      history = ${sql.raw(appendedHistory('notifications', 'chosen.entry'))}
    from chosen where notifications.id = chosen.id`.execute(db.kysely);
  return Number(numAffectedRows ?? 0);
}

/** Notifications that are not published yet are left to the sweep. */
function replayable(wanted: ReplayWanted): RawBuilder<unknown> {
  const { publisherId, notificationId, subscriptionId, action, since, until } = wanted;
  const conditions = [sql`subscription_id is not null`, isPublished];
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
