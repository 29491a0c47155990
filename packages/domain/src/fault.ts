/** Whether the same call may succeed when it is made again. */
export type Retry = 'later' | 'never';

/**
 * The world misbehaves: Microsoft, Postgres, NATS, a network, a clock. Thrown, never returned; a
 * business "no" is a returned rejection instead. `code` is stable and is what callers look at;
 * `retryAfterMs` is the other side's own wish, where it gave one.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: { retry: Retry; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Faults cross package copies and process ownership, so they are recognised by name, not by class. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Error && error.name === 'Fault' && 'code' in error && 'retry' in error;
}
