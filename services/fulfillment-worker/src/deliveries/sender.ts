import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import { continueTrace, markSpanFailed, SpanKind } from '@landfall/service-kit/tracing';
import type { Db } from '../db/schema.ts';
import { claimDeliveries, placesOf, type ClaimedDelivery } from '../store/claim-deliveries.ts';
import type { Answer, DeliveryChannels } from './channels/channel.ts';
import { observeAnswer } from './observe-answer.ts';
import { saveAttempt, type Attempt } from './save-attempt.ts';

/** Finds due retries, expired leases and lost wake-ups. */
const SWEEP_MS = 1000;
/** Far longer than an attempt and its saving. After a crash an event waits at most this long. */
const LEASE_MS = 60_000;
/** Per process. Enough to hide a receiver's latency, few enough not to flood it after an outage. */
const PER_DESTINATION = 8;
/**
 * Deliveries that are claimed together, once there are places for all of them. One statement claims several, and
 * the other half of the places is busy meanwhile.
 */
const CLAIM_AT_ONCE = PER_DESTINATION / 2;
/**
 * Per process, publisher and channel. A few receivers that never answer, or a mail server that hangs, must not use the places of
 * others.
 */
const PER_PUBLISHER = 32;
/**
 * A busy worker wakes the sender with each commit, usually although there is nothing to send. After a claim that found nothing,
 * the sender waits this long before it claims again. A receiver does not notice the delay.
 */
const EMPTY_PAUSE_MS = 20;
/** When the service stops, running attempts get this long. The others are repeated after their lease. */
const CLOSE_DEADLINE_MS = 5_000;

export interface SenderOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly channels: DeliveryChannels;
}

export interface Sender extends AsyncDisposable {
  /** Call it after events were committed or an attempt was requested. */
  wake(): void;
}

/**
 * Sends due deliveries by their channels, in any number of processes. Each attempt has one holder, and a crash between
 * sending and saving repeats it under the same id. Closing lets running attempts finish.
 */
export function startSender(options: SenderOptions): Sender {
  const { db, log, now } = options;
  const perDestination = new Map<string, number>();
  const perPlaces = new Map<string, number>();
  const failing = new Set<string>();
  const running = new Set<Promise<void>>();
  const unsaved: Unsaved = new Map();
  let emptyAt = Number.NEGATIVE_INFINITY;

  const isBusy = (destinationId: string): boolean => {
    // While a destination fails, the attempts of one claim are enough to find out if it works again.
    const others = failing.has(destinationId) ? 0 : PER_DESTINATION - CLAIM_AT_ONCE;
    return (perDestination.get(destinationId) ?? 0) > others;
  };
  const areBusy = (places: string): boolean =>
    (perPlaces.get(places) ?? 0) > PER_PUBLISHER - CLAIM_AT_ONCE;

  const loop = startLoop({
    name: 'deliveries',
    everyMs: SWEEP_MS,
    log,
    async run() {
      const pauseMs = emptyAt + EMPTY_PAUSE_MS - performance.now();
      if (pauseMs > 0) await delay(pauseMs);
      const claimedAt = performance.now();
      const claimed = await claimDeliveries(db.kysely, {
        now: now(),
        leaseMs: LEASE_MS,
        perDestination: CLAIM_AT_ONCE,
        busy: [...perDestination.keys()].filter(isBusy),
        busyPlaces: [...perPlaces.keys()].filter(areBusy),
      });
      for (const delivery of claimed) start(delivery, claimedAt);
      if (claimed.length > 0) loop.wake();
      else emptyAt = performance.now();
    },
  });

  function start(delivery: ClaimedDelivery, claimedAt: number): void {
    const { id: deliveryId, destinationId } = delivery;
    if (delivery.isFailing) failing.add(destinationId);
    else failing.delete(destinationId);
    count(perDestination, destinationId, 1);
    count(perPlaces, placesOf(delivery), 1);
    const sent = send(options, { delivery, claimedAt, unsaved })
      .catch((error: unknown) =>
        log.warn({ err: error, deliveryId }, 'could not save an attempt; it will be repeated'),
      )
      .finally(() => {
        count(perDestination, destinationId, -1);
        count(perPlaces, placesOf(delivery), -1);
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

function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const left = (counts.get(key) ?? 0) + by;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}

/** What receivers accepted, but could not be saved, by delivery. It must not be sent again. */
type Unsaved = Map<string, Attempt>;

async function send(
  options: SenderOptions,
  due: {
    readonly delivery: ClaimedDelivery;
    readonly claimedAt: number;
    readonly unsaved: Unsaved;
  },
): Promise<void> {
  const { db, log } = options;
  const { delivery, claimedAt, unsaved } = due;
  const attempt = unsaved.get(delivery.id) ?? (await attemptOf(options, delivery, claimedAt));
  if (!attempt) return;
  const { answer, at, durationMs } = attempt;
  // Until this has ended, a crash sends the delivery once more. While the process lives, it does not.
  if (answer.failure === undefined) unsaved.set(delivery.id, attempt);
  const after = await saveAttempt(db, delivery, attempt);
  unsaved.delete(delivery.id);
  const about = {
    deliveryId: delivery.id,
    destinationId: delivery.destinationId,
    eventId: delivery.eventId,
    channel: delivery.channel,
    status: answer.status,
    failure: answer.failure,
    answerCode: answer.answerCode,
  };
  log.debug({ ...about, durationMs, state: after?.state }, 'delivery attempted');
  if (!after) return;
  if (after.state === 'dead' && !delivery.isManual) {
    log.error(about, 'a delivery is dead; replay it when the destination works');
  }
  if (answer.failure === undefined && !delivery.isFailing) return;
  await observeAnswer({ db, log }, delivery.destinationId, { answer, at });
}

/** Makes an attempt. Undefined: the process was paused since its claim, and another one may hold the delivery by now. */
async function attemptOf(
  { now, channels }: SenderOptions,
  delivery: ClaimedDelivery,
  claimedAt: number,
): Promise<Attempt | undefined> {
  const channel = channels[delivery.channel];
  const startedAt = performance.now();
  if (startedAt - claimedAt > LEASE_MS - (channel?.timeoutMs ?? 0)) return undefined;
  const at = now();
  const describe = () => ({ name: `deliver ${delivery.channel}`, kind: SpanKind.CLIENT });
  const answer = await continueTrace(delivery.traceParent, describe, async (): Promise<Answer> => {
    const given: Answer = channel
      ? await channel.send(delivery, AbortSignal.timeout(channel.timeoutMs))
      : { failure: 'mail-not-configured' };
    if (given.failure !== undefined) markSpanFailed(given.failure);
    return given;
  });
  const durationMs = Math.round(performance.now() - startedAt);
  return { at, answer, durationMs, random: Math.random() };
}
