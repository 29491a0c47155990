export type Period = 'hour' | 'day' | 'week' | 'month' | 'year' | 'once';

/** A schedule in UTC. Nothing is due at `until` or later. */
export interface Schedule {
  readonly every: Period;
  /** The first occurrence. The later ones follow at the same minute, hour, weekday or day of the month. */
  readonly from: Date;
  readonly until?: Date | undefined;
}

const HOUR_MS = 60 * 60 * 1000;
const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
const MONTHS = { month: 1, year: 12 } as const;

/** The occurrences later than `after` and not later than `upTo`, in order. */
export function* occurrences(schedule: Schedule, after: Date, upTo: Date): Generator<Date> {
  for (let at = after; ;) {
    const next = nextOccurrence(schedule, at);
    if (!next || next > upTo) return;
    yield next;
    at = next;
  }
}

/** The first occurrence later than `after`; undefined if there is none. */
export function nextOccurrence(schedule: Schedule, after: Date): Date | undefined {
  const { every, from, until } = schedule;
  const next = after < from ? from : laterOccurrence(every, from, after);
  return next && until && next >= until ? undefined : next;
}

function laterOccurrence(every: Period, from: Date, after: Date): Date | undefined {
  switch (every) {
    case 'once':
      return undefined;
    case 'month':
    case 'year':
      return laterMonth(from, after, MONTHS[every]);
    default: {
      const periodMs = PERIOD_MS[every];
      const passed = Math.floor((after.getTime() - from.getTime()) / periodMs);
      return new Date(from.getTime() + (passed + 1) * periodMs);
    }
  }
}

function laterMonth(from: Date, after: Date, step: number): Date {
  const years = after.getUTCFullYear() - from.getUTCFullYear();
  const months = years * 12 + after.getUTCMonth() - from.getUTCMonth();
  const passed = Math.floor(months / step) * step;
  const candidate = monthsLater(from, passed);
  return candidate > after ? candidate : monthsLater(from, passed + step);
}

/** A day that the month does not have becomes its last day, without moving the months after it. */
function monthsLater(from: Date, months: number): Date {
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const at = new Date(from);
  at.setUTCFullYear(year, month, Math.min(from.getUTCDate(), lastDay));
  return at;
}
