import { setTimeout as delay } from 'node:timers/promises';
import { notificationReceivedFact } from '@landfall/contracts/subjects';
import { DECISION_WINDOW_MS } from '@landfall/domain/operation';
import type { Bus, PublishReceipt } from '@landfall/service-kit/bus';
import type { Logger } from '@landfall/service-kit/log';
import { within } from '../deadline.ts';
import { watchStreamLoss, type IsStillKept } from './stream-loss.ts';
import type { Db } from '../db/schema.ts';
import { claimUnpublished, markPublished, type Publishable } from '../store/publications.ts';

/** One statement marks a batch; more in flight would only queue inside NATS. */
const BATCH = 100;
/** Beyond this the sweep takes over: the table is the queue, memory is a short cut. */
const MAX_PENDING = 10_000;
/** JetStream acknowledges within milliseconds; longer means that it is away. */
const PUBLISH_TIMEOUT_MS = 5_000;
/** How soon what an instance left behind is found: well before Microsoft's next attempt. */
const SWEEP_INTERVAL_MS = 2_000;
/** Longer than the way from the insert to the acknowledgement, so that nobody's work is done twice. */
const SWEEP_AFTER_MS = 5_000;
/** A notification that is being decided on is told afterwards; this long a decision never takes. */
const SWEEP_UNDECIDED_AFTER_MS = DECISION_WINDOW_MS + 2_000;
/** How long a claimed row is left to the instance that claimed it. */
const CLAIM_MS = 30_000;
/** Close does not wait for an absent NATS: what is left is swept by the next instance. */
const CLOSE_TIMEOUT_MS = 5_000;

export interface NotificationRelay extends AsyncDisposable {
  /** Publishes soon. What is lost here, by a crash or because NATS is away, is swept. */
  enqueue(notification: Publishable): void;
}

/**
 * Tells the worker of stored notifications. At least once: the message id is the same for every
 * attempt, so that JetStream and the worker's inbox recognise a second one. What JetStream confirms and
 * then loses is told again.
 */
export function startNotificationRelay(options: {
  db: Db;
  bus: Bus;
  log: Logger;
  now: () => Date;
}): NotificationRelay {
  const { db, bus, log, now } = options;
  const kept = watchStreamLoss(options);
  const pending: Publishable[] = [];
  const closing = new AbortController();
  let draining: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    // Leaves the turn in which the answer is being sent: publishing comes after it.
    await new Promise(setImmediate);
    while (pending.length > 0) {
      const isStillKept = await kept();
      await publishBatch(options, pending.splice(0, BATCH), isStillKept);
    }
  };

  const sweep = async (): Promise<void> => {
    let claimed = BATCH;
    while (claimed === BATCH && bus.isReady() && !closing.signal.aborted) {
      const isStillKept = await kept();
      const at = now();
      const rows = await claimUnpublished(db, {
        receivedBefore: new Date(at.getTime() - SWEEP_AFTER_MS),
        undecidedBefore: new Date(at.getTime() - SWEEP_UNDECIDED_AFTER_MS),
        now: at,
        claimUntil: new Date(at.getTime() + CLAIM_MS),
        limit: BATCH,
      });
      claimed = rows.length;
      if (rows.length > 0) await publishBatch(options, rows, isStillKept);
    }
  };

  const sweepForEver = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await sweep().catch((err: unknown) =>
        log.warn({ err }, 'sweep failed; the next one goes on'),
      );
      await delay(SWEEP_INTERVAL_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const sweeping = sweepForEver();

  return {
    enqueue(notification) {
      if (pending.length >= MAX_PENDING) return;
      pending.push(notification);
      draining ??= drain()
        .catch((err: unknown) => {
          pending.length = 0;
          log.warn({ err }, 'publishing failed; the sweep goes on');
        })
        .finally(() => {
          draining = undefined;
        });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      const rest = Promise.allSettled([draining, sweeping]);
      await within(CLOSE_TIMEOUT_MS, 'ingest.close-timeout', rest).catch(() => undefined);
    },
  };
}

async function publishBatch(
  { db, bus, log, now }: { db: Db; bus: Bus; log: Logger; now: () => Date },
  batch: readonly Publishable[],
  isStillKept: IsStillKept,
): Promise<void> {
  const published: { readonly id: string; readonly sequence: number }[] = [];
  let failure: unknown;
  await Promise.all(
    batch.map(async (notification) => {
      try {
        const receipt = publish(bus, notification);
        const { sequence } = await within(PUBLISH_TIMEOUT_MS, 'bus.publish-timeout', receipt);
        published.push({ id: notification.id, sequence });
      } catch (error: unknown) {
        failure = error;
      }
    }),
  );
  if (failure !== undefined) {
    log.warn({ err: failure, left: batch.length - published.length }, 'left to the sweep');
  }
  // What another NATS has confirmed is told again by the sweep.
  if (published.length === 0 || !isStillKept()) return;
  await markPublished(db, published, now());
  isStillKept();
}

async function publish(bus: Bus, notification: Publishable): Promise<PublishReceipt> {
  return await bus.publish(
    notificationReceivedFact,
    {
      notificationId: notification.id,
      publisherId: notification.publisher_id ?? undefined,
      operationId: notification.operation_id ?? undefined,
      subscriptionId: notification.subscription_id,
      action: notification.action,
      planId: notification.plan_id ?? undefined,
      quantity: notification.quantity,
      receivedAt: notification.received_at.toISOString(),
      replay: notification.replays === 0 ? undefined : notification.replays,
    },
    {
      messageId: messageId(notification),
      correlationId: notification.correlation_id,
      occurredAt: notification.received_at,
    },
  );
}

/** What a header value may hold; ids of another shape give way to our own. */
const SAFE_IN_HEADER = /^[\w.:-]{1,200}$/;

/**
 * The same for every attempt and instance: it says which notification, not which attempt. A replay by
 * hand is another message.
 */
export function messageId(
  notification: Pick<
    Publishable,
    'id' | 'publisher_id' | 'operation_id' | 'subscription_id' | 'action' | 'replays'
  >,
): string {
  const { id, publisher_id, operation_id, subscription_id, action, replays } = notification;
  const whose = publisher_id === null ? '' : `${publisher_id}:`;
  const natural = `${whose}${subscription_id}:${operation_id}:${action}`.toLowerCase();
  const name = operation_id !== null && SAFE_IN_HEADER.test(natural) ? natural : id;
  return replays === 0 ? name : `${name}:again-${replays}`;
}
