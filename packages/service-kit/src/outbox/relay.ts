import { setTimeout as delay } from 'node:timers/promises';
import type { Envelope } from '@landfall/contracts/envelope';
import { isFault, type Fault } from '@landfall/domain/fault';
import type { Bus, PublishReceipt, StreamState } from '../bus/bus.ts';
import type { Logger } from '../log/log.ts';
import { startLoop, type Loop } from '../process/loop.ts';

/** Messages that are published at the same time and marked by one statement. More would only queue inside NATS. */
const BATCH = 200;
/** The sweep finds messages that a crash or a lost wake-up left behind within this time. */
const SWEEP_MS = 1000;
/** Shortest time between two claims, so that `publishSoon` does not cause a claim for each batch. */
const MIN_CLAIM_PAUSE_MS = SWEEP_MS / 2;
/** A statement on a silent connection must not use up the time that a process has to stop. The next process continues. */
const CLOSE_DEADLINE_MS = 5000;
/** The sweep finds further messages in the table. Memory is only a shortcut. */
const MAX_IN_MEMORY = 10_000;
/**
 * The most characters of message bodies in memory, of one or two bytes each. A message with a group of notifications may have
 * 20 KB, so ten thousand of them would fill the heap. Several hundred such groups fit, which are seconds of full load.
 */
const MAX_CHARACTERS_IN_MEMORY = 16 * 1024 * 1024;

export interface RelayMessage extends Envelope {
  /** The row's id, by which the source marks it. */
  readonly id: string;
  readonly subject: string;
  /** JSON, as it is published. */
  readonly body: string;
}

export type PublishedMessage = Pick<RelayMessage, 'id'> & PublishReceipt;

/** A table whose rows become messages. */
export interface RelaySource {
  /** Runs one batch, or one search for lost messages. A source that keeps order lets processes take turns. */
  inTurn<T>(work: (turn: RelayTurn) => Promise<T>): Promise<T>;
}

export interface RelayTurn {
  /** The next unpublished messages, oldest first. */
  claim(limit: number): Promise<readonly RelayMessage[]>;
  markPublished(published: readonly PublishedMessage[]): Promise<void>;
  /** Sets aside a message that can never be published. Without this method, the message is tried again. */
  markFailed?(id: string, fault: Fault): Promise<void>;
  /** Marks messages that JetStream confirmed and then lost as unpublished. Returns their number by stream. */
  requeueLost(
    stateOf: (stream: string) => Promise<StreamState | undefined>,
  ): Promise<readonly { readonly stream: string; readonly messages: number }[]>;
}

export interface Relay extends AsyncDisposable {
  /** Publishes the messages committed so far. Call it after each commit with `enqueue`. */
  wake(): void;
  /** Publishes a committed message without claiming its row. If that fails, the sweep finds the row. */
  publishSoon(message: RelayMessage): void;
}

/**
 * Publishes the messages of a source, and marks each after JetStream has confirmed it. While NATS or PostgreSQL is
 * unavailable, messages wait. After a crash between confirmation and mark, a message is published twice, with the same
 * message id.
 *
 * JetStream confirms before it syncs its files, so it can lose confirmed messages. After the start and after each loss
 * of the connection, lost messages are published again before any new one.
 */
export function startRelay(options: {
  readonly source: RelaySource;
  readonly bus: Bus;
  readonly log: Logger;
}): Relay {
  return new SourceRelay(options);
}

class SourceRelay implements Relay {
  readonly #source: RelaySource;
  readonly #bus: Bus;
  readonly #log: Logger;
  readonly #loop: Loop;
  readonly #reconnects: Disposable;
  readonly #inMemory: RelayMessage[] = [];
  #charactersInMemory = 0;
  #isClaimWanted = true;
  #claimedAt = Number.NEGATIVE_INFINITY;
  /** The number of lost connections at the last search for lost messages. */
  #checkedAt: number | undefined;

  constructor({ source, bus, log }: { source: RelaySource; bus: Bus; log: Logger }) {
    this.#source = source;
    this.#bus = bus;
    this.#log = log;
    const run = (signal: AbortSignal) => this.#run(signal);
    this.#loop = startLoop({ name: 'relay', everyMs: SWEEP_MS, log, run });
    this.#reconnects = bus.onReconnect(() => this.wake());
  }

  wake(): void {
    this.#isClaimWanted = true;
    this.#loop.wake();
  }

  publishSoon(message: RelayMessage): void {
    const characters = this.#charactersInMemory + message.body.length;
    if (this.#inMemory.length >= MAX_IN_MEMORY || characters > MAX_CHARACTERS_IN_MEMORY) return;
    this.#charactersInMemory = characters;
    this.#inMemory.push(message);
    this.#loop.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reconnects[Symbol.dispose]();
    await Promise.race([this.#close(), delay(CLOSE_DEADLINE_MS, undefined, { ref: false })]);
  }

  async #close(): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
    try {
      while (this.#inMemory.length > 0 && this.#bus.isReady()) await this.#publishGiven();
    } catch (err) {
      this.#log.warn(
        { err },
        'stopped before every message was published; the next process continues',
      );
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      while (this.#bus.isReady() && !signal.aborted && (await this.#publishNext()));
    } catch (error) {
      this.#isClaimWanted = true;
      throw error;
    }
    // The sweep finds their rows when NATS is back.
    if (!this.#bus.isReady()) this.#takeFromMemory(MAX_IN_MEMORY);
  }

  /** Returns whether there may be more to publish. Neither a backlog nor new messages hold up the other. */
  async #publishNext(): Promise<boolean> {
    const hadGiven = await this.#publishGiven();
    return (await this.#publishClaimed()) || hadGiven;
  }

  async #publishGiven(): Promise<boolean> {
    if (this.#inMemory.length === 0) return false;
    // Lets the caller of `publishSoon` answer its own caller first.
    await new Promise(setImmediate);
    await this.#requeueLost();
    const given = this.#takeFromMemory(BATCH);
    await this.#publishBatch(() => Promise.resolve(given));
    return true;
  }

  #takeFromMemory(limit: number): readonly RelayMessage[] {
    const taken = this.#inMemory.splice(0, limit);
    for (const { body } of taken) this.#charactersInMemory -= body.length;
    return taken;
  }

  async #publishClaimed(): Promise<boolean> {
    const isSwept = performance.now() - this.#claimedAt < MIN_CLAIM_PAUSE_MS;
    if (isSwept && !this.#isClaimWanted) return false;
    await this.#requeueLost();
    this.#isClaimWanted = false;
    this.#claimedAt = performance.now();
    const count = await this.#publishBatch((turn) => turn.claim(BATCH));
    this.#isClaimWanted ||= count === BATCH;
    return true;
  }

  /** Comes before each batch, because new messages would take the sequence numbers of lost ones. */
  async #requeueLost(): Promise<void> {
    while (this.#checkedAt !== this.#bus.losses()) {
      const losses = this.#bus.losses();
      const stateOf = (stream: string) => this.#bus.streamState(stream);
      const lost = await this.#source.inTurn((turn) => turn.requeueLost(stateOf));
      for (const found of lost) {
        this.#log.warn(found, 'a stream lost messages; publishing them again');
      }
      this.#checkedAt = losses;
    }
  }

  /** Returns how many messages there were; throws a fault if some have to wait. */
  async #publishBatch(
    next: (turn: RelayTurn) => Promise<readonly RelayMessage[]>,
  ): Promise<number> {
    const waiting: Failed[] = [];
    const count = await this.#source.inTurn(async (turn) => {
      const messages = await next(turn);
      const outcomes = await Promise.all(messages.map((message) => publishOne(this.#bus, message)));
      const published = outcomes.filter((outcome) => 'sequence' in outcome);
      // If the connection was lost meanwhile, a restarted NATS may have lost these messages, so they are published again.
      const isSameNats = this.#checkedAt === this.#bus.losses();
      if (published.length > 0 && isSameNats) await turn.markPublished(published);
      for (const outcome of outcomes) {
        if ('error' in outcome && !(await this.#setAside(turn, outcome))) waiting.push(outcome);
      }
      return messages.length;
    });
    if (waiting[0]) throw waiting[0].error;
    return count;
  }

  async #setAside(turn: RelayTurn, { id, messageId, error }: Failed): Promise<boolean> {
    if (!turn.markFailed || !isFault(error) || error.retry !== 'never') return false;
    this.#log.error({ err: error, messageId }, 'set aside a message that cannot be published');
    await turn.markFailed(id, error);
    return true;
  }
}

interface Failed {
  readonly id: string;
  readonly messageId: string;
  readonly error: unknown;
}

async function publishOne(bus: Bus, message: RelayMessage): Promise<PublishedMessage | Failed> {
  const { id, subject, body, ...envelope } = message;
  try {
    return { id, ...(await bus.publishMessage(subject, body, envelope)) };
  } catch (error) {
    return { id, messageId: message.messageId, error };
  }
}
