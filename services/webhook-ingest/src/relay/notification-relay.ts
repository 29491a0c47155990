import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import { notificationReceivedFact } from '@landfall/contracts/subjects';
import { DECISION_WINDOW_MS } from '@landfall/domain/operation';
import type { RelayMessage, RelaySource } from '@landfall/service-kit/relay';
import type { Db } from '../db/schema.ts';
import {
  claimUnpublished,
  markPublished,
  requeueLost,
  type Publishable,
} from '../store/publications.ts';

/** Longer than the way from the insert to JetStream's confirmation, so that no notification is published twice. */
const SWEEP_AFTER_MS = 5_000;
/** A notification that is being decided on is published afterwards. No decision takes this long. */
const SWEEP_UNDECIDED_AFTER_MS = DECISION_WINDOW_MS + 2_000;
/** How long a claimed row is left to the instance that claimed it. */
const CLAIM_MS = 30_000;

/**
 * Stored notifications, for the relay. Instances claim rows for a while instead of taking turns, because
 * notifications need no order: the worker reads Microsoft's record.
 */
export function notificationSource(
  db: Db,
  { now, machineNow }: { readonly now: () => Date; readonly machineNow: () => Date },
): RelaySource {
  return {
    inTurn: (work) =>
      work({
        async claim(limit) {
          const at = now();
          const claimedAt = machineNow();
          const rows = await claimUnpublished(db, {
            receivedBefore: new Date(at.getTime() - SWEEP_AFTER_MS),
            undecidedBefore: new Date(at.getTime() - SWEEP_UNDECIDED_AFTER_MS),
            now: claimedAt,
            claimUntil: new Date(claimedAt.getTime() + CLAIM_MS),
            limit,
          });
          return rows.map(messageOf);
        },
        markPublished: (published) => markPublished(db, published, machineNow()),
        requeueLost: (stateOf) => requeueLost(db, stateOf),
      }),
  };
}

/** The fact that reports a notification to the worker. */
export function messageOf(notification: Publishable): RelayMessage {
  const fact: NotificationReceived = {
    notificationId: notification.id,
    publisherId: notification.publisherId ?? undefined,
    operationId: notification.operationId ?? undefined,
    subscriptionId: notification.subscriptionId,
    action: notification.action,
    planId: notification.planId ?? undefined,
    quantity: notification.quantity,
    receivedAt: notification.receivedAt.toISOString(),
    replay: notification.replays === 0 ? undefined : notification.replays,
  };
  return {
    id: notification.id,
    subject: notificationReceivedFact.subject,
    body: JSON.stringify(fact),
    messageId: messageId(notification),
    correlationId: notification.correlationId,
    occurredAt: notification.receivedAt,
  };
}

/** Characters that are safe in a header value. Our own id replaces ids with others. */
const SAFE_IN_HEADER = /^[\w.:-]{1,200}$/;

/**
 * Identifies the notification, not the attempt: it is the same on every instance, so that JetStream and the worker's
 * inbox recognise a duplicate. A replay has a different message id.
 */
function messageId(notification: Publishable): string {
  const { id, publisherId, operationId, subscriptionId, action, replays } = notification;
  const publisher = publisherId === null ? '' : `${publisherId}:`;
  const natural = `${publisher}${subscriptionId}:${operationId}:${action}`.toLowerCase();
  const name = operationId !== null && SAFE_IN_HEADER.test(natural) ? natural : id;
  return replays === 0 ? name : `${name}:again-${replays}`;
}
