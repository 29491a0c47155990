const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
/** Characters that would move the cursor or change the terminal's colours. Names come from customers. */
const CONTROL = /\p{Cc}+/gu;

/** A value in one line for a person. Nothing for a missing one. */
export function showCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return ISO_TIME.test(value) ? localTime(value) : plain(value);
  if (Array.isArray(value)) return value.map(showCell).join(', ');
  return plain(JSON.stringify(value));
}

/** Date and time in the zone of this machine, with the zone: `2026-11-20 11:00:00 CET`. */
export function localTime(iso: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    dateStyle: undefined,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).formatToParts(new Date(iso));
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return `${date} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName')}`;
}

export function plain(text: string): string {
  return text.replaceAll(CONTROL, ' ').trim();
}

/** Columns that a text takes on a terminal. East Asian wide characters take two. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/;

/** `planId` becomes `plan id`, and `createdAt` becomes `created at`. */
export function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
