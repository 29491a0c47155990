import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFixture, purchase, type Fixture } from './fixture.ts';

let fixture: Fixture;
let subscriptionId: string;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
  await fixture.client.policies.put.mutate(policy);
  const seats = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };
  subscriptionId = await purchase(fixture, seats);
});
afterAll(() => fixture[Symbol.asyncDispose]());

const rule = { decision: 'refuse' as const };
const policy = {
  rules: [
    { ...rule, id: 'other-offer', offerId: 'analytics', when: { action: 'ChangePlan' as const } },
    {
      ...rule,
      id: 'few-seats',
      when: { action: 'ChangeQuantity' as const, below: 3 },
      message: { en: 'Three seats are the minimum.' },
    },
    { ...rule, id: 'up-only', when: { action: 'ChangePlan' as const, isDowngrade: true as const } },
  ],
  plans: [{ offerId: 'teamdesk', planIds: ['basic', 'standard'] }],
};
type Asked = Parameters<Fixture['client']['policies']['test']['query']>[0];
const ask = (asked: Asked) => fixture.client.policies.test.query(asked);
const seatsTo = (quantity: number) => ({ action: 'ChangeQuantity' as const, quantity });
const planTo = (planId: string) => ({ action: 'ChangePlan' as const, planId });

test('the saved rules are tested with the values of a subscription', async () => {
  expect(await ask({ subscriptionId, change: seatsTo(2) })).toEqual({
    answer: 'refuse',
    ruleId: 'few-seats',
    reason: 'rule:few-seats',
    message: { en: 'Three seats are the minimum.' },
    explanation: 'Refused by the rule "few-seats", the first one that matches.',
    tested: { publisherId: 'contoso', offerId: 'teamdesk', planId: 'basic', quantity: 5 },
    passedOver: [{ ruleId: 'other-offer', because: 'It is about another offer.' }],
  });
  const accepted = await ask({ subscriptionId, change: planTo('standard') });
  expect(accepted).toMatchObject({
    answer: 'accept',
    explanation: 'Accepted: no rule matches this change.',
  });
  expect(accepted.passedOver.map(({ ruleId }) => ruleId)).toEqual([
    'other-offer',
    'few-seats',
    'up-only',
  ]);
  expect(await ask({ subscriptionId, change: seatsTo(5) })).toMatchObject({
    answer: 'accept',
    explanation: expect.stringContaining('already'),
    passedOver: [],
  });
  expect(await ask({ subscriptionId, change: seatsTo(0) })).toMatchObject({
    answer: 'refuse',
    reason: 'quantity-invalid',
    passedOver: [],
  });
});

test('single values can be replaced, or all of them without a subscription', async () => {
  const above = { subscriptionId, subscription: { planId: 'standard' } };
  expect(await ask({ ...above, change: planTo('basic') })).toMatchObject({
    answer: 'refuse',
    ruleId: 'up-only',
    tested: { planId: 'standard', quantity: 5 },
  });
  const invented = { offerId: 'analytics', planId: 'starter' };
  expect(await ask({ subscription: invented, change: planTo('growth') })).toMatchObject({
    answer: 'refuse',
    ruleId: 'other-offer',
    tested: { ...invented, quantity: null },
  });
  await expect(ask({ change: planTo('growth') })).rejects.toMatchObject({
    data: { rejection: 'policy.invalid' },
  });
});

test('a draft is tested without being saved, with its mistakes as warnings', async () => {
  const when = { action: 'ChangePlan' as const, isNotSold: true as const };
  const draft = { ...policy, rules: [{ id: 'sold', when, decision: 'ask' as const }] };
  const answer = await ask({ subscriptionId, policy: draft, change: planTo('hidden') });
  expect(answer).toMatchObject({ answer: 'ask', ruleId: 'sold' });
  expect(answer.explanation).toContain('Your product would be asked');
  expect(answer.warnings?.[0]).toContain('no destination is named');
  expect((await fixture.client.policies.get.query({})).rules).toHaveLength(3);
});

test("another publisher's subscription cannot be tested with", async () => {
  const asked = { publisherId: 'northwind', subscriptionId, change: seatsTo(2) };
  await expect(ask(asked)).rejects.toMatchObject({ data: { rejection: 'subscription.not-found' } });
});

test('each saved version is kept with its author and time', async () => {
  await fixture.client.policies.put.mutate({ rules: [], publisherId: 'contoso' });
  await fixture.client.policies.put.mutate({ rules: policy.rules.slice(0, 1) });
  const { history } = fixture.client.policies;
  const newest = await history.query({ limit: 1 });
  expect(newest.items[0]?.policy.rules.map(({ id }) => id)).toEqual(['other-offer']);
  expect(newest.items[0]?.author).toMatch(/^key /);
  const older = await history.query({ cursor: newest.nextCursor });
  expect(older.items.map((one) => one.policy.rules.length)).toEqual([3]);
  expect(older.items[0]?.policy.plans).toEqual(policy.plans);
  const own = await history.query({ publisherId: 'contoso' });
  expect(own.items.map((one) => one.policy.rules)).toEqual([[]]);
});
