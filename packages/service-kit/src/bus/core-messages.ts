import { setTimeout as delay } from 'node:timers/promises';
import type { Msg, MsgHdrs, NatsConnection } from 'nats';
import type { Logger } from '../log/log.ts';
import { hasNoResponder, requestFault } from './faults.ts';
import { fromNatsHeaders, toNatsHeaders } from './headers.ts';

/** How long a request is repeated while its owner restarts. It was not delivered, so repeating it is safe. */
const NO_RESPONDER_PATIENCE_MS = 1500;
const NO_RESPONDER_RETRY_MS = 50;

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

/** Signals, requests and answers: what uses core NATS without JetStream. */
export class CoreMessages {
  readonly #connection: NatsConnection;
  readonly #log: Logger;
  readonly #isReady: () => boolean;
  /** Ends each open request when the connection is lost. */
  readonly #open = new Set<(error: Error) => void>();
  /** Resolves when the lost connection is back. Undefined while there is one. */
  #restored: PromiseWithResolvers<void> | undefined;
  #turnEnd: Promise<void> | undefined;

  constructor(
    connection: NatsConnection,
    { log, isReady }: { readonly log: Logger; readonly isReady: () => boolean },
  ) {
    this.#connection = connection;
    this.#log = log;
    this.#isReady = isReady;
  }

  /** Fails the open requests: their answers were on the lost connection, and would only time out. */
  connectionLost(): void {
    const error = new Error('the connection was lost');
    for (const end of this.#open) end(error);
    this.#restored ??= Promise.withResolvers();
  }

  connectionRestored(): void {
    this.#restored?.resolve();
    this.#restored = undefined;
  }

  notify(subject: string): void {
    // While NATS is unavailable, the client would queue the signal, but the sweep is faster.
    if (this.#isReady()) this.#connection.publish(subject);
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
        if (this.#isReady() && !subscription.isClosed()) await subscription.drain();
        else subscription.unsubscribe();
        await Promise.all(open);
        if (this.#isReady()) await this.#connection.flush();
      },
    };
  }

  async #answer(message: Msg, fn: (message: BusMessage) => Promise<string>): Promise<void> {
    try {
      const answer = await fn({
        subject: message.subject,
        body: message.string(),
        headers: fromNatsHeaders(message.headers),
      });
      await this.#endOfTurn();
      message.respond(answer);
    } catch (err) {
      this.#log.error({ err }, 'could not answer a request');
    }
  }

  /**
   * Resolves after this turn of the event loop, at the same time for all requests of the turn. The client then sends them in
   * one write, because a write costs more than the messages in it.
   */
  #endOfTurn(): Promise<void> {
    this.#turnEnd ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turnEnd = undefined;
        resolve();
      });
    });
    return this.#turnEnd;
  }

  /** The client would drop a request that is sent while it connects again. */
  async #connected(timeoutMs: number): Promise<void> {
    if (!this.#restored) return;
    const late = delay(timeoutMs, 'late' as const, { ref: false });
    const outcome = await Promise.race([this.#restored.promise, late]);
    if (outcome === 'late') throw new Error('NATS is not connected');
  }

  #unlessLost(sent: Promise<Msg>): Promise<Msg> {
    return new Promise((resolve, reject) => {
      this.#open.add(reject);
      const settle = (end: () => void) => {
        this.#open.delete(reject);
        end();
      };
      sent.then(
        (message) => settle(() => resolve(message)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
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
        await this.#connected(options.timeoutMs - spentMs);
        await this.#endOfTurn();
        const timeout = Math.max(1, options.timeoutMs - (performance.now() - startedAt));
        const sent = this.#connection.request(subject, body, { headers: options.headers, timeout });
        const message = await this.#unlessLost(sent);
        return message.string();
      } catch (error) {
        const patienceMs = Math.min(NO_RESPONDER_PATIENCE_MS, options.timeoutMs);
        if (!hasNoResponder(error) || spentMs + pauseMs > patienceMs) {
          throw requestFault(error, this.#isReady());
        }
      }
      await delay(pauseMs);
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
