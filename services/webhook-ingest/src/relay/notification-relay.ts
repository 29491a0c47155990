import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import { notificationReceivedFact } from '@landfall/contracts/subjects';
import { DECISION_WINDOW_MS } from '@landfall/domain/operation';
import type { RelayMessage, RelaySource } from '@landfall/service-kit/relay';
import type { Db } from '../db/schema.ts';
import {
  adoptUnpublished,
  claimPublications,
  markPublished,
  requeueLost,
  type Publication,
  type Publishable,
} from '../store/publications.ts';

/** Longer than the way from the insert to JetStream's confirmation, so that no notification is published twice. */
const SWEEP_AFTER_MS = 5_000;
/** A notification that is being decided on is published afterwards. No decision takes this long. */
const SWEEP_UNDECIDED_AFTER_MS = DECISION_WINDOW_MS + 2_000;
/** How long a claimed row is left to the instance that claimed it. */
const CLAIM_MS = 30_000;

/** The time from which the sweep publishes a notification, if the instance that stored it has not done so. */
export function sweptFrom(storedAt: Date, isDecidedOn: boolean): string {
  const afterMs = isDecidedOn ? SWEEP_UNDECIDED_AFTER_MS : SWEEP_AFTER_MS;
  return new Date(storedAt.getTime() + afterMs).toISOString();
}

/**
 * Stored publications, for the relay. Instances claim rows for a while instead of taking turns, because
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
          await adoptUnpublished(db, {
            receivedBefore: new Date(at.getTime() - SWEEP_AFTER_MS),
            undecidedBefore: new Date(at.getTime() - SWEEP_UNDECIDED_AFTER_MS),
            now: claimedAt,
            limit,
          });
          const claimUntil = new Date(claimedAt.getTime() + CLAIM_MS);
          const claimed = await claimPublications(db, { now: claimedAt, claimUntil, limit });
          return claimed.map(messageOf);
        },
        markPublished: (published) => markPublished(db, published, machineNow()),
        requeueLost: (stateOf) => requeueLost(db, stateOf),
      }),
  };
}

/**
 * The message that reports notifications to the worker. Its id is the publication's, whichever instance publishes it, so
 * that JetStream and the worker's inbox recognise a duplicate.
 */
export function messageOf({ id, notifications }: Publication): RelayMessage {
  const [first] = notifications;
  if (!first) throw new Error('a publication has no notifications');
  return {
    id,
    subject: notificationReceivedFact.subject,
    body: JSON.stringify({ notifications: notifications.map(factOf) }),
    messageId: id,
    correlationId: first.correlationId,
    occurredAt: first.receivedAt,
    // The message itself belongs to one trace. Each notification in it continues its own.
    traceParent:
      notifications.find(({ traceParent }) => traceParent !== null)?.traceParent ?? undefined,
  };
}

function factOf(notification: Publishable): NotificationReceived {
  return {
    notificationId: notification.id,
    publisherId: notification.publisherId ?? undefined,
    operationId: notification.operationId ?? undefined,
    subscriptionId: notification.subscriptionId,
    action: notification.action,
    planId: notification.planId ?? undefined,
    quantity: notification.quantity,
    receivedAt: notification.receivedAt.toISOString(),
    replay: notification.replays === 0 ? undefined : notification.replays,
    correlationId: notification.correlationId,
    traceParent: notification.traceParent ?? undefined,
  };
}
