import { locale } from '../../words/words.ts';
import type { Day } from './days.ts';

const UTC = { timeZone: 'UTC' } as const;
const months = new Intl.DateTimeFormat(locale, { ...UTC, month: 'long', year: 'numeric' });
const whole = new Intl.DateTimeFormat(locale, {
  ...UTC,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const short = new Intl.DateTimeFormat(locale, { ...UTC, weekday: 'short' });
const clock = new Intl.DateTimeFormat(locale, { ...UTC, hour: '2-digit', minute: '2-digit' });

export const monthName = (month: string): string => months.format(new Date(`${month}-01`));
export const dayName = (day: Day): string => whole.format(new Date(day));
export const weekdayName = (day: Day): string => short.format(new Date(day));
export const clockTime = (at: string): string => clock.format(new Date(at));
