import { spread, stepOf } from '@landfall/domain/back-off';

const SECOND_MS = 1000;

/** Quick while it may be a hiccup and a buyer waits, then no more than an outage deserves. */
const SCHEDULE_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND_MS);

/** With the schedule above some sixteen hours: an outage of a night and a morning heals by itself. */
export const MAX_ATTEMPTS = 100;

/** How long to wait after the `attempts`-th failure in a row; the other side's own wish comes first. */
export function backOffMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const own = spread(stepOf(SCHEDULE_MS, attempts - 1), random);
  return Math.max(own, retryAfterMs ?? 0);
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
