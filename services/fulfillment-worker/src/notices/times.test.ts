import { expect, test } from 'vitest';
import { timeToSend, type NoticeTimes } from './times.ts';

const always: NoticeTimes = {
  digest: 'at-once',
  digestHour: 8,
  timeZone: 'UTC',
  quietHours: null,
  lastMessageAt: null,
};

const sentAt = (
  times: Partial<NoticeTimes>,
  from: string,
  severity: 'critical' | 'info' = 'info',
) => timeToSend({ ...always, ...times }, { from: new Date(from), severity }).toISOString();

const night = { from: '22:00', to: '07:00', exceptCritical: true };
const berlin = { timeZone: 'Europe/Berlin' };

test('at once means after two seconds, in which more can gather', () => {
  expect(sentAt({}, '2026-11-03T10:00:00Z')).toBe('2026-11-03T10:00:02.000Z');
});

test('a second message follows the first after half a minute, and a critical one at once', () => {
  const lastMessageAt = new Date('2026-11-03T10:00:00Z');
  expect(sentAt({ lastMessageAt }, '2026-11-03T10:00:05Z')).toBe('2026-11-03T10:00:30.000Z');
  expect(sentAt({ lastMessageAt }, '2026-11-03T10:00:05Z', 'critical')).toBe(
    '2026-11-03T10:00:07.000Z',
  );
});

test('an hourly digest comes at the next full hour of the zone', () => {
  expect(sentAt({ digest: 'hourly' }, '2026-11-03T10:20:00Z')).toBe('2026-11-03T11:00:00.000Z');
  expect(sentAt({ digest: 'hourly' }, '2026-11-03T23:20:00Z')).toBe('2026-11-04T00:00:00.000Z');
  expect(sentAt({ digest: 'hourly', timeZone: 'Asia/Kolkata' }, '2026-11-03T10:20:00Z')).toBe(
    '2026-11-03T10:30:00.000Z',
  );
});

test('a daily digest comes at its hour of the zone, also when clocks change in between', () => {
  const daily = { digest: 'daily', digestHour: 8, ...berlin } as const;
  expect(sentAt(daily, '2026-11-03T06:59:00Z')).toBe('2026-11-03T07:00:00.000Z');
  expect(sentAt(daily, '2026-11-03T07:00:00Z')).toBe('2026-11-04T07:00:00.000Z');
  expect(sentAt(daily, '2026-10-24T12:00:00Z')).toBe('2026-10-25T07:00:00.000Z');
  expect(sentAt(daily, '2026-03-28T12:00:00Z')).toBe('2026-03-29T06:00:00.000Z');
});

test('a daily digest at an hour that clocks skip comes an hour later', () => {
  const daily = { digest: 'daily', digestHour: 2, ...berlin } as const;
  expect(sentAt(daily, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
});

test('quiet hours over midnight end in the morning of the zone', () => {
  const quiet = { quietHours: night, ...berlin };
  expect(sentAt(quiet, '2026-11-03T21:30:00Z')).toBe('2026-11-04T06:00:00.000Z');
  expect(sentAt(quiet, '2026-11-04T05:30:00Z')).toBe('2026-11-04T06:00:00.000Z');
  expect(sentAt(quiet, '2026-11-04T06:00:00Z')).toBe('2026-11-04T06:00:02.000Z');
});

test('critical matters are sent in quiet hours, unless the destination says no', () => {
  const at = '2026-11-03T23:00:00Z';
  expect(sentAt({ quietHours: night }, at, 'critical')).toBe('2026-11-03T23:00:02.000Z');
  const strict = { ...night, exceptCritical: false };
  expect(sentAt({ quietHours: strict }, at, 'critical')).toBe('2026-11-04T07:00:00.000Z');
});

test('a digest in quiet hours comes when they end', () => {
  const daily = { digest: 'daily', digestHour: 6, quietHours: night } as const;
  expect(sentAt(daily, '2026-11-03T12:00:00Z')).toBe('2026-11-04T07:00:00.000Z');
});
