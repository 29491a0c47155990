export const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK = 7;

/** Days are UTC days, `YYYY-MM-DD`, because Microsoft counts terms in UTC. */
export type Day = string;

export function dayOf(at: Date | number | string): Day {
  return new Date(at).toISOString().slice(0, 10);
}

export function plusDays(day: Day, count: number): Day {
  return dayOf(Date.parse(day) + count * DAY_MS);
}

export function plusMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}

export function startOf(day: Day): string {
  return `${day}T00:00:00.000Z`;
}

/** The weeks that contain the month, from Monday to Sunday (ISO 8601). */
export function weeksOf(month: string): readonly (readonly Day[])[] {
  const first = `${month}-01`;
  const last = plusDays(`${plusMonths(month, 1)}-01`, -1);
  const weekday = (day: Day) => (new Date(day).getUTCDay() + WEEK - 1) % WEEK;
  const begin = plusDays(first, -weekday(first));
  const end = plusDays(last, WEEK - 1 - weekday(last));
  const count = Math.round((Date.parse(end) - Date.parse(begin)) / DAY_MS) + 1;
  return Array.from({ length: count / WEEK }, (_, week) =>
    Array.from({ length: WEEK }, (__, at) => plusDays(begin, week * WEEK + at)),
  );
}
