import { setTimeout as delay } from 'node:timers/promises';
import {
  Events,
  type JetStreamClient,
  type JetStreamManager,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
} from 'nats';
import type { Envelope } from '@landfall/contracts/envelope';
import type { ServiceName } from '@landfall/contracts/services';
import type { ConsumerDefinition, StreamDefinition } from '@landfall/contracts/streams';
import type { FactDefinition } from '@landfall/contracts/subjects';
import { Fault } from '@landfall/domain/fault';
import { connectToNats } from './connection.ts';
import { FactConsumer, type ConsumeOptions, type FactHandler } from './consumer.ts';
import { hasNoResponder, publishFault, requestFault } from './faults.ts';
import { envelopeHeaders, fromNatsHeaders, toNatsHeaders } from './headers.ts';
import { consumerLag, type ConsumerLag } from './lag.ts';
import { readStored, removeStored, type StoredMessage, type StoredRange } from './stored.ts';
import { DEFAULT_ACK_WAIT_MS, ensureStream, streamState, type StreamState } from './streams.ts';
import type { Logger } from '../log/log.ts';

export { deadLetterHeaders, type ConsumeOptions, type FactHandler } from './consumer.ts';
export type { ConsumerLag } from './lag.ts';
export type { StoredMessage, StoredRange } from './stored.ts';
export type { StreamState } from './streams.ts';

/** JetStream confirms in a millisecond or two. After this time it counts as unavailable. */
const PUBLISH_TIMEOUT_MS = 5000;
/** How long a request is repeated while its owner restarts. It was not delivered, so repeating it is safe. */
const NO_RESPONDER_PATIENCE_MS = 1500;
const NO_RESPONDER_RETRY_MS = 50;
/** nats-server's default, used until the first connection reports the real limit. */
const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;
const CLOSE_TIMEOUT_MS = 3000;

export interface BusMessage {
  readonly subject: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Where JetStream stored a message. `isRepeated`: it already had one with the same id. */
export interface PublishReceipt {
  readonly stream: string;
  readonly sequence: number;
  readonly isRepeated: boolean;
}

/**
 * The connection to NATS. Throws the faults `bus.unavailable` (retry later) and `bus.too-large` (never). Requests
 * throw `rpc.no-responder`, `rpc.timeout` and `rpc.disconnected` (retry later), and `rpc.too-large` (never).
 * Reconnects without limit, and then creates missing streams and consumers again.
 */
export interface Bus extends AsyncDisposable {
  /** Resolves when JetStream has stored the fact. JetStream may still lose it, so PostgreSQL stays the truth. */
  publish<P>(fact: FactDefinition<P>, payload: P, envelope: Envelope): Promise<PublishReceipt>;
  /** Like `publish`, for a body that is already serialised. The relay uses it. */
  publishMessage(subject: string, body: string, envelope: Envelope): Promise<PublishReceipt>;
  ensureStreams(streams: readonly StreamDefinition[]): Promise<void>;
  /** Undefined if the stream does not exist. */
  streamState(name: string): Promise<StreamState | undefined>;
  /** How far a durable consumer is behind, even if it does not run. */
  consumerLag(definition: ConsumerDefinition<never>): Promise<ConsumerLag | undefined>;
  /** Reads stored messages of a stream, without a consumer. */
  readStored(range: StoredRange): Promise<StoredMessage[]>;
  /** Returns false if the message no longer existed. */
  removeStored(stream: string, sequence: number): Promise<boolean>;
  /** Calls `handler` with each fact of a durable consumer; see `FactConsumer` for the ack policy. */
  consume<P>(
    definition: ConsumerDefinition<P>,
    handler: FactHandler<P>,
    options?: ConsumeOptions,
  ): Promise<AsyncDisposable>;
  /** Sends a signal to every {@link listen}er. It may be lost. */
  notify(subject: string): void;
  listen(subject: string, fn: () => void): AsyncDisposable;
  request(subject: string, body: Uint8Array | string, options: RequestOptions): Promise<string>;
  /** Answers requests. All members of the same queue share them. Closing waits for open requests. */
  respond(
    subjectPattern: string,
    queue: string,
    fn: (message: BusMessage) => Promise<string>,
  ): AsyncDisposable;
  isReady(): boolean;
  /**
   * How often the connection was lost. After a loss, NATS may have restarted without messages that it had
   * confirmed but not synced. While the number is unchanged, confirmed messages are still there.
   */
  losses(): number;
  /** Calls `fn` after each reconnect, when the streams exist again. */
  onReconnect(fn: () => void): Disposable;
  readonly maxPayloadBytes: number;
}

/** Connects (waits up to a minute) and stays connected; see {@link Bus}. */
export async function connectBus(options: {
  url: string;
  name: ServiceName;
  log: Logger;
  /** If a handler is silent for this long, JetStream delivers its message to another instance. */
  ackWaitMs?: number | undefined;
}): Promise<Bus> {
  const connection = await connectToNats(options);
  return new NatsBus(connection, {
    ...options,
    ackWaitMs: options.ackWaitMs ?? DEFAULT_ACK_WAIT_MS,
  });
}

class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #log: Logger;
  readonly #service: ServiceName;
  readonly #ackWaitMs: number;
  readonly #stream: JetStreamClient;
  #manager: Promise<JetStreamManager> | undefined;
  readonly #known = new Map<string, StreamDefinition>();
  readonly #consumers = new Set<AsyncDisposable & { ensure(): Promise<void> }>();
  readonly #reconnected = new Set<() => void>();
  #losses = 0;
  #isConnected = true;
  #isClosing = false;

  constructor(
    connection: NatsConnection,
    { name, log, ackWaitMs }: { name: ServiceName; log: Logger; ackWaitMs: number },
  ) {
    this.#connection = connection;
    this.#service = name;
    this.#ackWaitMs = ackWaitMs;
    this.#log = log.child({ part: 'bus' });
    this.#stream = connection.jetstream({ timeout: PUBLISH_TIMEOUT_MS });
    void this.#watch();
  }

  publish<P>(fact: FactDefinition<P>, payload: P, envelope: Envelope): Promise<PublishReceipt> {
    return this.publishMessage(fact.subject, JSON.stringify(fact.schema.parse(payload)), envelope);
  }

  async publishMessage(subject: string, body: string, envelope: Envelope): Promise<PublishReceipt> {
    const away = this.#awayFault();
    if (away) throw away;
    const send = () =>
      this.#stream.publish(subject, body, {
        headers: envelopeHeaders(envelope),
        msgID: envelope.messageId,
        timeout: PUBLISH_TIMEOUT_MS,
      });
    try {
      const { stream, seq, duplicate } = await send().catch(async (error: unknown) => {
        // No stream takes the subject: the stream was lost with the store, or does not exist yet.
        if (!hasNoResponder(error) || this.#known.size === 0) throw error;
        await this.#ensureKnown();
        return send();
      });
      return { stream, sequence: seq, isRepeated: duplicate };
    } catch (error) {
      throw publishFault(error);
    }
  }

  async ensureStreams(streams: readonly StreamDefinition[]): Promise<void> {
    for (const stream of streams) this.#known.set(stream.name, stream);
    await this.#ensureKnown();
  }

  async streamState(name: string): Promise<StreamState | undefined> {
    return await this.#managed((manager) => streamState(manager, name));
  }

  async consumerLag(definition: ConsumerDefinition<never>): Promise<ConsumerLag | undefined> {
    const away = this.#awayFault();
    if (away) throw away;
    return await this.#managed((manager) => consumerLag(manager, definition));
  }

  async readStored(range: StoredRange): Promise<StoredMessage[]> {
    return await this.#managed((manager) => readStored(manager, range));
  }

  async removeStored(stream: string, sequence: number): Promise<boolean> {
    return await this.#managed((manager) => removeStored(manager, stream, sequence));
  }

  async consume<P>(
    definition: ConsumerDefinition<P>,
    handler: FactHandler<P>,
    options: ConsumeOptions = {},
  ): Promise<AsyncDisposable> {
    const manager = await this.#jetStreamManager();
    const consumer = new FactConsumer(
      {
        stream: this.#stream,
        manager,
        service: this.#service,
        log: this.#log,
        ackWaitMs: this.#ackWaitMs,
      },
      definition,
      { handler, options },
    );
    try {
      await consumer.start();
    } catch (error) {
      throw publishFault(error);
    }
    this.#consumers.add(consumer);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#consumers.delete(consumer);
        await consumer[Symbol.asyncDispose]();
      },
    };
  }

  notify(subject: string): void {
    // While NATS is unavailable, the client would queue the signal, but the sweep is faster.
    if (this.isReady()) this.#connection.publish(subject);
  }

  listen(subject: string, fn: () => void): AsyncDisposable {
    const subscription = this.#connection.subscribe(subject, { callback: () => fn() });
    return { [Symbol.asyncDispose]: async () => subscription.unsubscribe() };
  }

  async request(
    subject: string,
    body: Uint8Array | string,
    options: RequestOptions,
  ): Promise<string> {
    const { signal, timeoutMs } = options;
    signal?.throwIfAborted();
    const answer = this.#requestPatiently(subject, body, {
      headers: toNatsHeaders(options.headers),
      timeoutMs,
    });
    return signal ? unlessAborted(answer, signal) : answer;
  }

  respond(
    subjectPattern: string,
    queue: string,
    fn: (message: BusMessage) => Promise<string>,
  ): AsyncDisposable {
    const open = new Set<Promise<void>>();
    const subscription = this.#connection.subscribe(subjectPattern, {
      queue,
      callback: (error, message) => {
        if (error) return;
        const answered = this.#answer(message, fn);
        open.add(answered);
        void forget(open, answered);
      },
    });
    return {
      [Symbol.asyncDispose]: async () => {
        // A drain takes no new requests, but answers those that the server has already sent.
        if (this.isReady()) await subscription.drain();
        else subscription.unsubscribe();
        await Promise.all(open);
        if (this.isReady()) await this.#connection.flush();
      },
    };
  }

  isReady(): boolean {
    return this.#isConnected && !this.#connection.isClosed();
  }

  losses(): number {
    return this.#losses;
  }

  onReconnect(fn: () => void): Disposable {
    this.#reconnected.add(fn);
    return { [Symbol.dispose]: () => void this.#reconnected.delete(fn) };
  }

  get maxPayloadBytes(): number {
    return this.#connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD_BYTES;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    // Handlers finish first: without the connection they could not settle their messages.
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    // A drain needs the server. Without it, nothing can be sent any more.
    const drained = this.isReady() ? this.#connection.drain() : this.#connection.close();
    await Promise.race([drained, delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    await this.#connection.close();
  }

  async #answer(message: Msg, fn: (message: BusMessage) => Promise<string>): Promise<void> {
    try {
      const answer = await fn({
        subject: message.subject,
        body: message.string(),
        headers: fromNatsHeaders(message.headers),
      });
      message.respond(answer);
    } catch (err) {
      this.#log.error({ err }, 'could not answer a request');
    }
  }

  async #requestPatiently(
    subject: string,
    body: Uint8Array | string,
    options: { headers: MsgHdrs; timeoutMs: number },
  ): Promise<string> {
    const startedAt = performance.now();
    for (let pauseMs = NO_RESPONDER_RETRY_MS; ; pauseMs *= 2) {
      const spentMs = performance.now() - startedAt;
      try {
        const message = await this.#connection.request(subject, body, {
          headers: options.headers,
          timeout: Math.max(1, options.timeoutMs - spentMs),
        });
        return message.string();
      } catch (error) {
        const patienceMs = Math.min(NO_RESPONDER_PATIENCE_MS, options.timeoutMs);
        if (!hasNoResponder(error) || spentMs + pauseMs > patienceMs) {
          throw requestFault(error, this.isReady());
        }
      }
      await delay(pauseMs);
    }
  }

  async #managed<T>(fn: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    try {
      return await fn(await this.#jetStreamManager());
    } catch (error) {
      throw publishFault(error);
    }
  }

  #jetStreamManager(): Promise<JetStreamManager> {
    this.#manager ??= this.#connection.jetstreamManager({ checkAPI: false });
    return this.#manager;
  }

  async #ensureKnown(): Promise<void> {
    const away = this.#awayFault();
    if (away) throw away;
    try {
      const manager = await this.#jetStreamManager();
      for (const stream of this.#known.values()) {
        await ensureStream(manager, stream, this.#service);
      }
    } catch (error) {
      throw publishFault(error);
    }
  }

  #awayFault(): Fault | undefined {
    if (this.isReady()) return undefined;
    return new Fault('bus.unavailable', 'NATS is not connected', { retry: 'later' });
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === Events.Disconnect) {
        this.#isConnected = false;
        this.#losses += 1;
        if (!this.#isClosing) this.#log.warn('NATS connection lost; reconnecting');
      } else if (type === Events.Reconnect) {
        this.#isConnected = true;
        this.#log.info('NATS connection restored');
        void this.#restore();
      }
    }
  }

  /** Creates streams and consumers again, because a restarted server may have lost its store. Repeats until the server is ready. */
  async #restore(): Promise<void> {
    for (let pauseMs = NO_RESPONDER_RETRY_MS; this.isReady() && !this.#isClosing; pauseMs *= 2) {
      try {
        await this.#ensureKnown();
        for (const consumer of this.#consumers) await consumer.ensure();
        for (const fn of this.#reconnected) fn();
        return;
      } catch (err) {
        this.#log.warn({ err }, 'could not create the streams again; trying again');
        await delay(Math.min(pauseMs, PUBLISH_TIMEOUT_MS));
      }
    }
  }
}

async function forget(open: Set<Promise<void>>, done: Promise<void>): Promise<void> {
  await done;
  open.delete(done);
}

/** Rejects when the signal is aborted. An answer that comes later is ignored. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([answer, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
