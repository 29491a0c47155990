import { withOneRepeat } from '@landfall/service-kit/database';
import { createGroupCommit, type GroupCommit } from '@landfall/service-kit/group-commit';
import type { Relay } from '@landfall/service-kit/relay';
import type { Db } from '../db/schema.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { timeOrderedId } from '../delivery/time-ordered-id.ts';
import { messageOf, sweptFrom } from '../relay/notification-relay.ts';
import { createArrivals } from '../store/arrivals.ts';
import {
  storeDeliveries,
  type PublishedDelivery,
  type StoredDelivery,
} from '../store/deliveries.ts';
import type { Publishable } from '../store/publications.ts';

/**
 * The most characters that the action and plan of a notification in a group may have. Microsoft's are shorter. A message of
 * the largest group is then well below the limit of NATS (1 MB), even if every character has to be escaped.
 */
const MAX_GROUPED_LENGTH = 1_000;

/** Takes deliveries. `add` resolves when the delivery is durable. */
export interface Intake extends GroupCommit<Delivery, StoredDelivery> {
  /** Publishes a notification that was not published with its group, because it had to be decided on. */
  publishDecided(stored: StoredDelivery, delivery: Delivery): void;
}

/**
 * Stores deliveries that arrive together with one statement, and then publishes them with one message. A notification that
 * needs a decision gets a publication of its own, and is published after the decision. The sweep publishes what a crash left
 * behind.
 */
export function createIntake(parts: {
  readonly db: Pick<Db, 'pool'>;
  readonly relay: Pick<Relay, 'publishSoon'>;
  readonly machineNow: () => Date;
}): Intake {
  const { db, relay, machineNow } = parts;
  const arrivals = createArrivals(db);
  const commit = createGroupCommit<Delivery, StoredDelivery>(async (deliveries) => {
    // A repeated statement has the same ids, so it cannot publish anything twice.
    const groupId = timeOrderedId();
    const at = machineNow();
    const swept = { accepted: sweptFrom(at, false), decidedOn: sweptFrom(at, true) };
    const rows = deliveries.map((delivery): PublishedDelivery => {
      return {
        delivery,
        publicationId: publicationOf(delivery, groupId),
        sweptFrom: delivery.judgement === 'none' ? swept.accepted : swept.decidedOn,
      };
    });
    const stored = await withOneRepeat(async () => {
      await arrivals.store(deliveries);
      return await storeDeliveries(db, rows);
    });
    publish(relay, rows, stored);
    return stored;
  });
  return {
    add: (delivery) => commit.add(delivery),
    publishDecided({ isFirst, publicationId: id }, delivery) {
      if (id === null || !isFirst) return;
      relay.publishSoon(messageOf({ id, notifications: [publishableOf(delivery)] }));
    },
  };
}

function publicationOf(delivery: Delivery, groupId: string): string | null {
  const { subscriptionId, judgement, action, planId = '' } = delivery;
  if (subscriptionId === undefined) return null;
  const isGrouped = judgement === 'none' && action.length + planId.length <= MAX_GROUPED_LENGTH;
  return isGrouped ? groupId : timeOrderedId();
}

/** Publishes the notifications that were stored for the first time and need no decision. */
function publish(
  relay: Pick<Relay, 'publishSoon'>,
  rows: readonly PublishedDelivery[],
  stored: readonly StoredDelivery[],
): void {
  const byPublication = new Map<string, Publishable[]>();
  for (const [index, { delivery, publicationId }] of rows.entries()) {
    if (publicationId === null || delivery.judgement !== 'none') continue;
    if (!stored[index]?.isFirst) continue;
    const notifications = byPublication.get(publicationId);
    if (notifications) notifications.push(publishableOf(delivery));
    else byPublication.set(publicationId, [publishableOf(delivery)]);
  }
  for (const [id, notifications] of byPublication) {
    relay.publishSoon(messageOf({ id, notifications }));
  }
}

function publishableOf(delivery: Delivery): Publishable {
  const { id, publisherId, operationId, subscriptionId = '', planId } = delivery;
  const { action, quantity, correlationId, traceParent = null, receivedAt } = delivery;
  return {
    id,
    publisherId: publisherId ?? null,
    operationId: operationId ?? null,
    subscriptionId,
    action,
    planId: planId ?? null,
    quantity,
    correlationId,
    traceParent,
    receivedAt,
    replays: 0,
  };
}
