import { describe, expect, test } from 'vitest';
import type { Plan } from '../clients/subscriptions.ts';
import { planChoice, seatChoice, wantedSeats } from './plan-choice.ts';

const plan = (planId: string, seats?: { min?: number; max?: number }): Plan => ({
  planId,
  displayName: planId,
  isPrivate: false,
  hasFreeTrials: false,
  isPricePerSeat: seats !== undefined,
  minQuantity: seats?.min,
  maxQuantity: seats?.max,
});
const ids = (plans: readonly Plan[]) => plans.map(({ planId }) => planId);

describe('the plans to choose from', () => {
  const plans = [
    plan('now', { min: 1, max: 9 }),
    plan('big', { min: 10 }),
    plan('same', { max: 9 }),
  ];

  test('are the other plans that permit the current seats; the rest need other seats first', () => {
    const choice = planChoice(plans, { planId: 'now', quantity: 9 });
    expect(choice.current?.planId).toBe('now');
    expect(ids(choice.targets)).toEqual(['same']);
    expect(ids(choice.unfit)).toEqual(['big']);
  });

  test('exclude those that the publisher’s rules refuse', () => {
    const refusal = { reason: 'rule:no-way-down', message: { en: 'Only up.' } };
    const choice = planChoice([plan('now'), { ...plan('small'), refusal }, plan('large')], {
      planId: 'now',
      quantity: null,
    });
    expect(ids(choice.targets)).toEqual(['large']);
    expect(ids(choice.refused)).toEqual(['small']);
  });

  test('are all other plans for a subscription without seats', () => {
    const flat = [plan('now'), plan('other')];
    expect(ids(planChoice(flat, { planId: 'now', quantity: null }).targets)).toEqual(['other']);
  });
});

describe('a number of seats', () => {
  const held = { planId: 'now', quantity: 5 };
  const plans = [plan('now', { min: 0, max: 20 })];
  const of = { ranges: seatChoice({ plans }, held).ranges, quantity: 5 };

  test.each(['1', ' 20 ', '007'])('is accepted: %s', (text) => {
    expect(wantedSeats(text, of)).toBe(Number(text));
  });

  test.each(['0', '21', '5', '', '1e1', '7.5', '-1', '٣', '12345678'])(
    'is rejected: %s',
    (text) => {
      expect(wantedSeats(text, of)).toBeUndefined();
    },
  );

  test('has Microsoft’s limits if the plan has none', () => {
    const { ranges } = seatChoice({ plans: [] }, held);
    expect(ranges).toEqual([{ min: 1, max: 1_000_000 }]);
  });

  test('must be permitted by both the plan and the publisher’s rules', () => {
    const message = { en: 'At least 10.' };
    const refused = (min: number, max: number) => ({ min, max, refusal: { reason: 'r', message } });
    const seats = {
      permitted: [
        { min: 1, max: 2 },
        { min: 10, max: 15 },
        { min: 30, max: 40 },
      ],
      refused: [refused(3, 9), refused(16, 29), refused(41, 1_000_000)],
    };

    const { ranges, reasons } = seatChoice({ plans, seats }, held);

    expect(ranges).toEqual([
      { min: 1, max: 2 },
      { min: 10, max: 15 },
    ]);
    expect(reasons).toEqual([message]);
    expect(wantedSeats('9', { ranges, quantity: 5 })).toBeUndefined();
    expect(wantedSeats('10', { ranges, quantity: 5 })).toBe(10);
  });
});
