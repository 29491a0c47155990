import type { Words } from './words/words.ts';

const UNITS = {
  Y: 'purchase.years',
  M: 'purchase.months',
  W: 'purchase.weeks',
  D: 'purchase.days',
} as const;

/** `P1M` → "1 month", `P3Y` → "3 years"; a duration of another form is shown as Microsoft sent it. */
export function termInWords(words: Words, termUnit: string): string {
  const match = /^P(\d{1,4})([YMWD])$/i.exec(termUnit.trim());
  if (!match) return termUnit;
  const unit = UNITS[match[2]?.toUpperCase() as keyof typeof UNITS];
  return words.t(unit, { count: Number(match[1]) });
}
