import { expect, test } from 'vitest';
import type { Policy, Rule } from '../../api/policies.ts';
import { policyDiff } from './policy-diff.ts';

const seats: Rule = {
  id: 'seats',
  when: { action: 'ChangeQuantity', above: 500 },
  decision: 'refuse',
};
const plans: Rule = { id: 'plans', when: { action: 'ChangePlan' }, decision: 'accept' };

function policyOf(rules: readonly Rule[], more: Partial<Policy> = {}): Policy {
  return { rules: [...rules], plans: [], compensateLateRefusals: true, ...more };
}

test('the same rules with fields in another order do not differ', () => {
  const { id, when, decision } = seats;

  expect(policyDiff(policyOf([seats]), policyOf([{ decision, when, id }]))).toEqual([]);
});

test('a diff names what was added, removed and changed', () => {
  const stricter: Rule = { ...seats, when: { action: 'ChangeQuantity', above: 100 } };

  expect(policyDiff(policyOf([seats]), policyOf([seats, plans]))).toEqual([
    { kind: 'added', rule: plans },
  ]);
  expect(policyDiff(policyOf([seats, plans]), policyOf([seats]))).toEqual([
    { kind: 'removed', rule: plans },
  ]);
  expect(policyDiff(policyOf([seats]), policyOf([stricter]))).toEqual([
    { kind: 'changed', before: seats, after: stricter },
  ]);
});

test('another order of the rules is a difference, because the first match decides', () => {
  expect(policyDiff(policyOf([seats, plans]), policyOf([plans, seats]))).toEqual([
    { kind: 'order', ids: ['plans', 'seats'] },
  ]);
});

test('a rule that is added in front does not change the order of the others', () => {
  expect(policyDiff(policyOf([seats]), policyOf([plans, seats]))).toEqual([
    { kind: 'added', rule: plans },
  ]);
});

test('plans, asking and reversing are differences of their own', () => {
  const sold = [{ offerId: 'crm', planIds: ['basic'] }];

  expect(policyDiff(policyOf([]), policyOf([], { plans: sold }))).toEqual([
    { kind: 'plans', before: [], after: sold },
  ]);
  expect(policyDiff(policyOf([]), policyOf([], { compensateLateRefusals: false }))).toEqual([
    { kind: 'compensate', before: true, after: false },
  ]);
});
