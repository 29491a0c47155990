import { overage, reportableQuantity } from '@landfall/domain/usage';
import type { HourState } from '../db/schema.ts';

/** An hour that is due, with everything its rating depends on. Quantities in the dimension's units. */
export interface DueHour {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
  /** In force at the hour's start; the whole hour is billed by it. */
  readonly planId: string;
  readonly termStart: Date;
  readonly used: number;
  readonly counted: number;
  readonly reported: number;
  /** null = unlimited. */
  readonly included: number | null;
  readonly subscriptionStatus: string;
}

export interface RatedHour {
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly hour: Date;
  readonly planId: string;
  readonly reported: number;
  readonly state: Extract<HourState, 'closed' | 'held' | 'settled'>;
}

/** Identifies what an included quantity is used up by: one plan's dimension in one term. */
export function counterKey(of: {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
  readonly termStart: Date;
}): string {
  return JSON.stringify([of.subscriptionId, of.planId, of.dimension, of.termStart.getTime()]);
}

/**
 * Says what of each hour is reported, and moves the terms' counters on. Hours count in the order in
 * which they close: the total above the included quantity is the same in every order, so usage that
 * comes late is neither lost nor billed twice.
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
