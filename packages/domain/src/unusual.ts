import { decimal, type Decimal } from './decimal.ts';

/** Days of history before the judged day. Four weeks contain each weekday four times. */
export const UNUSUAL_HISTORY_DAYS = 28;

/** A new subscription grows for days. Only a week of use says what is usual. */
const MIN_HISTORY_DAYS = 7;

/** Doubled or tripled usage is growth. Five times the usual day is more often an error of the reporter. */
const FACTOR = decimal('5');

/** Below this, even a few more units are many times the usual ones. */
export const UNUSUAL_MIN_UNITS = decimal('10');

/** Why a day is unusual, in the dimension's unit. */
export interface UnusualDay {
  readonly units: Decimal;
  /** The median of the days with usage. */
  readonly usual: Decimal;
  readonly highest: Decimal;
}

/**
 * A day with more units than any day of the history, and with more than five times its median. `history` has one entry for
 * each earlier day with usage, in any order. Undefined: the day is not unusual, or the history is too short.
 */
export function unusualDay(units: Decimal, history: readonly Decimal[]): UnusualDay | undefined {
  if (history.length < MIN_HISTORY_DAYS || units.lt(UNUSUAL_MIN_UNITS)) return undefined;
  const sorted = history.toSorted((a, b) => a.cmp(b));
  const usual = median(sorted);
  const highest = sorted.at(-1) ?? usual;
  return units.gt(usual.times(FACTOR)) && units.gt(highest) ? { units, usual, highest } : undefined;
}

function median(sorted: readonly Decimal[]): Decimal {
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (!low || !high) throw new RangeError('no values');
  return low.plus(high).times('0.5');
}
