import { expect, test } from 'vitest';
import { MAX_SEATS } from './change.ts';
import { planRefusal, seatRulings } from './permitted-changes.ts';
import { decideChange, type DecisionPolicy, type DecisionRule } from './policy.ts';

const held = { publisherId: 'contoso', offerId: 'teamdesk', planId: 'standard', quantity: 25 };

function seatRule(
  id: string,
  decision: DecisionRule['decision'],
  when: { below?: number; above?: number; planIds?: string[] },
): DecisionRule {
  return { id, decision, when: { action: 'ChangeQuantity', ...when } };
}

test('without a rule every number of seats is permitted', () => {
  expect(seatRulings({ rules: [] }, held)).toEqual({
    permitted: [{ min: 1, max: MAX_SEATS }],
    refused: [],
  });
});

test('refused seats are listed apart, each range with its rule and message', () => {
  const message = { en: 'At least 20 seats.' };
  const rules = [{ ...seatRule('small', 'refuse', { below: 20 }), message }];
  const policy = { rules: [...rules, seatRule('large', 'refuse', { above: 500 })] };

  const { permitted, refused } = seatRulings(policy, held);

  expect(permitted).toEqual([{ min: 20, max: 500 }]);
  expect(refused).toMatchObject([
    { min: 1, max: 19, refusal: { reason: 'rule:small', message } },
    { min: 501, max: MAX_SEATS, refusal: { reason: 'rule:large' } },
  ]);
});

test('exceptions before a refusal, and seats that the product decides about, are permitted', () => {
  const policy = {
    rules: [
      seatRule('tiny', 'accept', { below: 3 }),
      seatRule('small', 'refuse', { below: 20 }),
      seatRule('huge', 'ask', { above: 900 }),
    ],
  };
  expect(seatRulings(policy, held).permitted).toEqual([
    { min: 1, max: 2 },
    { min: 20, max: MAX_SEATS },
  ]);
});

test('the current number of seats does not make its range permitted', () => {
  const policy = { rules: [seatRule('none', 'refuse', {})] };
  expect(seatRulings(policy, { ...held, quantity: 1 }).permitted).toEqual([]);
});

test('for each number, the ranges agree with the decision on it', () => {
  const numbers = [0, 2, 5, 6, 7, 20, 21];
  for (let seed = 0; seed < 500; seed += 1) {
    const at = (place: number) => numbers[(seed * 7 + place * 13) % numbers.length] ?? 0;
    const decisions = ['accept', 'refuse', 'ask'] as const;
    const rules = [0, 1, 2].map((place) =>
      seatRule(`r${place}`, decisions[(seed + place) % 3] ?? 'refuse', {
        ...(at(place) ? { below: at(place) } : {}),
        ...(at(place + 3) > at(place) ? { above: at(place + 3) } : {}),
      }),
    );
    const policy: DecisionPolicy = { rules };
    const { permitted } = seatRulings(policy, held);
    for (let quantity = 1; quantity <= 24; quantity += 1) {
      const isPermitted = permitted.some(({ min, max }) => quantity >= min && quantity <= max);
      const { answer } = decideChange(policy, held, { action: 'ChangeQuantity', quantity });
      expect({ quantity, isPermitted }).toEqual({ quantity, isPermitted: answer !== 'refuse' });
    }
  }
});

test('a plan that a rule refuses is known in advance, a plan that the product decides about is not', () => {
  const policy: DecisionPolicy = {
    rules: [
      { id: 'no-basic', decision: 'refuse', when: { action: 'ChangePlan', toPlanIds: ['basic'] } },
      { id: 'ask', decision: 'ask', when: { action: 'ChangePlan' } },
    ],
  };
  expect(planRefusal(policy, held, 'basic')).toMatchObject({ reason: 'rule:no-basic' });
  expect(planRefusal(policy, held, 'premium')).toBeUndefined();
});
