/** Whether repeating the same call may succeed. */
export type Retry = 'later' | 'never';

/**
 * A failure outside Landfall's code: Microsoft, PostgreSQL, NATS, the network or a clock. Always thrown; a
 * business "no" is a returned rejection instead. `code` is stable, and callers check only that.
 * `retryAfterMs` is the other side's own request, if it made one.
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

/** Recognises faults by name, not by class, because they may come from another copy of this package. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Error && error.name === 'Fault' && 'code' in error && 'retry' in error;
}
