import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();

/** One per business flow, safe in a header, a log line and a URL; anything else is replaced. */
const SAFE_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** Runs `fn` and everything it awaits under this correlation id; log lines carry it by themselves. */
export function withCorrelation<T>(id: string, fn: () => T): T {
  return storage.run(id, fn);
}

/** The id of the flow that is running; a new one where none has been set. */
export function correlationId(): string {
  return storage.getStore() ?? randomUUID();
}

/** The id of the flow that is running, if any. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore();
}

/** What a stranger sent as a correlation id: taken over when its shape is harmless, else replaced. */
export function acceptCorrelationId(offered: string | null | undefined): string {
  return offered && SAFE_ID.test(offered) ? offered : randomUUID();
}
