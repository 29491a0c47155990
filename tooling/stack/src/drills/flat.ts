/** How much a value may grow before it counts as growing: a share of the earlier value, and an amount. */
export interface Allowance {
  readonly share: number;
  readonly amount: number;
}

export interface Flatness {
  /** The medians of the second and of the last quarter of the samples. */
  readonly before: number;
  readonly after: number;
  readonly isFlat: boolean;
}

/**
 * Compares the last quarter of the samples with the second one. The first quarter is the start, in which caches fill and there are
 * fewer customers. Uses medians, because garbage collection and one busy moment say nothing about growth. Pure.
 */
export function flatness(samples: readonly number[], { share, amount }: Allowance): Flatness {
  const quarter = Math.floor(samples.length / 4);
  const before = median(samples.slice(quarter, 2 * quarter));
  const after = median(samples.slice(-quarter));
  return { before, after, isFlat: after <= before * (1 + share) + amount };
}

/** Fewer than two samples in a quarter prove nothing. */
export const FEWEST_SAMPLES = 8;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [upper = 0, lower = upper] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}
