const UNITS = { Y: 'year', M: 'month', W: 'week', D: 'day' } as const;

/** `P1M` → "1 month", `P3Y` → "3 years"; a duration of another form is shown as Microsoft sent it. */
export function termInWords(termUnit: string): string {
  const match = /^P(\d{1,4})([YMWD])$/i.exec(termUnit.trim());
  if (!match) return termUnit;
  const count = Number(match[1]);
  const unit = UNITS[match[2]?.toUpperCase() as keyof typeof UNITS];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** In UTC, as Microsoft counts terms. */
export function dateInWords(date: Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
