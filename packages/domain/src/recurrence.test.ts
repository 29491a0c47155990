import { expect, test } from 'vitest';
import { nextOccurrence, occurrences, type Period, type Schedule } from './recurrence.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const at = (text: string) => new Date(text);
const listed = (schedule: Schedule, after: string, upTo: string) =>
  [...occurrences(schedule, at(after), at(upTo))].map((date) => date.toISOString().slice(0, 16));

test('a day that a month does not have becomes its last day, and the later months keep the day', () => {
  const schedule = { every: 'month', from: at('2027-10-31T08:30:00Z') } as const;
  expect(listed(schedule, '2027-10-01T00:00:00Z', '2028-05-30T00:00:00Z')).toEqual([
    '2027-10-31T08:30',
    '2027-11-30T08:30',
    '2027-12-31T08:30',
    '2028-01-31T08:30',
    '2028-02-29T08:30',
    '2028-03-31T08:30',
    '2028-04-30T08:30',
  ]);
});

test('a leap day becomes the 28th in other years', () => {
  const schedule = { every: 'year', from: at('2028-02-29T00:00:00Z') } as const;
  expect(listed(schedule, '2028-01-01T00:00:00Z', '2032-12-31T00:00:00Z')).toEqual([
    '2028-02-29T00:00',
    '2029-02-28T00:00',
    '2030-02-28T00:00',
    '2031-02-28T00:00',
    '2032-02-29T00:00',
  ]);
});

test('the start is the first occurrence, and nothing is due at the end', () => {
  const schedule = {
    every: 'day',
    from: at('2026-03-01T09:00:00Z'),
    until: at('2026-03-03T09:00:00Z'),
  } as const;
  expect(listed(schedule, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
    '2026-03-01T09:00',
    '2026-03-02T09:00',
  ]);
  expect(nextOccurrence(schedule, at('2026-03-02T09:00:00Z'))).toBeUndefined();
});

test('a single occurrence is due once', () => {
  const schedule = { every: 'once', from: at('2026-03-01T09:00:00Z') } as const;
  expect(listed(schedule, '2026-02-01T00:00:00Z', '2036-01-01T00:00:00Z')).toEqual([
    '2026-03-01T09:00',
  ]);
  expect(nextOccurrence(schedule, schedule.from)).toBeUndefined();
});

/** Numbers from 0 to `below - 1` that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** Whether a schedule without an end is due at a minute, decided from the calendar alone. */
function isDue(every: Period, from: Date, minute: Date): boolean {
  if (minute < from) return false;
  const same = (unit: (date: Date) => number) => unit(minute) === unit(from);
  const isMinute = same((date) => date.getUTCMinutes());
  const isTime = isMinute && same((date) => date.getUTCHours());
  const isLast = new Date(minute.getTime() + DAY_MS).getUTCDate() === 1;
  const isDay =
    same((date) => date.getUTCDate()) || (isLast && minute.getUTCDate() < from.getUTCDate());
  switch (every) {
    case 'hour':
      return isMinute;
    case 'day':
      return isTime;
    case 'week':
      return isTime && same((date) => date.getUTCDay());
    case 'month':
      return isTime && isDay;
    case 'year':
      return isTime && isDay && same((date) => date.getUTCMonth());
    case 'once':
      return minute.getTime() === from.getTime();
  }
}

test.each<[Period, number]>([
  ['hour', 3],
  ['day', 80],
  ['week', 200],
  ['month', 1600],
  ['year', 3700],
  ['once', 40],
])('every %s agrees with the calendar, whatever the start and the span', (every, days) => {
  const below = numbers(days);
  for (let round = 0; round < 25; round += 1) {
    // Ends of months and Februaries come up often enough only if the day is near the end of a month.
    const day = round % 2 === 0 ? 28 + below(4) : 1 + below(28);
    const from = new Date(Date.UTC(2023 + below(6), below(12), day, below(24), below(60)));
    const after = new Date(from.getTime() + (below(2 * days) - days) * DAY_MS);
    const upTo = new Date(after.getTime() + below(days) * DAY_MS);

    const expected: string[] = [];
    // Only minutes of the schedule's own minute of the hour can be due.
    const first = new Date(after);
    first.setUTCMinutes(from.getUTCMinutes(), 0, 0);
    for (let ms = first.getTime(); ms <= upTo.getTime(); ms += 60 * MINUTE_MS) {
      const minute = new Date(ms);
      if (minute > after && isDue(every, from, minute)) expected.push(minute.toISOString());
    }
    const found = [...occurrences({ every, from }, after, upTo)].map((date) => date.toISOString());
    expect(found, `${from.toISOString()} from ${after.toISOString()}`).toEqual(expected);
  }
});
