import { doublingPause, spread } from '@landfall/domain/back-off';

/** First pause before a repeat; each later one doubles. Short, because a customer may be waiting. */
export const FIRST_PAUSE_MS = 400;

/** Longest pause of our own. A whole call has a minute. */
export const LONGEST_PAUSE_MS = 8_000;

/** A longer Retry-After must be a mistake, and would delay work for too long. */
export const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

/**
 * Milliseconds to wait before attempt `attempt + 1`: what Microsoft asked for, or an exponential pause with
 * jitter, so that workers that failed together do not retry together. `random` is between 0 and 1.
 */
export function pauseBefore(
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const pauseMs = doublingPause(attempt, { firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS });
  return Math.round(spread(pauseMs, random));
}

/** Milliseconds from `now` of a Retry-After header, in seconds or as an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** Resolves after `ms`, or as soon as the signal is aborted. The caller checks the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
