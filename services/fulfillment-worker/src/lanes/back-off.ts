const SECOND_MS = 1000;

/** Quick while it may be a hiccup and a buyer waits, then no more than an outage deserves. */
const SCHEDULE_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND_MS);

/** With the schedule above some sixteen hours: an outage of a night and a morning heals by itself. */
export const MAX_ATTEMPTS = 100;

/** Half of the pause is random, so that lanes that failed together do not return together. */
const JITTER = 0.5;

/** How long to wait after the `attempts`-th failure in a row; the other side's own wish comes first. */
export function backOffMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const step = stepOf(SCHEDULE_MS, attempts - 1);
  const own = step * (1 - JITTER + JITTER * random);
  return Math.max(own, retryAfterMs ?? 0);
}

/** The place on a schedule; beyond its end the last one. */
export function stepOf(schedule: readonly number[], poll: number): number {
  return schedule[Math.min(Math.max(poll, 0), schedule.length - 1)] ?? 0;
}

/** A hiccup of the authority is over in a second. */
const SHORTEST_WAIT_MS = 1 * SECOND_MS;
/** Doubled by chance at most: a minute after an operator has put access right, all work goes on. */
const LONGEST_WAIT_MS = 30 * SECOND_MS;

/** How long a task waits that is not to blame; spread, so that all of them do not return together. */
export function waitMs(retryAfterMs: number | undefined, random: number): number {
  const wished = Math.max(retryAfterMs ?? LONGEST_WAIT_MS, SHORTEST_WAIT_MS);
  return Math.min(wished, LONGEST_WAIT_MS) * (1 + random);
}
