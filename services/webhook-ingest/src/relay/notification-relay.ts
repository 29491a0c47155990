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
export function notificationSource(db: Db, now: () => Date): RelaySource {
  return {
    inTurn: (work) =>
      work({
        async claim(limit) {
          const at = now();
          const rows = await claimUnpublished(db, {
            receivedBefore: new Date(at.getTime() - SWEEP_AFTER_MS),
            undecidedBefore: new Date(at.getTime() - SWEEP_UNDECIDED_AFTER_MS),
            now: at,
            claimUntil: new Date(at.getTime() + CLAIM_MS),
            limit,
          });
          return rows.map(messageOf);
        },
        markPublished: (published) => markPublished(db, published, now()),
        requeueLost: (stateOf) => requeueLost(db, stateOf),
      }),
  };
}

/** The fact that tells the worker of a notification. */
export function messageOf(notification: Publishable): RelayMessage {
  const fact: NotificationReceived = {
    notificationId: notification.id,
    publisherId: notification.publisher_id ?? undefined,
    operationId: notification.operation_id ?? undefined,
    subscriptionId: notification.subscription_id,
    action: notification.action,
    planId: notification.plan_id ?? undefined,
    quantity: notification.quantity,
    receivedAt: notification.received_at.toISOString(),
    replay: notification.replays === 0 ? undefined : notification.replays,
  };
  return {
    id: notification.id,
    subject: notificationReceivedFact.subject,
    body: JSON.stringify(fact),
    messageId: messageId(notification),
    correlationId: notification.correlation_id,
    occurredAt: notification.received_at,
  };
}

/** Characters that are safe in a header value. Our own id replaces ids with others. */
const SAFE_IN_HEADER = /^[\w.:-]{1,200}$/;

/**
 * Identifies the notification, not the attempt: it is the same on every instance, so that JetStream and the worker's
 * inbox recognise a duplicate. A replay has a different message id.
 */
function messageId(notification: Publishable): string {
  const { id, publisher_id, operation_id, subscription_id, action, replays } = notification;
  const publisher = publisher_id === null ? '' : `${publisher_id}:`;
  const natural = `${publisher}${subscription_id}:${operation_id}:${action}`.toLowerCase();
  const name = operation_id !== null && SAFE_IN_HEADER.test(natural) ? natural : id;
  return replays === 0 ? name : `${name}:again-${replays}`;
}
