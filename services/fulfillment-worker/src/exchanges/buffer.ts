import { AsyncLocalStorage } from 'node:async_hooks';
import type { Exchange } from '@landfall/marketplace/http';
import type { NewExchange } from '../store/exchanges.ts';
import { redacted } from './redact.ts';

/** The kind of the task that runs, to say why a call is made. */
export const runningTask = new AsyncLocalStorage<string>();

/** Some seconds of a busy worker. When the database is away, older ones are lost: work goes on. */
const MAX_WAITING = 5_000;

/** Collects calls to Microsoft about single subscriptions until they are stored. Adding never waits. */
export class ExchangeBuffer {
  readonly #now: () => Date;
  #waiting: NewExchange[] = [];
  #lost = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(exchange: Exchange): void {
    const subscriptionId = subscriptionOf(exchange);
    if (subscriptionId === undefined) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    const { operation, status, code, durationMs, attempt, requestId, correlationId } = exchange;
    this.#waiting.push({
      subscriptionId,
      call: operation,
      at: this.#now(),
      status,
      failure: code,
      durationMs,
      attempt,
      requestId,
      correlationId,
      cause: runningTask.getStore() ?? exchange.purpose,
      sent: redacted(exchange.sent),
      answer: redacted(exchange.answer),
    });
  }

  /** Hands over what was collected, and how many were lost. */
  take(): { readonly exchanges: readonly NewExchange[]; readonly lost: number } {
    const taken = { exchanges: this.#waiting, lost: this.#lost };
    this.#waiting = [];
    this.#lost = 0;
    return taken;
  }
}

/** The subscription in the path of a call; for Resolve, the one in the answer. */
function subscriptionOf({ operation, path, answer }: Exchange): string | undefined {
  if (operation === 'resolve') {
    const id: unknown = new Map(Object.entries(answer ?? {})).get('id');
    return typeof id === 'string' ? id.toLowerCase() : undefined;
  }
  const [, id] = /\/subscriptions\/([^/?]+)/.exec(path) ?? [];
  return id === undefined ? undefined : decodeURIComponent(id).toLowerCase();
}
