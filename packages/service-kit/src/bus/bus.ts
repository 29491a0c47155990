import { setTimeout as delay } from 'node:timers/promises';
import { Events, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import type { Envelope } from '@landfall/contracts/envelope';
import type { ServiceName } from '@landfall/contracts/services';
import type { ConsumerDefinition, StreamDefinition } from '@landfall/contracts/streams';
import type { FactDefinition } from '@landfall/contracts/subjects';
import { doublingPause } from '@landfall/domain/back-off';
import { Fault } from '@landfall/domain/fault';
import { connectToNats } from './connection.ts';
import { FactConsumer, type ConsumeOptions, type FactHandler } from './consumer.ts';
import { hasNoResponder, publishFault, RELOAD_USERS } from './faults.ts';
import { JETSTREAM_PAUSE_MS, onceJetStreamAnswers } from './patience.ts';
import { StreamFollower, type FollowOptions } from './follower.ts';
import { envelopeHeaders } from './headers.ts';
import { consumerLag, type ConsumerLag } from './lag.ts';
import { CoreMessages, type BusMessage, type RequestOptions } from './core-messages.ts';
import { readStored, removeStored, type StoredMessage, type StoredRange } from './stored.ts';
import type { BusSettings, StreamSettings } from './settings.ts';
import {
  areSubjectsTaken,
  DEFAULT_ACK_WAIT_MS,
  ensureStream,
  hasConsumer,
  streamFlaws,
  streamRoom,
  streamState,
  type StreamRoom,
  type StreamState,
} from './streams.ts';
import type { Logger } from '../log/log.ts';
import { messageSpan } from '../telemetry/spans.ts';
import { continueTrace, traceParent } from '../telemetry/tracing.ts';

export { deadLetterHeaders, type ConsumeOptions, type FactHandler } from './consumer.ts';
export type { FollowOptions } from './follower.ts';
export type { ConsumerLag } from './lag.ts';
export type { StoredMessage, StoredRange } from './stored.ts';
export type { StreamRoom, StreamState } from './streams.ts';

/**
 * JetStream confirms in a millisecond or two. After this time it counts as unavailable, and the same message is sent again:
 * while a cluster elects a leader, messages that were sent to the former leader are never confirmed.
 */
const PUBLISH_TIMEOUT_MS = 3000;
/** While a cluster elects a leader, JetStream does not answer. Each such request is repeated. */
const MANAGE_TIMEOUT_MS = 2500;
/** nats-server's default, used until the first connection reports the real limit. */
const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;
const CLOSE_TIMEOUT_MS = 3000;

/** Where JetStream stored a message. `isRepeated`: it already had one with the same id. */
export interface PublishReceipt {
  readonly stream: string;
  readonly sequence: number;
  readonly isRepeated: boolean;
}

/**
 * The connection to NATS. Throws the faults `bus.unavailable`, `bus.not-permitted`, `bus.full` and `bus.misconfigured`
 * (retry later), and
 * `bus.too-large` (never). Requests throw `rpc.no-responder`, `rpc.timeout` and `rpc.disconnected` and `rpc.not-permitted`
 * (retry later), and `rpc.too-large` (never).
 * Reconnects without limit, and then creates missing streams and consumers again.
 */
export interface Bus extends AsyncDisposable {
  /** Resolves when JetStream has stored the fact. JetStream may still lose it, so PostgreSQL stays the truth. */
  publish<P>(fact: FactDefinition<P>, payload: P, envelope: Envelope): Promise<PublishReceipt>;
  /** Like `publish`, for a body that is already serialised. The relay uses it. */
  publishMessage(subject: string, body: string, envelope: Envelope): Promise<PublishReceipt>;
  /**
   * Creates missing streams, and updates the service's own streams. Waits up to a minute until JetStream answers. Continues without a stream whose subjects another stream still takes;
   * its consumers create it as soon as they can.
   */
  ensureStreams(streams: readonly StreamDefinition[]): Promise<void>;
  /** Undefined if the stream does not exist. */
  streamState(name: string): Promise<StreamState | undefined>;
  /** Undefined if the stream does not exist. */
  streamRoom(name: string): Promise<StreamRoom | undefined>;
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
  /** Reads a stream in order on this instance, and settles nothing. Begins as soon as JetStream is available. */
  follow(stream: StreamDefinition, options: FollowOptions): AsyncDisposable;
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
  /** Undefined before the first connection. */
  readonly serverVersion: string | undefined;
  /** How an existing stream differs from its definition and the settings, in words. Undefined if the stream does not exist. */
  streamFlaws(definition: StreamDefinition): Promise<readonly string[] | undefined>;
  hasConsumer(definition: ConsumerDefinition<never>): Promise<boolean>;
}

/** Connects (waits up to a minute) and stays connected; see {@link Bus}. */
export async function connectBus(
  options: BusSettings & { readonly name: ServiceName; readonly log: Logger },
): Promise<Bus> {
  const { ackWaitMs = DEFAULT_ACK_WAIT_MS, streams = {} } = options;
  return new NatsBus(await connectToNats(options), { ...options, ackWaitMs, streams });
}

class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #log: Logger;
  readonly #service: ServiceName;
  readonly #ackWaitMs: number;
  readonly #settings: StreamSettings;
  readonly #stream: JetStreamClient;
  readonly #core: CoreMessages;
  #manager: Promise<JetStreamManager> | undefined;
  readonly #known = new Map<string, StreamDefinition>();
  readonly #consumers = new Set<AsyncDisposable & { ensure(): Promise<void> }>();
  readonly #reconnected = new Set<() => void>();
  #losses = 0;
  #isConnected = true;
  #isClosing = false;

  constructor(
    connection: NatsConnection,
    options: { name: ServiceName; log: Logger; ackWaitMs: number; streams: StreamSettings },
  ) {
    const { name, log, ackWaitMs } = options;
    this.#connection = connection;
    this.#service = name;
    this.#ackWaitMs = ackWaitMs;
    this.#settings = options.streams;
    this.#log = log.child({ part: 'bus' });
    this.#stream = connection.jetstream({ timeout: PUBLISH_TIMEOUT_MS });
    this.#core = new CoreMessages(connection, { log: this.#log, isReady: () => this.isReady() });
    void this.#watch();
  }

  notify: Bus['notify'] = (subject) => this.#core.notify(subject);
  listen: Bus['listen'] = (subject, fn) => this.#core.listen(subject, fn);
  request: Bus['request'] = (...call) => this.#core.request(...call);
  respond: Bus['respond'] = (...service) => this.#core.respond(...service);

  publish<P>(fact: FactDefinition<P>, payload: P, envelope: Envelope): Promise<PublishReceipt> {
    return this.publishMessage(fact.subject, JSON.stringify(fact.schema.parse(payload)), envelope);
  }

  publishMessage(subject: string, body: string, envelope: Envelope): Promise<PublishReceipt> {
    const describe = () => messageSpan('send', subject);
    return continueTrace(envelope.traceParent, describe, () =>
      this.#publish(subject, body, envelope),
    );
  }

  async #publish(subject: string, body: string, envelope: Envelope): Promise<PublishReceipt> {
    const away = this.#awayFault();
    if (away) throw away;
    const headers = envelopeHeaders(envelope, traceParent() ?? envelope.traceParent);
    const send = () =>
      this.#stream.publish(subject, body, {
        headers,
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
    await this.#patiently(() => this.#ensureKnown());
  }

  async streamState(name: string): Promise<StreamState | undefined> {
    return await this.#managed((manager) => streamState(manager, name));
  }

  async streamRoom(name: string): Promise<StreamRoom | undefined> {
    const away = this.#awayFault();
    if (away) throw away;
    return await this.#managed((manager) => streamRoom(manager, name));
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
        settings: this.#settings,
        log: this.#log,
        ackWaitMs: this.#ackWaitMs,
      },
      definition,
      { handler, options },
    );
    await this.#patiently(() => consumer.start());
    return this.#kept(consumer);
  }

  follow(stream: StreamDefinition, options: FollowOptions): AsyncDisposable {
    const parts = {
      connection: this.#connection,
      manager: () => this.#jetStreamManager(),
      service: this.#service,
      settings: this.#settings,
      log: this.#log,
    };
    return this.#kept(new StreamFollower(parts, stream, options));
  }

  /** Sets it up again after a reconnect, until it is closed. */
  #kept(consumer: AsyncDisposable & { ensure(): Promise<void> }): AsyncDisposable {
    this.#consumers.add(consumer);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#consumers.delete(consumer);
        await consumer[Symbol.asyncDispose]();
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

  get serverVersion(): string | undefined {
    return this.#connection.info?.version;
  }

  async streamFlaws(definition: StreamDefinition): Promise<readonly string[] | undefined> {
    const away = this.#awayFault();
    if (away) throw away;
    return await this.#managed((manager) => streamFlaws(manager, definition, this.#settings));
  }

  async hasConsumer(definition: ConsumerDefinition<never>): Promise<boolean> {
    const away = this.#awayFault();
    if (away) throw away;
    return await this.#managed((manager) => hasConsumer(manager, definition));
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

  async #managed<T>(fn: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    try {
      return await fn(await this.#jetStreamManager());
    } catch (error) {
      throw publishFault(error);
    }
  }

  #patiently(work: () => Promise<void>): Promise<void> {
    return onceJetStreamAnswers(work, { log: this.#log, isGivenUp: () => this.#isClosing });
  }

  #jetStreamManager(): Promise<JetStreamManager> {
    this.#manager ??= this.#connection.jetstreamManager({
      checkAPI: false,
      timeout: MANAGE_TIMEOUT_MS,
    });
    return this.#manager;
  }

  async #ensureKnown(): Promise<void> {
    const away = this.#awayFault();
    if (away) throw away;
    try {
      const manager = await this.#jetStreamManager();
      const how = { service: this.#service, settings: this.#settings };
      for (const stream of this.#known.values()) {
        await ensureStream(manager, stream, how).catch((error: unknown) => {
          if (!areSubjectsTaken(error)) throw error;
          this.#log.info(
            { stream: stream.name },
            'another stream still takes subjects of a stream',
          );
        });
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
    for await (const { type, permissionContext } of this.#connection.status()) {
      if (type === Events.Disconnect) {
        this.#isConnected = false;
        this.#losses += 1;
        this.#core.connectionLost();
        if (!this.#isClosing) this.#log.warn('NATS connection lost; reconnecting');
      } else if (type === Events.Reconnect) {
        this.#isConnected = true;
        this.#core.connectionRestored();
        this.#log.info('NATS connection restored');
        void this.#restore();
      } else if (permissionContext) {
        // The caller of a refused publication gets a fault. A refused listener would receive nothing and not know why.
        this.#log.error(permissionContext, `not permitted by NATS; ${RELOAD_USERS}`);
      }
    }
  }

  /** Creates streams and consumers again, because a restarted server may have lost its store. Repeats until the server is ready. */
  async #restore(): Promise<void> {
    for (let failures = 1; this.isReady() && !this.#isClosing; failures += 1) {
      try {
        await this.#ensureKnown();
        for (const consumer of this.#consumers) await consumer.ensure();
        for (const fn of this.#reconnected) fn();
        return;
      } catch (err) {
        this.#log.warn({ err }, 'could not create the streams again; trying again');
        await delay(doublingPause(failures, JETSTREAM_PAUSE_MS));
      }
    }
  }
}
