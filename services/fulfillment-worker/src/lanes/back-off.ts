const SECOND_MS = 1000;

/** Quick while it may be a hiccup and a buyer waits, then no more than an outage deserves. */
const LADDER_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND_MS);

/** With the ladder above some sixteen hours: an outage of a night and a morning heals by itself. */
export const MAX_ATTEMPTS = 100;

/** Half of the pause is random, so that lanes that failed together do not return together. */
const JITTER = 0.5;

/** How long to wait after the `attempts`-th failure in a row; the other side's own wish comes first. */
export function backOffMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const step = stepOf(LADDER_MS, attempts - 1);
  const own = step * (1 - JITTER + JITTER * random);
  return Math.max(own, retryAfterMs ?? 0);
}

/** The place on a ladder; beyond its end the last one. */
export function stepOf(ladder: readonly number[], round: number): number {
  return ladder[Math.min(Math.max(round, 0), ladder.length - 1)] ?? 0;
}
