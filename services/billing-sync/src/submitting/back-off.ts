import { USAGE_WINDOW_MS } from '@landfall/domain/usage';

/** A row that failed alone is likely to fail again at once; half a minute lets a deployment pass. */
const FIRST_PAUSE_MS = 30 * 1000;

/** At this pace a day-long outage costs a row some fifty tries, and its end is noticed soon. */
const LONGEST_PAUSE_MS = 30 * 60 * 1000;

/** A last try comes this long before Microsoft's window ends, whatever the pause would have been. */
const LAST_TRY_MS = 10 * 60 * 1000;

/** When a row is tried again: the pause doubles with its attempts, unless Microsoft named one. */
export function nextAttemptAt(
  row: { readonly attempts: number; readonly lastUsedAt: Date },
  now: Date,
  retryAfterMs?: number,
): Date {
  const doubled = FIRST_PAUSE_MS * 2 ** Math.min(Math.max(row.attempts - 1, 0), 10);
  const next = now.getTime() + (retryAfterMs ?? Math.min(doubled, LONGEST_PAUSE_MS));
  const lastTry = row.lastUsedAt.getTime() + USAGE_WINDOW_MS - LAST_TRY_MS;
  return new Date(now.getTime() < lastTry ? Math.min(next, lastTry) : next);
}
