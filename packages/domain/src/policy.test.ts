import { describe, expect, test } from 'vitest';
import { decideChange, mayRefuse, type DecisionRule } from './policy.ts';

const current = { offerId: 'teamdesk', planId: 'standard', quantity: 10 };
const toLegacy = { action: 'ChangePlan', planId: 'legacy' } as const;
const seats = (quantity: number) => ({ action: 'ChangeQuantity', quantity }) as const;

const noLegacy: DecisionRule = {
  id: 'no-legacy',
  when: { action: 'ChangePlan', toPlanIds: ['legacy'] },
  decision: 'refuse',
};
const seatBounds: DecisionRule = {
  id: 'bounds',
  when: { action: 'ChangeQuantity', below: 5, above: 100 },
  decision: 'refuse',
};

describe('a policy', () => {
  test('without a fitting rule accepts', () => {
    expect(decideChange({ rules: [] }, current, toLegacy)).toEqual({ answer: 'accept' });
  });

  test('refuses by the rule that fits, and says which', () => {
    const decision = decideChange({ rules: [noLegacy] }, current, toLegacy);
    expect(decision).toEqual({ answer: 'refuse', reason: 'rule:no-legacy' });
  });

  test('is decided by the first rule that fits', () => {
    const allow: DecisionRule = { ...noLegacy, id: 'allow', decision: 'accept' };
    const decision = decideChange({ rules: [allow, noLegacy] }, current, toLegacy);
    expect(decision).toEqual({ answer: 'accept' });
  });

  test("accepts Microsoft's roll-back to what is in force, whatever the rules say", () => {
    const noStandard: DecisionRule = {
      id: 'no-standard',
      when: { action: 'ChangePlan', toPlanIds: ['standard'] },
      decision: 'refuse',
    };
    const back = { action: 'ChangePlan', planId: 'standard' } as const;
    expect(decideChange({ rules: [noStandard] }, current, back).answer).toBe('accept');
    const few = { ...current, quantity: 2 };
    expect(decideChange({ rules: [seatBounds] }, few, seats(2)).answer).toBe('accept');
  });

  test.each([
    [4, 'refuse'],
    [5, 'accept'],
    [100, 'accept'],
    [101, 'refuse'],
  ] as const)('with bounds 5 to 100 answers %i seats with %s', (quantity, answer) => {
    expect(decideChange({ rules: [seatBounds] }, current, seats(quantity)).answer).toBe(answer);
  });

  test.each([0, -1, Number.NaN])('refuses %d seats without a rule', (quantity) => {
    const decision = decideChange({ rules: [] }, current, seats(quantity));
    expect(decision).toEqual({ answer: 'refuse', reason: 'quantity-invalid' });
  });

  test('looks at the plan the customer leaves', () => {
    const rule: DecisionRule = {
      id: 'stay',
      when: { action: 'ChangePlan', fromPlanIds: ['basic'] },
      decision: 'refuse',
    };
    expect(decideChange({ rules: [rule] }, current, toLegacy).answer).toBe('accept');
    const basic = { ...current, planId: 'basic' };
    expect(decideChange({ rules: [rule] }, basic, toLegacy).answer).toBe('refuse');
  });

  test.each([
    ['teamdesk', 'teamdesk', 'refuse'],
    ['teamdesk', 'teamdesk-preview', 'refuse'],
    ['teamdesk-preview', 'teamdesk', 'refuse'],
    ['pulse', 'teamdesk', 'accept'],
  ] as const)('for offer %s answers a subscription of %s with %s', (offerId, bought, answer) => {
    const rules = [{ ...noLegacy, offerId }];
    expect(decideChange({ rules }, { ...current, offerId: bought }, toLegacy).answer).toBe(answer);
  });

  test('never touches other actions', () => {
    expect(mayRefuse({ rules: [noLegacy] }, 'ChangePlan')).toBe(true);
    for (const action of ['ChangeQuantity', 'Suspend', 'Reinstate', 'Renew', 'Unsubscribe']) {
      expect(mayRefuse({ rules: [noLegacy] }, action)).toBe(false);
    }
  });
});
