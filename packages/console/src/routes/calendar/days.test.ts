import { expect, test } from 'vitest';
import { plusDays, plusMonths, weeksOf } from './days.ts';

test('a month is shown in whole weeks from Monday to Sunday', () => {
  const weeks = weeksOf('2026-11');
  expect(weeks[0]?.[0]).toBe('2026-10-26');
  expect(weeks.at(-1)?.at(-1)).toBe('2026-12-06');
  expect(weeks.every((week) => week.length === 7)).toBe(true);
});

test('a month that fits whole weeks has no days of its neighbours', () => {
  const days = weeksOf('2027-02').flat();
  expect([days.length, days[0], days.at(-1)]).toEqual([28, '2027-02-01', '2027-02-28']);
});

test('days and months continue over the end of a year', () => {
  expect(plusDays('2026-12-31', 1)).toBe('2027-01-01');
  expect([plusMonths('2026-12', 1), plusMonths('2027-01', -1)]).toEqual(['2027-01', '2026-12']);
});
