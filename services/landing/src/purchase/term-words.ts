import type { Words } from '../words/words.ts';

const UNITS = { Y: 'years', M: 'months', W: 'weeks', D: 'days' } as const;

/** `P1M` → "1 month", `P3Y` → "3 years". Other durations are shown as Microsoft sent them. */
export function termInWords(words: Words, termUnit: string): string {
  const term = readTerm(termUnit);
  return term ? words.t(`purchase.${term.unit}`, { count: term.count }) : termUnit;
}

/** A price for one term: `P1M` → "US$49.00 per month", `P3Y` → "US$49.00 for 3 years". */
export function perTermInWords(words: Words, price: string, termUnit: string): string {
  const term = readTerm(termUnit);
  if (!term) return `${price} (${termUnit})`;
  return words.t(`purchase.per.${term.unit}`, { price, count: term.count });
}

function readTerm(termUnit: string) {
  const match = /^P(\d{1,4})([YMWD])$/i.exec(termUnit.trim());
  const unit = UNITS[match?.[2]?.toUpperCase() as keyof typeof UNITS];
  return match && { unit, count: Number(match[1]) };
}
