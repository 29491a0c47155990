import { Big } from 'big.js';

/**
 * An exact decimal number. Quantities and prices are text in JSON, in PostgreSQL and in calls to Microsoft, and this type
 * in between. They never pass through a binary floating-point number, in which 0.1 + 0.2 is not 0.3.
 */
export type Decimal = Big;

export const ZERO: Decimal = new Big(0);

/** Integer digits of a recorded quantity: below ten trillion units. No meter counts that much in an hour. */
const MAX_INTEGER_DIGITS = 13;

/** Decimals of a recorded quantity: a millionth of a millionth of a unit is the smallest that Landfall counts. */
const MAX_DECIMALS = 12;

const PLAIN = /^(\d+)(?:\.(\d+))?$/;

/** Digits that a JSON number keeps in every reader. What comes after them is noise, as in 0.30000000000000004. */
const NUMBER_DIGITS = 15;

/**
 * Reads a quantity of unknown form: plain decimal text, which is taken as it is, or a JSON number, which is taken to 15
 * digits and 12 decimals. Undefined if it is neither, is negative, or has more digits than Landfall keeps. Zero is a
 * number; whether it is allowed is the caller's decision.
 */
export function readDecimal(value: unknown): Decimal | undefined {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return undefined;
    const kept = new Big(value).prec(NUMBER_DIGITS).round(MAX_DECIMALS);
    // A number that is too small to keep is not zero.
    return kept.eq(ZERO) && value !== 0 ? undefined : readDecimal(kept.toFixed());
  }
  const [, integer, decimals = ''] = (typeof value === 'string' && PLAIN.exec(value)) || [];
  if (integer === undefined) return undefined;
  const digits = integer.replace(/^0+/, '').length;
  return digits > MAX_INTEGER_DIGITS || decimals.length > MAX_DECIMALS
    ? undefined
    : new Big(value as string);
}

/** A decimal from text that Landfall or PostgreSQL has written. Throws for anything else. */
export function decimal(text: string): Decimal {
  return new Big(text);
}

/** The shortest plain notation: no exponent, no trailing zeros. Equal numbers have equal texts. */
export function decimalText(value: Decimal): string {
  return value.eq(ZERO) ? '0' : value.toFixed();
}

export function smaller(left: Decimal, right: Decimal): Decimal {
  return left.lt(right) ? left : right;
}

export function larger(left: Decimal, right: Decimal): Decimal {
  return left.gt(right) ? left : right;
}

/** Cuts toward zero to a number of decimals and of significant digits. */
export function cut(
  value: Decimal,
  { decimals, digits }: { readonly decimals: number; readonly digits: number },
): Decimal {
  const short = value.round(decimals, Big.roundDown);
  return short.eq(ZERO) ? ZERO : short.prec(digits, Big.roundDown);
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}
