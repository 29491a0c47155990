import { describe, expect, it } from 'vitest';
import { planChoice, seatBounds, wantedSeats } from './plan-choice.ts';
import type { Plan } from './subscriptions.ts';

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

  it('are the others that take the seats as they are; the rest needs other seats first', () => {
    const choice = planChoice(plans, { planId: 'now', quantity: 9 });
    expect(choice.current?.planId).toBe('now');
    expect(ids(choice.targets)).toEqual(['same']);
    expect(ids(choice.unfit)).toEqual(['big']);
  });

  it('are all others of a subscription without seats', () => {
    const flat = [plan('now'), plan('other')];
    expect(ids(planChoice(flat, { planId: 'now', quantity: null }).targets)).toEqual(['other']);
  });
});

describe('a number of seats', () => {
  const of = { bounds: seatBounds(plan('now', { min: 0, max: 20 })), quantity: 5 };

  it.each(['1', ' 20 ', '007'])('is understood: %s', (text) => {
    expect(wantedSeats(text, of)).toBe(Number(text));
  });

  it.each(['0', '21', '5', '', '1e1', '7.5', '-1', '٣', '12345678'])('is none: %s', (text) => {
    expect(wantedSeats(text, of)).toBeUndefined();
  });

  it('has Microsoft’s own bounds where the plan names none', () => {
    expect(seatBounds(undefined)).toEqual({ min: 1, max: 1_000_000 });
  });
});
