import { overage, reportableQuantity } from './usage.ts';

/** An hour that is due, with everything that its rating depends on. Quantities are in the dimension's units. */
export interface DueHour {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
  /** The plan at the start of the hour. The whole hour is billed by it. */
  readonly planId: string;
  readonly termStart: Date;
  readonly used: number;
  /** Part of `used` that the term's counter already includes. */
  readonly counted: number;
  readonly reported: number;
  /** Null: unlimited. */
  readonly included: number | null;
  readonly subscriptionStatus: string;
}

/** An hour with the total quantity to report for it, in the dimension's units. */
export interface RatedHour {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
  readonly planId: string;
  readonly reported: number;
  readonly state: 'closed' | 'held' | 'settled';
}

/** Key of a term's counter: an included quantity is used up by one plan's dimension in one term. */
export function counterKey(of: {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
  readonly termStart: Date;
}): string {
  return JSON.stringify([of.subscriptionId, of.planId, of.dimension, of.termStart.getTime()]);
}

/**
 * Computes the quantity that is reported for each hour, and the counters after it. Hours count in the order in which
 * they close. The total above the included quantity does not depend on that order, so late usage is neither lost nor
 * billed twice.
 */
export function rateHours(
  hours: readonly DueHour[],
  countersBefore: ReadonlyMap<string, number>,
): { readonly rated: readonly RatedHour[]; readonly counters: ReadonlyMap<string, number> } {
  const counters = new Map(countersBefore);
  const rated = hours.map((due): RatedHour => {
    const key = counterKey(due);
    const before = counters.get(key) ?? 0;
    const fresh = due.used - due.counted;
    counters.set(key, before + fresh);
    const reported = reportableQuantity(due.reported + overage(fresh, before, due.included));
    const { subscriptionId, dimension, hour, planId } = due;
    return { subscriptionId, dimension, hour, planId, reported, state: stateOf(due, reported) };
  });
  return { rated, counters };
}

function stateOf(due: DueHour, reported: number): RatedHour['state'] {
  if (reported <= 0) return 'settled';
  return due.subscriptionStatus === 'Suspended' ? 'held' : 'closed';
}
