import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import { fulfillmentNotifications } from '@landfall/contracts/streams';
import { isFault } from '@landfall/domain/fault';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import { once } from '@landfall/service-kit/inbox';
import type { Db } from '../db/schema.ts';
import { addTask, addTasks, type NewTask } from '../store/tasks.ts';

/** Each message is one short transaction; more at once than there are connections would only wait. */
const CONCURRENCY = 8;

/**
 * Puts each stored notification into its subscription's lane, once. One transaction adds all notifications of a message, and the
 * message is acknowledged after the commit. After a crash in between, it comes again and the inbox skips it.
 */
export async function consumeNotifications(options: {
  readonly bus: Bus;
  readonly db: Db;
  readonly wakeLanes: () => void;
}): Promise<AsyncDisposable> {
  const { bus, db, wakeLanes } = options;
  return await bus.consume(
    fulfillmentNotifications,
    async ({ notifications }, { messageId, correlationId }) => {
      const tasks = notifications.map((notification) => taskOf(notification, correlationId));
      try {
        await inTransaction(db, async (trx) => {
          if (await once(trx, fulfillmentNotifications.durable, messageId)) {
            await addTasks(trx, tasks);
          }
        });
      } catch (error) {
        if (isFault(error) || tasks.length === 1) throw error;
        await addOneByOne(db, tasks);
      } finally {
        wakeLanes();
      }
    },
    { concurrency: CONCURRENCY },
  );
}

/**
 * Adds each task that can be added, so that one bad notification does not fail the others. Then throws if a task failed, so that
 * the message becomes a dead letter. If the dead letter is published again, tasks that exist already are skipped by their keys.
 */
async function addOneByOne(db: Db, tasks: readonly NewTask[]): Promise<void> {
  const failures: unknown[] = [];
  for (const task of tasks) {
    try {
      await inTransaction(db, (trx) => addTask(trx, task));
    } catch (error) {
      if (isFault(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function taskOf(notification: NotificationReceived, messageCorrelationId: string): NewTask {
  const { notificationId, operationId, action, receivedAt, replay } = notification;
  const { publisherId, planId, quantity, correlationId = messageCorrelationId } = notification;
  const hint = { operationId: operationId?.toLowerCase(), action, planId, quantity };
  return {
    subscriptionId: notification.subscriptionId.toLowerCase(),
    kind: 'notification',
    payload: { ...hint, receivedAt, publisherId },
    correlationId,
    dedupeKey: `notification:${notificationId}${replay === undefined ? '' : `:${replay}`}`,
  };
}
