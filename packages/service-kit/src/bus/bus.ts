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
import { isNobodyThere, publishFault, requestFault } from './faults.ts';
import { envelopeHeaders, fromNatsHeaders, toNatsHeaders } from './headers.ts';
import { consumerLag, type ConsumerLag } from './lag.ts';
import { readStored, removeStored, type StoredMessage, type StoredRange } from './stored.ts';
import { DEFAULT_ACK_WAIT_MS, ensureStream, streamState, type StreamState } from './streams.ts';
import type { Logger } from '../log/log.ts';

export { deadLetterHeaders, type ConsumeOptions, type FactHandler } from './consumer.ts';
export type { ConsumerLag } from './lag.ts';
export type { StoredMessage, StoredRange } from './stored.ts';
export type { StreamState } from './streams.ts';

/** JetStream confirms in a millisecond or two; after this it is presumed away. */
const PUBLISH_TIMEOUT_MS = 5000;
/** How long a request looks for an owner that is just restarting; it was not delivered, so it may. */
const NO_RESPONDER_PATIENCE_MS = 1500;
const NO_RESPONDER_RETRY_MS = 50;
/** nats-server's own default, until the first connection tells the real one. */
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

/** Where JetStream put a message; `isRepeated` when it had one with the same id already. */
export interface PublishReceipt {
  readonly stream: string;
  readonly sequence: number;
  readonly isRepeated: boolean;
}

/**
 * The connection to NATS. Faults thrown: `bus.unavailable` (later), `bus.too-large` (never), for
 * requests `rpc.no-responder`, `rpc.timeout`, `rpc.disconnected` (later), `rpc.too-large` (never).
 * Reconnects for ever; streams and consumers are made again after each reconnect.
 */
export interface Bus extends AsyncDisposable {
  /** Resolves when JetStream has the fact. It may still lose it: Postgres stays the only truth. */
  publish<P>(fact: FactDefinition<P>, payload: P, envelope: Envelope): Promise<PublishReceipt>;
  /** The same for a body that is serialised already; what the outbox relay calls. */
  publishMessage(subject: string, body: string, envelope: Envelope): Promise<PublishReceipt>;
  ensureStreams(streams: readonly StreamDefinition[]): Promise<void>;
  /** Undefined when the stream does not exist. */
  streamState(name: string): Promise<StreamState | undefined>;
  /** How far a durable consumer is behind, whether it runs or not. */
  consumerLag(definition: ConsumerDefinition<never>): Promise<ConsumerLag | undefined>;
  /** What a stream keeps, read past its consumers. */
  readStored(range: StoredRange): Promise<StoredMessage[]>;
  /** False: the message was gone already. */
  removeStored(stream: string, sequence: number): Promise<boolean>;
  /** Hands each fact of a durable consumer to `handler`; see `FactConsumer` for its ack policy. */
  consume<P>(
    definition: ConsumerDefinition<P>,
    handler: FactHandler<P>,
    options?: ConsumeOptions,
  ): Promise<AsyncDisposable>;
  /** Fire and forget, to every {@link listen}er; may be lost. */
  notify(subject: string): void;
  listen(subject: string, fn: () => void): AsyncDisposable;
  request(subject: string, body: Uint8Array | string, options: RequestOptions): Promise<string>;
  /** Answers requests, sharing them with all others of the same queue. Closing finishes open ones. */
  respond(
    subjectPattern: string,
    queue: string,
    fn: (message: BusMessage) => Promise<string>,
  ): AsyncDisposable;
  isReady(): boolean;
  /**
   * How often the connection was lost. As long as it stays the same, NATS has been the same: what it has
   * confirmed and not synced may be gone once it has grown.
   */
  losses(): number;
  /** Called after the connection has come back and the streams are there again. */
  onReconnect(fn: () => void): Disposable;
  readonly maxPayloadBytes: number;
}

/** Connects (waits up to a minute) and stays connected; see {@link Bus}. */
export async function connectBus(options: {
  url: string;
  name: ServiceName;
  log: Logger;
  /** A consumer's handler that is longer silent is presumed dead, and its message given to another. */
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
        // No stream takes the subject: it was lost with the store, or nobody has made it yet.
        if (!isNobodyThere(error) || this.#known.size === 0) throw error;
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
    // While NATS is away the client would keep it for later, when the sweep has long been there.
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
        // Drain: no new requests from the server, but those that are on their way are answered.
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
    // A handler that outlived the connection could neither settle its message nor say that it works.
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    // A drain needs the server; without it there is nothing that could still be sent.
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
        if (!isNobodyThere(error) || spentMs + pauseMs > patienceMs) {
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
        this.#log.info('NATS connection is back');
        void this.#restore();
      }
    }
  }

  /** The store may have been lost with the server, and a server that restarts takes a moment. */
  async #restore(): Promise<void> {
    for (let pauseMs = NO_RESPONDER_RETRY_MS; this.isReady() && !this.#isClosing; pauseMs *= 2) {
      try {
        await this.#ensureKnown();
        for (const consumer of this.#consumers) await consumer.ensure();
        for (const fn of this.#reconnected) fn();
        return;
      } catch (err) {
        this.#log.warn({ err }, 'could not make the streams again; trying again');
        await delay(Math.min(pauseMs, PUBLISH_TIMEOUT_MS));
      }
    }
  }
}

async function forget(open: Set<Promise<void>>, done: Promise<void>): Promise<void> {
  await done;
  open.delete(done);
}

/** The answer may still come; nobody listens to it then. */
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
