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
import { ensureConsumer, ensureStream } from './streams.ts';
import { acceptCorrelationId, withCorrelation } from '../log/correlation.ts';
import { databaseFault } from '../database/faults.ts';
import type { Logger } from '../log/log.ts';

/** Handlers at a time in one process: enough to hide a round trip to Postgres, under its pool. */
const CONCURRENCY = 8;
/** A slow handler says so this often while it is waited for, so that nobody else gets its message. */
const HEARTBEATS = 3;
/** Quick for a blip, then patient: the last step repeats. */
const BACK_OFF_MS = [250, 1000, 5000, 15_000, 60_000, 300_000] as const;
/** Of a pause: enough to spread a thousand messages that failed together. */
const RANDOM_SHARE = 0.25;
/** At five minutes a try this outlasts twelve hours, a night without an operator. */
const MAX_DELIVERIES = 150;
/** Between tries to set up the stream and the consumer again. */
const RECOVER_PAUSE_MS = 500;

/** Headers of a dead letter beside those of the message itself. */
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
  /** The tries after which a message that always meets a fault is put away. */
  readonly maxDeliveries?: number;
  /** Waits between tries, where the fault itself does not name one. */
  readonly backOffMs?: readonly number[];
}

interface Connection {
  readonly stream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly service: ServiceName;
  readonly log: Logger;
  /** After so long a silence JetStream hands a message to another instance. */
  readonly ackWaitMs: number;
}

/**
 * Pulls the facts of a durable consumer and settles each by one policy: done → ack; fault "later" →
 * again after a pause; fault "never", bug, malformed payload or too many tries → dead letter, then
 * gone. Outlives restarts of NATS, with its store kept or lost.
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

  async start(): Promise<void> {
    await this.ensure();
    this.#messages = await this.#open();
    this.#done = this.#run();
  }

  /** Stream, consumer and the stream for dead letters exist, as they are defined. */
  async ensure(): Promise<void> {
    const { manager, service, ackWaitMs } = this.#connection;
    await ensureStream(manager, this.#definition.stream, service);
    await ensureStream(manager, streams.deadLetters, service);
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
    const messages = await consumer.consume({ max_messages: this.#concurrency });
    void this.#watch(messages);
    return messages;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      try {
        this.#messages ??= await this.#open();
        await this.#take(this.#messages);
      } catch (err) {
        if (!this.#isClosing) this.#log.warn({ err }, 'consumer interrupted; setting it up again');
      }
      this.#messages = undefined;
      if (this.#isClosing) return;
      await delay(RECOVER_PAUSE_MS);
      await this.ensure().catch((err: unknown) => {
        this.#log.warn({ err }, 'could not set up the consumer');
      });
    }
  }

  async #take(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) {
      if (this.#handling.size >= this.#concurrency) await Promise.race(this.#handling);
      if (this.#isClosing) {
        message.nak();
        continue;
      }
      const settled = this.#settle(message).finally(() => this.#handling.delete(settled));
      this.#handling.add(settled);
    }
  }

  /** The client asks again only half a minute later; ended here, the run makes it again at once. */
  async #watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of await messages.status()) {
      const isGone =
        type === ConsumerEvents.ConsumerNotFound ||
        type === ConsumerEvents.StreamNotFound ||
        type === ConsumerEvents.ConsumerDeleted;
      if (!isGone || this.#isClosing) continue;
      this.#log.warn({ event: type }, 'consumer is gone; making it again');
      await messages.close();
    }
  }

  async #settle(message: JsMsg): Promise<void> {
    const heartbeat = setInterval(() => message.working(), this.#connection.ackWaitMs / HEARTBEATS);
    try {
      await this.#attempt(message);
    } catch (err) {
      // Only a dead letter that could not be stored comes here: the message must not be lost.
      this.#log.error({ err, subject: message.subject }, 'could not settle a message');
      sendBack(message, this.#pauseBefore(message.info.deliveryCount));
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #attempt(message: JsMsg): Promise<void> {
    const envelope = envelopeOf(message);
    const log = this.#log.child({
      subject: message.subject,
      messageId: envelope.messageId,
      correlationId: envelope.correlationId,
      attempt: message.info.deliveryCount,
    });
    // Also ends the life of a message that kills the process before anything can be thrown.
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
      // The id would make JetStream take the letter for a duplicate; the others steer publishing.
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
    return spread(stepOf(this.#backOffMs, delivery - 1), Math.random(), RANDOM_SHARE);
  }
}

/**
 * Whole milliseconds: the server reads the pause as a whole number of nanoseconds, and delivers at once
 * where it has a fraction.
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
    occurredAt: Number.isNaN(occurredAt.getTime()) ? storedAt : occurredAt,
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
