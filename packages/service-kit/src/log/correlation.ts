import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();

/** Form of a correlation id: safe in a header, a log line and a URL. */
const SAFE_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** Runs `fn` and everything that it awaits under this correlation id, which appears in its log lines. */
export function withCorrelation<T>(id: string, fn: () => T): T {
  return storage.run(id, fn);
}

/** The correlation id of the current flow; a new one if none is set. */
export function correlationId(): string {
  return storage.getStore() ?? randomUUID();
}

/** The correlation id of the current flow; undefined if none is set. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore();
}

/** Keeps a correlation id from outside if its form is harmless; otherwise returns a new one. */
export function acceptCorrelationId(offered: string | null | undefined): string {
  return offered && SAFE_ID.test(offered) ? offered : randomUUID();
}
