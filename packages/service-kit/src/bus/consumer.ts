import { setTimeout as delay } from 'node:timers/promises';
import {
  ConsumerEvents,
  headers,
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from 'nats';
import { headerNames, type Envelope } from '@landfall/contracts/envelope';
import type { ServiceName } from '@landfall/contracts/services';
import { deadLetterSubject, streams, type ConsumerDefinition } from '@landfall/contracts/streams';
import type { FactDefinition } from '@landfall/contracts/subjects';
import { spread, stepOf } from '@landfall/domain/back-off';
import { isFault } from '@landfall/domain/fault';
import type { StreamSettings } from './settings.ts';
import { areSubjectsTaken, ensureConsumer, ensureStream } from './streams.ts';
import { acceptCorrelationId, withCorrelation } from '../log/correlation.ts';
import { databaseFault } from '../database/faults.ts';
import type { Logger } from '../log/log.ts';
import { messageSpan } from '../telemetry/spans.ts';
import { continueTrace, failureOf, markSpanFailed } from '../telemetry/tracing.ts';

/** Handlers at a time in one process: enough to use the waits for PostgreSQL, and fewer than its pool has connections. */
const CONCURRENCY = 8;
/** Signs of life per ack wait while a handler runs, so that JetStream does not deliver its message again. */
const HEARTBEATS = 3;
/** Short pauses for a brief outage, then long ones. The last one repeats. */
const BACK_OFF_MS = [250, 1000, 5000, 15_000, 60_000, 300_000] as const;
/** Pauses are a quarter shorter to a quarter longer than scheduled, to spread messages that failed together. */
const LONGEST_PAUSE = 1.25;
const RANDOM_SHARE = 0.4;
/** With five minutes between attempts, this lasts twelve hours: a night without an operator. */
export const MAX_DELIVERIES = 150;
/**
 * Length of a request for messages. The server sends two heartbeats in this time. If a cluster loses the node that holds the
 * request, the client notices after this time and asks the new leader; an election takes about as long. With the client's default
 * of 30 seconds, facts would wait that long.
 */
const PULL_MS = 2_000;
/** Pause between attempts to set up the stream and the consumer again. */
const RECOVER_PAUSE_MS = 500;

/** Headers that a dead letter has in addition to those of the message. */
export const deadLetterHeaders = {
  reason: 'Landfall-Reason',
  attempts: 'Landfall-Attempts',
  subject: 'Landfall-Subject',
  messageId: 'Landfall-Message-Id',
} as const;

export type FactHandler<P> = (
  payload: P,
  envelope: Envelope,
  fact: FactDefinition<P>,
) => Promise<void>;

export interface ConsumeOptions {
  readonly concurrency?: number;
  /** Attempts after which a message becomes a dead letter. */
  readonly maxDeliveries?: number;
  /** Pauses between attempts, unless the fault has a `retryAfterMs`. */
  readonly backOffMs?: readonly number[];
}

interface Connection {
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly service: ServiceName;
  readonly settings: StreamSettings;
  readonly log: Logger;
  /** If a handler is silent for this long, JetStream delivers its message to another instance. */
  readonly ackWaitMs: number;
}

/**
 * Pulls the facts of a durable consumer and settles each by one policy. A handled fact is acknowledged. After a
 * fault with `later`, it is delivered again after a pause. After a fault with `never`, a bug, a malformed payload or
 * too many attempts, it is stored as a dead letter and removed. Survives restarts of NATS, even if the store is lost.
 */
export class FactConsumer<P> implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #definition: ConsumerDefinition<P>;
  readonly #handler: FactHandler<P>;
  readonly #log: Logger;
  readonly #handling = new Set<Promise<void>>();
  readonly #concurrency: number;
  readonly #maxDeliveries: number;
  readonly #backOffMs: readonly number[];
  #messages: ConsumerMessages | undefined;
  #isClosing = false;
  /** Another stream still takes subjects of this consumer's stream. */
  #isWaiting = false;
  #onFreePlace = (): void => {};
  #done: Promise<void> = Promise.resolve();

  constructor(
    connection: Connection,
    definition: ConsumerDefinition<P>,
    how: { handler: FactHandler<P>; options: ConsumeOptions },
  ) {
    this.#connection = connection;
    this.#definition = definition;
    this.#handler = how.handler;
    this.#log = connection.log.child({ durable: definition.durable });
    this.#concurrency = how.options.concurrency ?? CONCURRENCY;
    this.#maxDeliveries = how.options.maxDeliveries ?? MAX_DELIVERIES;
    this.#backOffMs = how.options.backOffMs ?? BACK_OFF_MS;
  }

  /** Begins to pull, or waits in the background for the stream if another stream still takes its subjects. */
  async start(): Promise<void> {
    try {
      await this.ensure();
    } catch (error) {
      if (!this.#mustWait(error)) throw error;
    }
    if (!this.#isWaiting) this.#messages = await this.#open();
    this.#done = this.#run();
  }

  /** Creates or updates the stream, the consumer and the stream for dead letters. */
  async ensure(): Promise<void> {
    const { manager, ackWaitMs } = this.#connection;
    await ensureStream(manager, this.#definition.stream, this.#connection);
    await ensureStream(manager, streams.deadLetters, this.#connection);
    await ensureConsumer(manager, this.#definition, ackWaitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.#messages?.close();
    await this.#done;
    await Promise.all(this.#handling);
  }

  async #open(): Promise<ConsumerMessages> {
    const { stream } = this.#connection;
    const consumer = await stream.consumers.get(
      this.#definition.stream.name,
      this.#definition.durable,
    );
    const messages = await consumer.consume({
      max_messages: this.#concurrency,
      expires: PULL_MS,
    });
    void this.#watch(messages);
    return messages;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      try {
        if (!this.#isWaiting) {
          this.#messages ??= await this.#open();
          await this.#take(this.#messages);
        }
      } catch (err) {
        if (!this.#isClosing) this.#log.warn({ err }, 'consumer interrupted; setting it up again');
      }
      this.#messages = undefined;
      if (this.#isClosing) return;
      await delay(RECOVER_PAUSE_MS);
      await this.#ensureAgain();
    }
  }

  async #ensureAgain(): Promise<void> {
    try {
      await this.ensure();
      if (this.#isWaiting) this.#log.info('created the stream; consuming');
      this.#isWaiting = false;
    } catch (err) {
      if (!this.#mustWait(err)) this.#log.warn({ err }, 'could not set up the consumer');
    }
  }

  #mustWait(error: unknown): boolean {
    if (!areSubjectsTaken(error)) return false;
    if (!this.#isWaiting) {
      const stream = this.#definition.stream.name;
      this.#log.warn(
        { stream },
        'waiting until another stream no longer takes subjects of a stream',
      );
    }
    this.#isWaiting = true;
    return true;
  }

  async #take(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) {
      if (this.#handling.size >= this.#concurrency) await this.#placeIsFree();
      if (this.#isClosing) {
        message.nak();
        continue;
      }
      const settled = this.#settle(message).finally(() => {
        this.#handling.delete(settled);
        this.#onFreePlace();
      });
      this.#handling.add(settled);
    }
  }

  /** One promise per wait. A race would add a reaction to each running handler, for each message. */
  #placeIsFree(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onFreePlace = resolve;
    return promise;
  }

  /** Stops pulling as soon as the consumer is gone, so that `#run` creates it again at once. The client would notice half a minute later. */
  async #watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of await messages.status()) {
      const isGone =
        type === ConsumerEvents.ConsumerNotFound ||
        type === ConsumerEvents.StreamNotFound ||
        type === ConsumerEvents.ConsumerDeleted;
      if (!isGone || this.#isClosing) continue;
      this.#log.warn({ event: type }, 'consumer is gone; creating it again');
      await messages.close();
    }
  }

  async #settle(message: JsMsg): Promise<void> {
    const heartbeat = setInterval(() => message.working(), this.#connection.ackWaitMs / HEARTBEATS);
    try {
      await this.#attempt(message);
    } catch (err) {
      // Reached only if a dead letter could not be stored. The message must not be lost.
      this.#log.error({ err, subject: message.subject }, 'could not settle a message');
      sendBack(message, this.#pauseBefore(message.info.deliveryCount));
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #attempt(message: JsMsg): Promise<void> {
    const envelope = envelopeOf(message);
    const describe = () => messageSpan('process', message.subject);
    await continueTrace(envelope.traceParent, describe, () => this.#handle(message, envelope));
  }

  async #handle(message: JsMsg, envelope: Envelope): Promise<void> {
    const log = this.#log.child({
      subject: message.subject,
      messageId: envelope.messageId,
      correlationId: envelope.correlationId,
      attempt: message.info.deliveryCount,
    });
    // Also stops a message that crashes the process before anything can be thrown.
    if (message.info.deliveryCount > this.#maxDeliveries) {
      log.error('given up after too many deliveries');
      return this.#putAway(message, 'too-many-deliveries');
    }
    const fact = this.#definition.facts.find(({ subject }) => subject === message.subject);
    const payload = fact && parse(fact, message);
    if (!fact || !payload) {
      log.error('malformed message');
      return this.#putAway(message, 'malformed');
    }
    try {
      await withCorrelation(envelope.correlationId, () =>
        this.#handler(payload.value, envelope, fact),
      );
      message.ack();
    } catch (error) {
      const fault = isFault(error) ? error : databaseFault(error);
      markSpanFailed(failureOf(fault ?? error));
      if (fault?.retry === 'later' && message.info.deliveryCount < this.#maxDeliveries) {
        const pauseMs = fault.retryAfterMs ?? this.#pauseBefore(message.info.deliveryCount);
        log.warn({ code: fault.code, pauseMs: Math.round(pauseMs) }, 'fault; trying again later');
        sendBack(message, pauseMs);
        return;
      }
      log.error({ err: error }, 'given up');
      await this.#putAway(message, fault?.code ?? `bug:${nameOf(error)}`);
    }
  }

  async #putAway(message: JsMsg, reason: string): Promise<void> {
    const { durable } = this.#definition;
    const letter = headers();
    for (const [name, values] of message.headers ?? []) {
      // With the original message id, JetStream would drop the letter as a duplicate. Other Nats- headers control publishing.
      if (!name.startsWith('Nats-')) for (const value of values) letter.append(name, value);
    }
    letter.set(deadLetterHeaders.reason, reason);
    letter.set(deadLetterHeaders.attempts, String(message.info.deliveryCount));
    letter.set(deadLetterHeaders.subject, message.subject);
    letter.set(deadLetterHeaders.messageId, message.headers?.get(headerNames.messageId) ?? '');
    await this.#connection.stream.publish(deadLetterSubject(durable), message.data, {
      headers: letter,
      msgID: `${durable}:${message.info.streamSequence}:${message.info.timestampNanos}`,
    });
    message.term(reason);
  }

  #pauseBefore(delivery: number): number {
    return pauseBefore(delivery, Math.random(), this.#backOffMs);
  }
}

/** The pause after a failed delivery. Deliveries are counted from 1, `random` is from 0 to 1. */
export function pauseBefore(
  delivery: number,
  random: number,
  scheduleMs: readonly number[] = BACK_OFF_MS,
): number {
  return spread(stepOf(scheduleMs, delivery - 1) * LONGEST_PAUSE, random, RANDOM_SHARE);
}

/**
 * Rounds up to whole milliseconds, because the server reads the pause as a whole number of nanoseconds and delivers
 * at once if it has a fraction.
 */
function sendBack(message: JsMsg, pauseMs: number): void {
  message.nak(Math.ceil(pauseMs));
}

function parse<P>(fact: FactDefinition<P>, message: JsMsg): { value: P } | undefined {
  try {
    return { value: fact.schema.parse(message.json()) };
  } catch {
    return undefined;
  }
}

function envelopeOf(message: JsMsg): Envelope {
  const header = (name: string) => message.headers?.get(name) || undefined;
  const occurredAt = new Date(header(headerNames.occurredAt) ?? Number.NaN);
  const storedAt = new Date(message.info.timestampNanos / 1e6);
  return {
    messageId: header(headerNames.messageId) ?? `${message.info.stream}:${message.seq}`,
    correlationId: acceptCorrelationId(header(headerNames.correlationId)),
    causationId: header(headerNames.causationId),
    traceParent: header(headerNames.traceParent),
    occurredAt: Number.isNaN(occurredAt.getTime()) ? storedAt : occurredAt,
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
