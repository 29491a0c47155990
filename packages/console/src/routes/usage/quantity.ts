import { locale } from '../../words/words.ts';

/** Quantities have up to 12 decimal places. */
const exact = new Intl.NumberFormat(locale, { maximumFractionDigits: 12 });

/** A decimal text of the API as a person reads it. It never becomes a float, so no digit is lost. */
export function quantity(text: string): string {
  return exact.format(text as `${number}`);
}
