import { ZERO, sum, type Decimal } from './decimal.ts';
import { USAGE_WINDOW_MS } from './usage.ts';

/** What became of the units of one plan, term and dimension in a month, in the dimension's unit. */
export interface StatementUnits {
  /** Usage that occurred in the month. */
  readonly used: Decimal;
  readonly included: Decimal;
  /** Accepted by Microsoft for hours of the month. */
  readonly billed: Decimal;
  readonly pending: Decimal;
  readonly notBilled: Decimal;
  /** From hours of other months. */
  readonly carriedIn: Decimal;
  /** To hours of other months. */
  readonly carriedOut: Decimal;
  /** Change of the term's remainder. Negative if it was reported with units of this month. */
  readonly remainder: Decimal;
  /** Counted by Microsoft in excess of what was sent. Not part of the balance. */
  readonly overBilled: Decimal;
}

/** Whether every unit is accounted for exactly once. */
export function isBalanced(units: StatementUnits): boolean {
  const { included, billed, pending, notBilled, carriedOut, remainder } = units;
  const went = sum([included, billed, pending, notBilled, carriedOut, remainder]);
  return units.used.plus(units.carriedIn).eq(went);
}

export interface Price {
  readonly unitPrice: Decimal;
  readonly currency: string;
}

/**
 * What Microsoft charges for billed units. Microsoft cuts off fractions of a cent:
 * https://learn.microsoft.com/partner-center/marketplace-offers/saas-metered-billing
 */
export function amountOf(billed: Decimal, price: Price): Decimal {
  return billed.times(price.unitPrice).round(2, ROUND_DOWN);
}

/** Big.js: toward zero. */
const ROUND_DOWN = 0;

/** Sum of the amounts per currency, by currency. */
export function totalsOf(
  amounts: readonly { readonly currency: string; readonly amount: Decimal }[],
): { readonly currency: string; readonly amount: Decimal }[] {
  const totals = new Map<string, Decimal>();
  for (const { currency, amount } of amounts) {
    totals.set(currency, (totals.get(currency) ?? ZERO).plus(amount));
  }
  return [...totals]
    .map(([currency, amount]) => ({ currency, amount }))
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** A UTC month with its first moment and the first moment after it. */
export interface Month {
  readonly start: Date;
  readonly end: Date;
}

/** @param text such as 2026-11 */
export function monthOf(text: string): Month {
  const [year = 0, month = 0] = text.split('-').map(Number);
  return { start: new Date(Date.UTC(year, month - 1)), end: new Date(Date.UTC(year, month)) };
}

/**
 * From this moment on, no record of the month is taken, and Microsoft accepts no hour of it. Hours that are settled then do
 * not change any more.
 */
export function monthCloses({ end }: Month): Date {
  return new Date(end.getTime() + USAGE_WINDOW_MS);
}
