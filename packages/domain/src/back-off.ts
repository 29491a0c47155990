/** How long to wait before the next attempt. Units are milliseconds, failures are counted from 1. */

/** A pause that doubles with each failure in a row, up to the longest. */
export function doublingPause(
  failures: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
): number {
  return Math.min(firstMs * 2 ** Math.max(failures - 1, 0), longestMs);
}

/** An entry of a schedule, counted from 0. The last one repeats. */
export function stepOf(schedule: readonly number[], index: number): number {
  return schedule[Math.min(Math.max(index, 0), schedule.length - 1)] ?? 0;
}

/**
 * The pause with a random part, so that work that failed together is not repeated together. `random` is
 * from 0 to 1; at 1 the pause has its full length.
 */
export function spread(pauseMs: number, random: number, randomShare = 0.5): number {
  return pauseMs * (1 - randomShare + randomShare * random);
}
