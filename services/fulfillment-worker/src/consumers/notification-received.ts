import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import { fulfillmentNotifications } from '@landfall/contracts/streams';
import { isFault } from '@landfall/domain/fault';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import { isLockTimeout } from '@landfall/service-kit/database-faults';
import { once } from '@landfall/service-kit/inbox';
import { nearestTraceParent } from '@landfall/service-kit/tracing';
import type { Db } from '../db/schema.ts';
import { addTask, addTasks, boundLockWait, type NewTask } from '../store/tasks.ts';

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
      const isGroup = tasks.length > 1;
      try {
        await inTransaction(db, async (trx) => {
          if (isGroup) await boundLockWait(trx);
          if (await once(trx, fulfillmentNotifications.durable, messageId)) {
            await addTasks(trx, tasks);
          }
        });
      } catch (error) {
        if (!isGroup || (isFault(error) && !isLockTimeout(error))) throw error;
        await addOneByOne(db, tasks);
      } finally {
        wakeLanes();
      }
    },
    { concurrency: CONCURRENCY },
  );
}

/**
 * Adds each task that can be added, so that one bad notification or one locked lane does not hold up the others. Tasks for locked
 * lanes come last. Throws at the end if a task failed, so that the message becomes a dead letter. If the dead letter is published
 * again, tasks that exist already are skipped by their keys.
 */
async function addOneByOne(db: Db, tasks: readonly NewTask[]): Promise<void> {
  const failures: unknown[] = [];
  const locked: NewTask[] = [];
  const add = async (task: NewTask, isBounded: boolean): Promise<void> => {
    try {
      await inTransaction(db, async (trx) => {
        if (isBounded) await boundLockWait(trx);
        await addTask(trx, task);
      });
    } catch (error) {
      if (isBounded && isLockTimeout(error)) locked.push(task);
      else if (isFault(error)) throw error;
      else failures.push(error);
    }
  };
  for (const task of tasks) await add(task, true);
  for (const task of locked) await add(task, false);
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
    traceParent: nearestTraceParent(notification.traceParent) ?? null,
    dedupeKey: `notification:${notificationId}${replay === undefined ? '' : `:${replay}`}`,
  };
}
