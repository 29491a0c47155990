import { DAY_MS } from './constants.ts';
import type { Term } from './state.ts';

/** A free trial lasts one month before the first paid term. */
const TRIAL_MONTHS = 1;

/** Months of an ISO 8601 duration such as P1M, P1Y or P18M. */
export function monthsOf(termUnit: string): number {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(termUnit);
  const months = Number(match?.[1] ?? 0) * 12 + Number(match?.[2] ?? 0);
  if (months === 0) throw new Error(`${termUnit} is not a term of whole months`);
  return months;
}

/** The first term begins on the UTC day of activation. */
export function startTerm(term: Term, at: number, isFreeTrial: boolean): void {
  term.anchor = at - (at % DAY_MS);
  term.fromMonths = 0;
  term.toMonths = isFreeTrial ? TRIAL_MONTHS : monthsOf(term.unit);
}

/** Starts the next term at the end of the current one. */
export function nextTerm(term: Term): void {
  term.fromMonths = term.toMonths;
  term.toMonths += monthsOf(term.unit);
}

/**
 * The first day, the last day, and the time of renewal (the day after the last); null before
 * activation.
 */
export function termDates(
  term: Term,
): { readonly start: number; readonly end: number; readonly renewal: number } | null {
  if (term.anchor === null) return null;
  const renewal = addMonths(term.anchor, term.toMonths);
  return { start: addMonths(term.anchor, term.fromMonths), end: renewal - DAY_MS, renewal };
}

/** In a shorter month, the 31st becomes its last day. Counting from the anchor prevents drift. */
function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor);
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), lastDay));
}
