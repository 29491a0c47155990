/** A row that failed alone is likely to fail again at once; half a minute lets a deployment pass. */
const FIRST_PAUSE_MS = 30 * 1000;

/** At this pace a day-long outage costs a row some fifty tries, and its end is noticed soon. */
const LONGEST_PAUSE_MS = 30 * 60 * 1000;

/** When a row is tried again after `attempts` tries; the other side's own wish is kept to. */
export function nextAttemptAt(now: Date, attempts: number, retryAfterMs?: number): Date {
  const doubled = FIRST_PAUSE_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 10);
  return new Date(now.getTime() + (retryAfterMs ?? Math.min(doubled, LONGEST_PAUSE_MS)));
}
