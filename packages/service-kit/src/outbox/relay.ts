import type { Envelope } from '@landfall/contracts/envelope';
import { isFault, type Fault } from '@landfall/domain/fault';
import type { Bus, PublishReceipt, StreamState } from '../bus/bus.ts';
import type { Logger } from '../log/log.ts';
import { startLoop, type Loop } from '../process/loop.ts';

/** Published at the same time and marked by one statement. More would only queue inside NATS. */
const BATCH = 200;
/** How soon messages are found that a crash or a lost wake-up left behind. */
const SWEEP_MS = 1000;
/** Messages published without a claim must not cause a claim per batch. */
const MIN_CLAIM_PAUSE_MS = SWEEP_MS / 2;
/** Beyond this the sweep takes over: the table is the queue, memory only a short cut. */
const MAX_IN_MEMORY = 10_000;

export interface RelayMessage extends Envelope {
  /** The row's id, by which the source marks it. */
  readonly id: string;
  readonly subject: string;
  /** JSON, as it goes out. */
  readonly body: string;
}

export type PublishedMessage = Pick<RelayMessage, 'id'> & PublishReceipt;

/** A table whose rows become messages. */
export interface RelaySource {
  /** Runs one batch, or one look for lost messages. A source that keeps order lets processes take turns. */
  inTurn<T>(work: (turn: RelayTurn) => Promise<T>): Promise<T>;
}

export interface RelayTurn {
  /** The next unpublished messages, oldest first. */
  claim(limit: number): Promise<readonly RelayMessage[]>;
  markPublished(published: readonly PublishedMessage[]): Promise<void>;
  /** Sets a message aside that can never be published. Without it such a message is tried again. */
  markFailed?(id: string, fault: Fault): Promise<void>;
  /** Makes messages unpublished again that JetStream confirmed and lost; returns how many. */
  requeueLost(
    stateOf: (stream: string) => Promise<StreamState | undefined>,
  ): Promise<readonly { readonly stream: string; readonly messages: number }[]>;
}

export interface Relay extends AsyncDisposable {
  /** Publishes what has been committed until now. Call it after each commit that enqueued. */
  wake(): void;
  /** Publishes a committed message without claiming its row. If that fails, the sweep finds the row. */
  publishSoon(message: RelayMessage): void;
}

/**
 * Publishes the messages of a source and marks each on JetStream's confirmation. While NATS or
 * Postgres is away, messages wait. A crash between confirmation and mark publishes a message twice,
 * with the same message id.
 *
 * JetStream confirms before it syncs its files. After a start and after each loss of the connection,
 * before anything new is published, messages that the stream has lost are published again.
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
  #isClaimWanted = true;
  #claimedAt = Number.NEGATIVE_INFINITY;
  /** The number of lost connections at the last look for lost messages. */
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
    if (this.#inMemory.length >= MAX_IN_MEMORY) return;
    this.#inMemory.push(message);
    this.#loop.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reconnects[Symbol.dispose]();
    await this.#loop[Symbol.asyncDispose]();
    try {
      while (this.#inMemory.length > 0 && this.#bus.isReady()) await this.#publishNext();
    } catch (err) {
      this.#log.warn(
        { err },
        'closed before every message was published; the next process goes on',
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
    if (!this.#bus.isReady()) this.#inMemory.length = 0;
  }

  /** Returns whether there may be more to publish. */
  async #publishNext(): Promise<boolean> {
    // Whoever handed a message over answers its caller first.
    if (this.#inMemory.length > 0) await new Promise(setImmediate);
    // What is published now would take the places of what was lost meanwhile.
    await this.#requeueLost();
    const given = this.#inMemory.splice(0, BATCH);
    if (given.length > 0) {
      await this.#publishBatch(() => Promise.resolve(given));
      return true;
    }
    const isSwept = performance.now() - this.#claimedAt < MIN_CLAIM_PAUSE_MS;
    if (isSwept && !this.#isClaimWanted) return false;
    this.#isClaimWanted = false;
    this.#claimedAt = performance.now();
    const count = await this.#publishBatch((turn) => turn.claim(BATCH));
    this.#isClaimWanted ||= count === BATCH;
    return true;
  }

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
      // After a loss of the connection another NATS may have confirmed: those go out again.
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
