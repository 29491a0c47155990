import { describe, expect, test } from 'vitest';
import { counterKey, rateHours, type DueHour } from './rating.ts';

const termStart = new Date('2026-01-06T00:00:00Z');

function due(over: Partial<DueHour> = {}): DueHour {
  return {
    subscriptionId: 's1',
    dimension: 'reports',
    hour: new Date('2026-01-20T10:00:00Z'),
    planId: 'starter',
    termStart,
    used: 10,
    counted: 0,
    reported: 0,
    included: 0,
    subscriptionStatus: 'Subscribed',
    ...over,
  };
}

const reported = (hours: DueHour[], counters = new Map<string, number>()) =>
  rateHours(hours, counters).rated.map((hour) => hour.reported);

describe('rating', () => {
  test('uses up the included quantity across hours and across runs', () => {
    const hours = [due({ used: 900, included: 1000 }), due({ used: 250, included: 1000 })];
    expect(reported(hours)).toEqual([0, 150]);
    expect(
      reported([due({ used: 5, included: 1000 })], new Map([[counterKey(due()), 1150]])),
    ).toEqual([5]);
  });

  test('counts only the new usage of an hour that was rated before', () => {
    const before = new Map([[counterKey(due()), 120]]);
    const more = due({ used: 150, counted: 120, reported: 20, included: 100 });
    const { rated, counters } = rateHours([more], before);
    expect(rated).toMatchObject([{ reported: 50, state: 'closed' }]);
    expect(counters.get(counterKey(due()))).toBe(150);
  });

  test('counts plans, dimensions and terms separately', () => {
    const hours = [
      due({ used: 80, included: 100 }),
      due({ used: 80, included: 100, planId: 'growth' }),
      due({ used: 80, included: 100, dimension: 'api-calls' }),
      due({ used: 80, included: 100, termStart: new Date('2026-02-06T00:00:00Z') }),
      due({ used: 80, included: 100 }),
    ];
    expect(reported(hours)).toEqual([0, 0, 0, 0, 60]);
  });

  test.each([
    ['Subscribed', 5, 'closed'],
    ['Unsubscribed', 5, 'closed'],
    ['Suspended', 5, 'held'],
    ['Suspended', 0, 'settled'],
    ['Subscribed', 0, 'settled'],
  ])(
    'of a %s subscription with %i to report gives the state %s',
    (subscriptionStatus, used, state) => {
      expect(rateHours([due({ used, subscriptionStatus })], new Map()).rated[0]?.state).toBe(state);
    },
  );

  test('removes binary noise', () => {
    expect(reported([due({ used: 0.1 + 0.2 })])).toEqual([0.3]);
  });
});
