import { expect, test } from 'vitest';
import { policyFlaw } from './policy-flaws.ts';
import type { DecisionPolicy, DecisionRule } from './policy.ts';

const plans = [{ offerId: 'teamdesk', planIds: ['basic', 'standard'] }];
const ask = { destinationId: 'd' };
const rule = (when: object, changes: Partial<DecisionRule> = {}): DecisionRule => ({
  id: 'r',
  when: { action: 'ChangePlan', ...when },
  decision: 'refuse',
  ...changes,
});
const seats = (below: number, above: number): DecisionRule => ({
  id: 'r',
  when: { action: 'ChangeQuantity', below, above },
  decision: 'refuse',
});
const down = { isDowngrade: true };

test.each<[string, DecisionPolicy & { ask?: object }]>([
  ['rule-id-repeated', { rules: [rule({}), rule({})] }],
  ['plans-missing', { rules: [rule(down)] }],
  ['plans-missing', { rules: [rule(down, { offerId: 'pulse' })], plans }],
  ['plans-missing', { rules: [rule({ isNotSold: true }, { offerId: 'pulse' })], plans }],
  ['rule-never-fits', { rules: [rule({ ...down, isNotSold: true })], plans }],
  ['rule-always-fits', { rules: [seats(6, 5)] }],
  ['plans-repeated', { rules: [], plans: [...plans, ...plans] }],
  ['plans-repeated', { rules: [], plans: [{ offerId: 'pulse', planIds: ['a', 'b', 'a'] }] }],
  ['ask-missing', { rules: [rule({}, { decision: 'ask' })] }],
])('%s is found', (flaw, policy) => {
  expect(policyFlaw(policy)?.flaw).toBe(flaw);
});

test.each<[string, DecisionPolicy & { ask?: object }]>([
  ['nothing', { rules: [] }],
  ['a downgrade of a listed offer', { rules: [rule(down, { offerId: 'teamdesk' })], plans }],
  ['a downgrade of the preview', { rules: [rule(down, { offerId: 'teamdesk-preview' })], plans }],
  ['a downgrade of every listed offer', { rules: [rule(down)], plans }],
  ['seats below 5 or above 5', { rules: [seats(5, 5)] }],
  ['a product to ask', { rules: [rule({}, { decision: 'ask' })], ask }],
  [
    'one list for all publishers and one for a single one',
    { rules: [], plans: [...plans, { publisherId: 'p', offerId: 'teamdesk', planIds: ['basic'] }] },
  ],
])('%s is no flaw', (_title, policy) => {
  expect(policyFlaw(policy)).toBeUndefined();
});
