import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  createInbox,
  DeliverPolicy,
  nanos,
  type JetStreamManager,
  type Msg,
  type NatsConnection,
  type Subscription,
} from 'nats';
import { inboxPrefixOf } from '@landfall/contracts/nats-permissions';
import type { ServiceName } from '@landfall/contracts/services';
import type { StreamDefinition } from '@landfall/contracts/streams';
import { fromNatsHeaders } from './headers.ts';
import type { StreamSettings } from './settings.ts';
import { areSubjectsTaken, ensureStream } from './streams.ts';
import type { StoredMessage } from './stored.ts';
import type { Logger } from '../log/log.ts';

/** The server shows at least this often that it still delivers. */
const HEARTBEAT_MS = 5_000;
/** Two lost heartbeats and a little: the consumer is gone. */
const SILENCE_MS = 12_000;
/** The server removes the consumer when its process has been gone for this long. */
const INACTIVE_MS = 10_000;
const RETRY_PAUSE_MS = 500;
/** Status of a heartbeat: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
const HEARTBEAT_STATUS = 100;

export interface FollowOptions {
  /** How many stored messages come before the new ones. */
  readonly last: number;
  /**
   * Reading begins. Called again if messages were missed: the stream was made again (`createdAt` differs) or restored, or
   * messages expired while NATS was away.
   */
  readonly onStart: (start: FollowStart) => void;
  /** `isLast`: no further message is stored yet. */
  readonly onMessage: (message: StoredMessage, isLast: boolean) => void;
}

export interface FollowStart {
  readonly createdAt: Date;
  /** The sequence of the first message that can come. */
  readonly from: number;
  /** Whether no message is stored at or after `from`. */
  readonly isEmpty: boolean;
}

interface Connection {
  readonly connection: NatsConnection;
  readonly manager: () => Promise<JetStreamManager>;
  readonly service: ServiceName;
  readonly settings: StreamSettings;
  readonly log: Logger;
}

/**
 * Reads a stream in order and without gaps, on this instance only: each instance has a consumer of its own, which settles
 * nothing and which the server removes when the instance is gone. The server pushes to the service's own inbox, so the
 * service needs no permission to read through other services' consumers.
 */
export class StreamFollower implements AsyncDisposable {
  readonly #parts: Connection;
  readonly #definition: StreamDefinition;
  readonly #options: FollowOptions;
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #createdAt: string | undefined;
  #position = 0;
  #deliveries = 0;
  #heardAt = 0;
  #interrupt = (): void => {};

  constructor(parts: Connection, definition: StreamDefinition, options: FollowOptions) {
    this.#parts = { ...parts, log: parts.log.child({ stream: definition.name }) };
    this.#definition = definition;
    this.#options = options;
    this.#done = this.#run();
  }

  /** Makes the consumer again, because the server may have lost it. */
  async ensure(): Promise<void> {
    this.#interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#interrupt();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#follow();
      } catch (err) {
        // A consumer of the stream logs that it has to wait.
        if (!signal.aborted && !areSubjectsTaken(err)) {
          this.#parts.log.warn({ err }, 'could not follow a stream');
        }
      }
      await delay(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the consumer has to be made again. */
  async #follow(): Promise<void> {
    const { connection, service } = this.#parts;
    const { promise: interrupted, resolve } = Promise.withResolvers<void>();
    this.#interrupt = resolve;
    const inbox = createInbox(inboxPrefixOf(service));
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error || !this.#take(message)) resolve();
      },
    });
    const watch = setInterval(() => {
      if (performance.now() - this.#heardAt > SILENCE_MS) resolve();
    }, HEARTBEAT_MS);
    try {
      await this.#open(inbox);
      if (this.#closing.signal.aborted) return;
      await interrupted;
    } finally {
      clearInterval(watch);
      unsubscribe(subscription);
    }
  }

  async #open(inbox: string): Promise<void> {
    const { name } = this.#definition;
    const manager = await this.#parts.manager();
    await ensureStream(manager, this.#definition, this.#parts);
    const { created, state } = await manager.streams.info(name);
    this.#deliveries = 0;
    this.#heardAt = performance.now();
    const isContinued =
      created === this.#createdAt &&
      state.first_seq <= this.#position + 1 &&
      // A restored backup has fewer messages; new ones then have sequences that others had before.
      state.last_seq >= this.#position;
    if (!isContinued) {
      const from = Math.max(1, state.first_seq, state.last_seq - this.#options.last + 1);
      this.#createdAt = created;
      this.#position = from - 1;
      const isEmpty = state.last_seq < from;
      this.#options.onStart({ createdAt: new Date(created), from, isEmpty });
    }
    await manager.consumers.add(name, {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#position + 1,
      ack_policy: AckPolicy.None,
      idle_heartbeat: nanos(HEARTBEAT_MS),
      inactive_threshold: nanos(INACTIVE_MS),
      // It lives as long as this process, so it needs no copy on disk or on another node.
      mem_storage: true,
      num_replicas: 1,
    });
  }

  /** False if a message was missed. */
  #take(message: Msg): boolean {
    this.#heardAt = performance.now();
    if (message.headers?.code === HEARTBEAT_STATUS) {
      return Number(message.headers.get('Nats-Last-Consumer')) <= this.#deliveries;
    }
    const delivery = deliveryOf(message);
    if (delivery?.number !== this.#deliveries + 1) return false;
    this.#deliveries = delivery.number;
    this.#position = delivery.sequence;
    const stored = {
      sequence: delivery.sequence,
      subject: message.subject,
      body: message.string(),
      headers: fromNatsHeaders(message.headers),
      storedAt: delivery.storedAt,
    };
    this.#options.onMessage(stored, delivery.pending === 0);
    return true;
  }
}

/**
 * What JetStream says about a delivery in its reply subject: `$JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.
 * <consumer sequence>.<time>.<pending>`, from newer servers with domain and account before the stream. See ADR-15 of
 * https://github.com/nats-io/nats-architecture-and-design. The client reads it for us only in consumers of its own.
 */
function deliveryOf({ reply = '' }: Msg) {
  const tokens = reply.split('.');
  if (tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const [sequence = '', number = '', nanoseconds = '', pending = ''] = tokens.slice(
    tokens.length === 9 ? 5 : 7,
  );
  return {
    sequence: Number(sequence),
    number: Number(number),
    storedAt: new Date(Number(nanoseconds) / 1e6),
    pending: Number(pending),
  };
}

/** A closed connection has no subscriptions any more. */
function unsubscribe(subscription: Subscription): void {
  if (!subscription.isClosed()) subscription.unsubscribe();
}
