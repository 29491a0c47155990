import type { z } from 'zod';
import type { IngestProcedures, notificationView } from '@landfall/contracts/ingest-procedures.ts';
import type { Handlers } from '@landfall/contracts/procedures.ts';
import { Rejection } from '@landfall/contracts/rejections.ts';
import type { CallerCounters } from '../caller-counters.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { withoutPersonalData } from '../personal-data.ts';
import {
  countUnpublished,
  findNotification,
  listNotifications,
  type Db,
  type NotificationRow,
} from '../store.ts';

/** What operators may ask about notifications. */
export function notificationHandlers(deps: {
  db: Db;
  counters: CallerCounters;
}): Handlers<IngestProcedures> {
  const { db, counters } = deps;
  return {
    notifications: {
      async list({ cursor, limit, subscriptionId, action }) {
        const before = cursor === undefined ? undefined : decodeCursor(cursor);
        if (before instanceof Rejection) return before;
        // One more than asked for tells whether there is a next page.
        const rows = await listNotifications(db, {
          subscriptionId,
          action,
          before,
          limit: limit + 1,
        });
        const page = rows.slice(0, limit);
        const last = page.at(-1);
        return {
          items: page.map(viewOf),
          ...(last && rows.length > limit ? { nextCursor: encodeCursor(last) } : {}),
        };
      },
      async get({ notificationId }) {
        const row = await findNotification(db, notificationId);
        if (!row) return new Rejection('notification.not-found', 'There is no such notification.');
        return { ...viewOf(row), body: withoutPersonalData(row.body) };
      },
      async counters() {
        return { ...counters.snapshot(), unpublished: await countUnpublished(db) };
      },
    },
  };
}

function viewOf(row: NotificationRow): z.output<typeof notificationView> {
  return {
    id: row.id,
    operationId: row.operation_id ?? undefined,
    subscriptionId: row.subscription_id ?? undefined,
    action: row.action,
    receivedAt: row.received_at.toISOString(),
    deliveries: row.deliveries,
    lastDeliveredAt: row.last_delivered_at.toISOString(),
    verdict: row.verdict,
    reason: row.reason ?? undefined,
    problems: row.problems,
    publishedAt: row.published_at?.toISOString(),
  };
}
