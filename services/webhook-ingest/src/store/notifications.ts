import { type Selectable, sql } from 'kysely';
import type { Db, NotificationsTable, Verdict } from '../db/schema.ts';

export type NotificationRow = Selectable<NotificationsTable>;

/** Notifications, newest first, after the last one of the previous page. */
export async function listNotifications(
  db: Db,
  filter: {
    publisherId: string | undefined;
    subscriptionId?: string | undefined;
    action?: string | undefined;
    operationId?: string | undefined;
    verdict?: Verdict | undefined;
    isUnreadable?: boolean | undefined;
    /** At or after `since`, before `until`. */
    since?: Date | undefined;
    until?: Date | undefined;
    before?: { at: Date; id: string } | undefined;
    limit: number;
  },
): Promise<readonly NotificationRow[]> {
  let query = selectNotifications(db)
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit);
  const { publisherId, subscriptionId, action, before } = filter;
  const { operationId, verdict, isUnreadable, since, until } = filter;
  if (operationId !== undefined) query = query.where('operationId', '=', operationId);
  if (verdict !== undefined) query = query.where('verdict', '=', verdict);
  if (isUnreadable !== undefined) query = query.where('unreadable', '=', isUnreadable);
  if (since) query = query.where('receivedAt', '>=', since);
  if (until) query = query.where('receivedAt', '<', until);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (subscriptionId !== undefined) {
    query = query.where('subscriptionId', '=', subscriptionId.toLowerCase());
  }
  if (action !== undefined) query = query.where(sql`lower(action)`, '=', action.toLowerCase());
  if (before !== undefined) {
    query = query.where(sql<boolean>`(received_at, id) < (${before.at}, ${before.id}::uuid)`);
  }
  return query.execute();
}

export async function findNotification(db: Db, id: string): Promise<NotificationRow | undefined> {
  return selectNotifications(db).where('id', '=', id).executeTakeFirst();
}

/** `publishedAt`: when the latest publication was confirmed; null until then. */
function selectNotifications(db: Db) {
  return db.kysely
    .selectFrom('notifications')
    .selectAll()
    .select(
      // If several columns have the same name, the last one wins.
      sql<Date | null>`case when publication_id is null then notifications.published_at else (
        select publications.published_at from publications where publications.id = publication_id) end`.as(
        'publishedAt',
      ),
    );
}

/** Publisher whose webhook was called: null if it was not stored, undefined for an unknown notification. */
export async function publisherOf(db: Db, id: string): Promise<string | null | undefined> {
  const query = db.kysely.selectFrom('notifications').select('publisherId').where('id', '=', id);
  return (await query.executeTakeFirst())?.publisherId;
}
