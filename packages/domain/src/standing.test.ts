import { describe, expect, test } from 'vitest';
import { plansWithin, standingAt, type SubscriptionVersion } from './standing.ts';

const MONTH = { termStart: new Date('2026-02-10T00:00:00Z'), termEnd: null, termUnit: 'P1M' };
const YEAR = { termStart: new Date('2026-03-10T09:30:00Z'), termEnd: null, termUnit: 'P1Y' };
const NONE = { termStart: null, termEnd: null, termUnit: null };

const at = (time: string) => new Date(`2026-03-10T${time}Z`);
const version = (
  number: number,
  time: string,
  over: Partial<SubscriptionVersion> = {},
): SubscriptionVersion => ({
  version: number,
  occurredAt: at(time),
  planId: 'starter',
  status: 'Subscribed',
  ...MONTH,
  ...over,
});

describe('the plan of a moment', () => {
  const versions = [
    version(1, '08:00:00', { status: 'PendingFulfillmentStart', planId: 'trial' }),
    version(2, '09:00:00'),
    version(4, '10:20:00', { planId: 'growth' }),
    version(5, '11:00:00', { status: 'Suspended', planId: 'growth' }),
    version(6, '12:00:00', { status: 'Unsubscribed', planId: 'growth' }),
  ];

  test.each([
    ['before the subscription was pending', '07:00:00', 'starter'],
    ['while it was pending', '08:30:00', 'starter'],
    ['when it began', '09:00:00', 'starter'],
    ['just before the change', '10:19:59.999', 'starter'],
    ['at the change', '10:20:00', 'growth'],
    ['while it is suspended', '11:30:00', 'growth'],
    ['after its end', '13:00:00', 'growth'],
  ])('%s is the plan in force then', (_what, time, planId) => {
    expect(standingAt(versions, at(time))?.planId).toBe(planId);
    expect(standingAt(versions.toReversed(), at(time))?.planId).toBe(planId);
  });

  test('is that of the higher version, if two versions have the same moment', () => {
    const changed = version(3, '09:00:00', { planId: 'growth' });
    expect(standingAt([changed, version(2, '09:00:00')], at('09:00:00'))?.planId).toBe('growth');
  });

  test('is not known for a subscription that was never active', () => {
    const [pending] = versions;
    expect(standingAt([], at('09:00:00'))).toBeUndefined();
    expect(standingAt([pending!], at('09:00:00'))).toBeUndefined();
  });
});

describe('the term of a moment', () => {
  test.each([
    ['of the first term, before it began', '2026-02-01T00:00:00Z', MONTH],
    ['of the first term', '2026-03-10T09:29:59.999Z', MONTH],
    ['of the next term, at its start', '2026-03-10T09:30:00Z', YEAR],
    ['of the next term, before its fact arrived', '2026-03-10T09:40:00Z', YEAR],
  ])('is known for usage %s', (_what, moment, { termStart, termUnit }) => {
    const renewed = version(2, '09:45:00', YEAR);
    const standing = standingAt([renewed, version(1, '00:00:00')], new Date(moment));
    expect(standing).toMatchObject({ termStart, termUnit });
  });

  test('has the unit that any version of it states', () => {
    const silent = version(1, '00:00:00', { termUnit: null });
    const later = version(2, '10:00:00');
    expect(standingAt([silent, later], at('01:00:00'))?.termUnit).toBe('P1M');
    expect(standingAt([later, { ...silent, version: 3 }], at('01:00:00'))?.termUnit).toBe('P1M');
  });

  test('is null if no version states one', () => {
    const standing = standingAt([version(1, '00:00:00', NONE)], at('01:00:00'));
    expect(standing).toEqual({ planId: 'starter', termStart: null, termUnit: null });
  });
});

describe('the plans within an hour', () => {
  const versions = [
    version(1, '09:30:00'),
    version(2, '10:20:00', { planId: 'growth' }),
    version(3, '10:40:00', { planId: 'starter' }),
    version(4, '11:00:00', { planId: 'scale' }),
  ];
  const within = (start: string, end: string) =>
    plansWithin(versions, { start: at(start), end: at(end) });

  test.each([
    ['10:00:00', '11:00:00', ['starter', 'growth']],
    ['11:00:00', '12:00:00', ['scale']],
    ['12:00:00', '13:00:00', ['scale']],
    ['08:00:00', '09:00:00', ['starter']],
  ])('from %s to %s are each named once, earliest first', (start, end, plans) => {
    expect(within(start, end)).toEqual(plans);
  });
});
