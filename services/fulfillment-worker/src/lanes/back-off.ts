import { spread, stepOf } from '@landfall/domain/back-off';

const SECOND_MS = 1000;

/** Short while it may be a brief failure and a buyer waits, then long enough for an outage. */
const SCHEDULE_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND_MS);

/** About sixteen hours with the schedule above, so tasks outlast an outage of a night and a morning without help. */
export const MAX_ATTEMPTS = 100;

/** Pause after this number of failures in a row. A longer pause that the other side requests counts. */
export function backOffMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const own = spread(stepOf(SCHEDULE_MS, attempts - 1), random);
  return Math.max(own, retryAfterMs ?? 0);
}

/** A brief failure of the authority is over within a second. */
const SHORTEST_WAIT_MS = 1 * SECOND_MS;
/** At most doubled at random: all work continues within a minute after an operator restores access. */
const LONGEST_WAIT_MS = 30 * SECOND_MS;

/** Pause of a task that waits for access; spread, so that tasks do not all return together. */
export function waitMs(retryAfterMs: number | undefined, random: number): number {
  const wished = Math.max(retryAfterMs ?? LONGEST_WAIT_MS, SHORTEST_WAIT_MS);
  return Math.min(wished, LONGEST_WAIT_MS) * (1 + random);
}
