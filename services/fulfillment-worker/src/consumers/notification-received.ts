import { fulfillmentNotifications } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import { once } from '@landfall/service-kit/inbox';
import type { Db } from '../db/schema.ts';
import { addTask } from '../store/tasks.ts';

/** Each message is one short transaction; more at once than there are connections would only wait. */
const CONCURRENCY = 8;

/**
 * Puts each stored notification into its subscription's lane, once. The message is acknowledged after the
 * commit: after a crash in between it comes again, and the inbox skips it.
 */
export async function consumeNotifications(options: {
  readonly bus: Bus;
  readonly db: Db;
  readonly wakeLanes: () => void;
}): Promise<AsyncDisposable> {
  const { bus, db, wakeLanes } = options;
  return await bus.consume(
    fulfillmentNotifications,
    async (notification, envelope) => {
      await inTransaction(db, async (trx) => {
        const { durable } = fulfillmentNotifications;
        if (!(await once(trx, durable, envelope.messageId))) return;
        const { notificationId, operationId, action, receivedAt, replay } = notification;
        const { publisherId, planId, quantity } = notification;
        const hint = { operationId: operationId?.toLowerCase(), action, planId, quantity };
        await addTask(trx, {
          subscriptionId: notification.subscriptionId.toLowerCase(),
          kind: 'notification',
          payload: { ...hint, receivedAt, publisherId },
          correlationId: envelope.correlationId,
          dedupeKey: `notification:${notificationId}${replay === undefined ? '' : `:${replay}`}`,
        });
      });
      wakeLanes();
    },
    { concurrency: CONCURRENCY },
  );
}
