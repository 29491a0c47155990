import { describe, expect, test } from 'vitest';
import { decideChange, mayRefuse, passedOver, type DecisionRule } from './policy.ts';

const current = { publisherId: 'contoso', offerId: 'teamdesk', planId: 'standard', quantity: 10 };
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
  test('without a matching rule accepts', () => {
    expect(decideChange({ rules: [] }, current, toLegacy)).toEqual({ answer: 'accept' });
  });

  test('refuses by the matching rule, and names it', () => {
    const decision = decideChange({ rules: [noLegacy] }, current, toLegacy);
    expect(decision).toEqual({
      answer: 'refuse',
      reason: 'rule:no-legacy',
      ruleId: 'no-legacy',
    });
  });

  test('names the rules before the deciding one, with the first condition that is not met', () => {
    const rules: DecisionRule[] = [
      { ...noLegacy, id: 'publisher', publisherId: 'northwind', offerId: 'pulse' },
      { ...noLegacy, id: 'offer', offerId: 'pulse' },
      seatBounds,
      { ...noLegacy, id: 'from', when: { action: 'ChangePlan', fromPlanIds: ['basic'] } },
      { ...noLegacy, id: 'to', when: { action: 'ChangePlan', toPlanIds: ['basic'] } },
      { ...noLegacy, id: 'sold', when: { action: 'ChangePlan', isNotSold: true } },
      { ...noLegacy, id: 'down', when: { action: 'ChangePlan', isDowngrade: true } },
      noLegacy,
      { ...noLegacy, id: 'never-reached' },
    ];
    const unmet = ({ ruleId, unmet: what }: { ruleId: string; unmet: string }) => [ruleId, what];
    expect(passedOver({ rules }, current, toLegacy).map((one) => unmet(one))).toEqual([
      ['publisher', 'publisher'],
      ['offer', 'offer'],
      ['bounds', 'action'],
      ['from', 'from-plan'],
      ['to', 'to-plan'],
      ['sold', 'sold'],
      ['down', 'no-downgrade'],
    ]);
    expect(decideChange({ rules }, current, toLegacy).ruleId).toBe('no-legacy');
    const ofOtherPlan: DecisionRule = {
      ...seatBounds,
      id: 'plan',
      when: { action: 'ChangeQuantity', planIds: ['basic'] },
    };
    const seatRules = { rules: [ofOtherPlan, seatBounds] };
    expect(passedOver(seatRules, current, seats(50)).map((one) => unmet(one))).toEqual([
      ['plan', 'plan'],
      ['bounds', 'seats'],
    ]);
  });

  test('decides by the first matching rule', () => {
    const allow: DecisionRule = { ...noLegacy, id: 'allow', decision: 'accept' };
    const decision = decideChange({ rules: [allow, noLegacy] }, current, toLegacy);
    expect(decision).toEqual({ answer: 'accept', reason: 'rule:allow', ruleId: 'allow' });
  });

  test("accepts Microsoft's roll-back to the current values, whatever the rules say", () => {
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

  test('can depend on the current plan', () => {
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
  ] as const)(
    'with a rule for offer %s answers a subscription of %s with %s',
    (offerId, bought, answer) => {
      const rules = [{ ...noLegacy, offerId }];
      expect(decideChange({ rules }, { ...current, offerId: bought }, toLegacy).answer).toBe(
        answer,
      );
    },
  );

  test('never refuses other actions', () => {
    expect(mayRefuse({ rules: [noLegacy] }, 'ChangePlan')).toBe(true);
    for (const action of ['ChangeQuantity', 'Suspend', 'Reinstate', 'Renew', 'Unsubscribe']) {
      expect(mayRefuse({ rules: [noLegacy] }, action)).toBe(false);
    }
  });

  test('leaves a change to the product if a rule says so', () => {
    const ask: DecisionRule = { ...noLegacy, id: 'ask-us', decision: 'ask' };
    const ruling = decideChange({ rules: [ask] }, current, toLegacy);
    expect(ruling).toEqual({ answer: 'ask', ruleId: 'ask-us' });
    expect(mayRefuse({ rules: [ask] }, 'ChangePlan')).toBe(true);
  });

  test('can apply to one publisher only', () => {
    const rules = [{ ...noLegacy, publisherId: 'contoso' }];
    expect(decideChange({ rules }, current, toLegacy).answer).toBe('refuse');
    const other = { ...current, publisherId: 'northwind' };
    expect(decideChange({ rules }, other, toLegacy).answer).toBe('accept');
  });
});

describe('a list of sold plans', () => {
  const plans = [{ offerId: 'teamdesk', planIds: ['basic', 'standard', 'premium'] }];
  const rule = (when: object): DecisionRule => ({
    id: 'r',
    when: { action: 'ChangePlan', ...when },
    decision: 'refuse',
  });
  const answer = (when: object, target: string, changed: Partial<typeof current> = {}) =>
    decideChange(
      { rules: [rule(when)], plans },
      { ...current, ...changed },
      { action: 'ChangePlan', planId: target },
    ).answer;

  test.each([
    ['basic', 'accept'],
    ['premium', 'accept'],
    ['legacy', 'refuse'],
  ] as const)('answers a change to %s with %s if unsold plans are refused', (to, is) => {
    expect(answer({ isNotSold: true }, to)).toBe(is);
  });

  test.each([
    ['standard', 'basic', 'refuse'],
    ['premium', 'standard', 'refuse'],
    ['standard', 'premium', 'accept'],
    // `legacy` is not in the list, so it is neither above nor below.
    ['standard', 'legacy', 'accept'],
    ['legacy', 'basic', 'accept'],
  ] as const)('answers %s → %s with %s if downgrades are refused', (from, to, is) => {
    expect(answer({ isDowngrade: true }, to, { planId: from })).toBe(is);
  });

  test('does not affect an offer without a list', () => {
    expect(answer({ isNotSold: true }, 'legacy', { offerId: 'pulse' })).toBe('accept');
    expect(answer({ isDowngrade: true }, 'basic', { offerId: 'pulse' })).toBe('accept');
  });

  test('of one publisher comes before the list for all publishers', () => {
    const own = { publisherId: 'contoso', offerId: 'teamdesk', planIds: ['premium', 'standard'] };
    const policy = { rules: [rule({ isDowngrade: true })], plans: [...plans, own] };
    const up = { action: 'ChangePlan', planId: 'premium' } as const;
    expect(decideChange(policy, current, up).answer).toBe('refuse');
    const other = { ...current, publisherId: 'northwind' };
    expect(decideChange(policy, other, up).answer).toBe('accept');
  });
});
