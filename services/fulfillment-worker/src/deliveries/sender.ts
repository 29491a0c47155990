import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { claimDeliveries, type ClaimedDelivery } from '../store/claim-deliveries.ts';
import type { NameLookup } from './name-lookup.ts';
import { observeAnswer } from './observe-answer.ts';
import { postEvent } from './post-event.ts';
import { saveAttempt } from './save-attempt.ts';
import { signedHeaders } from './sign.ts';

/** Finds due retries, expired leases and lost wake-ups. */
const SWEEP_MS = 1000;
/** Standard Webhooks recommends 15 to 30 s; receivers should store first and work later. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** Far longer than an attempt and its saving. After a crash an event waits at most this long. */
const LEASE_MS = 60_000;
/** Per process. Enough to hide a receiver's latency, few enough not to flood it after an outage. */
const PER_DESTINATION = 8;
/**
 * Deliveries that are claimed together, once there are places for all of them. One statement claims several, and
 * the other half of the places is busy meanwhile.
 */
const CLAIM_AT_ONCE = PER_DESTINATION / 2;
/** Per process and publisher. A few receivers that never answer must not use the places of other publishers. */
const PER_PUBLISHER = 32;
/** When the service stops, running attempts get this long. The others are repeated after their lease. */
const CLOSE_DEADLINE_MS = 5_000;

export interface SenderOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  /** For signatures, which the receiver checks against its own clock. Absent: the same as `now`. */
  readonly machineNow?: (() => Date) | undefined;
  /** The marketplace is on this machine, so destinations may be too. */
  readonly isLocal: boolean;
  readonly lookup: NameLookup;
  readonly timeoutMs?: number;
}

export interface Sender extends AsyncDisposable {
  /** Call it after events were committed or an attempt was requested. */
  wake(): void;
}

/**
 * Posts due deliveries, in any number of processes. Each attempt has one holder, and a crash between post and
 * saving repeats the event under the same id. Closing lets running attempts finish.
 */
export function startSender(options: SenderOptions): Sender {
  const { db, log, now } = options;
  const perDestination = new Map<string, number>();
  const perPublisher = new Map<string, number>();
  const failing = new Set<string>();
  const running = new Set<Promise<void>>();

  const isBusy = (destinationId: string): boolean => {
    // While a destination fails, the attempts of one claim are enough to find out if it works again.
    const others = failing.has(destinationId) ? 0 : PER_DESTINATION - CLAIM_AT_ONCE;
    return (perDestination.get(destinationId) ?? 0) > others;
  };
  const isPublisherBusy = (publisherId: string): boolean =>
    (perPublisher.get(publisherId) ?? 0) > PER_PUBLISHER - CLAIM_AT_ONCE;

  const loop = startLoop({
    name: 'deliveries',
    everyMs: SWEEP_MS,
    log,
    async run() {
      const claimedAt = performance.now();
      const claimed = await claimDeliveries(db.kysely, {
        now: now(),
        leaseMs: LEASE_MS,
        perDestination: CLAIM_AT_ONCE,
        busy: [...perDestination.keys()].filter(isBusy),
        busyPublishers: [...perPublisher.keys()].filter(isPublisherBusy),
      });
      for (const delivery of claimed) start(delivery, claimedAt);
      if (claimed.length > 0) loop.wake();
    },
  });

  function start(delivery: ClaimedDelivery, claimedAt: number): void {
    const { id: deliveryId, destinationId, publisherId } = delivery;
    if (delivery.isFailing) failing.add(destinationId);
    else failing.delete(destinationId);
    count(perDestination, destinationId, 1);
    count(perPublisher, publisherId ?? ALL_PUBLISHERS, 1);
    const sent = send(options, delivery, claimedAt)
      .catch((error: unknown) =>
        log.warn({ err: error, deliveryId }, 'could not save an attempt; it will be repeated'),
      )
      .finally(() => {
        count(perDestination, destinationId, -1);
        count(perPublisher, publisherId ?? ALL_PUBLISHERS, -1);
        if (!perDestination.has(destinationId)) failing.delete(destinationId);
        running.delete(sent);
        if (!isBusy(destinationId)) loop.wake();
      });
    running.add(sent);
  }

  return {
    wake: () => loop.wake(),
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      const ended = Promise.all(running);
      await Promise.race([ended, delay(CLOSE_DEADLINE_MS, undefined, { ref: false })]);
    },
  };
}

/** Destinations for all publishers are counted together, under a name that no publisher has. */
const ALL_PUBLISHERS = '';

function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const left = (counts.get(key) ?? 0) + by;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}

async function send(
  options: SenderOptions,
  delivery: ClaimedDelivery,
  claimedAt: number,
): Promise<void> {
  const { db, log, now, machineNow = now, isLocal, lookup } = options;
  const { timeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  const startedAt = performance.now();
  // A process that was paused since its claim must not post what another one may hold by now.
  if (startedAt - claimedAt > LEASE_MS - timeoutMs) return;
  const event = { id: delivery.eventId, body: delivery.body };
  const at = now();
  const answer = await postEvent({
    url: delivery.url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Landfall-Events/1',
      ...signedHeaders(event, delivery.secrets, machineNow()),
    },
    body: delivery.body,
    timeoutMs,
    isLocal,
    lookup,
  });
  const durationMs = Math.round(performance.now() - startedAt);
  const attempt = { at, answer, durationMs, random: Math.random() };
  const after = await saveAttempt(db, delivery, attempt);
  const about = {
    deliveryId: delivery.id,
    destinationId: delivery.destinationId,
    eventId: delivery.eventId,
    status: answer.status,
    failure: answer.failure,
  };
  log.debug({ ...about, durationMs, state: after?.state }, 'event posted');
  if (!after) return;
  if (after.state === 'dead' && !delivery.isManual) {
    log.error(about, 'a delivery is dead; replay it when the destination works');
  }
  if (answer.failure === undefined && !delivery.isFailing) return;
  await observeAnswer({ db, log }, delivery.destinationId, { answer, at });
}
