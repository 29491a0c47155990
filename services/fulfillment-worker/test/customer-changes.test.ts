import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DecisionPolicy } from '@landfall/contracts/policy';
import { until } from '@landfall/servers/wait';
import { MAX_REFUSED_PER_HOUR } from '../src/procedures/request-change.ts';
import { decisionOf, handled, timelineOf } from './decided.ts';
import { openProduct, type Product } from './product.ts';
import { factKinds, openFixture, settled, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
let product: Product;
let destinationId: string;

beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
  product = await openProduct();
  const { destination } = await fixture.client.destinations.create.mutate({
    label: 'decisions',
    url: product.url,
    types: ['ping'],
  });
  destinationId = destination.id;
});
afterEach(async () => {
  await fixture.control.clearFaults();
  await fixture.client.policies.put.mutate({ rules: [] });
  product.answer = () => ({ answer: 'accept' });
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

/** The longest time that a policy may give the product. A busy machine may need seconds for an answer. */
const ASK_TIMEOUT_MS = 5_000;
const approvedBy = 'entra:tenant/person';
const MESSAGE = { en: 'Growth can only go up.', de: 'Growth kann nur größer werden.' };

const put = (policy: Parameters<Fixture['client']['policies']['put']['mutate']>[0]) =>
  fixture.client.policies.put.mutate(policy);
const refuseGrowth = () =>
  put({
    rules: [
      {
        id: 'no-growth',
        when: { action: 'ChangePlan', toPlanIds: ['growth'] },
        decision: 'refuse',
        message: MESSAGE,
      },
    ],
  });
const askAboutPlans = (ask: Partial<NonNullable<DecisionPolicy['ask']>> = {}) =>
  put({
    rules: [{ id: 'product-decides', when: { action: 'ChangePlan' }, decision: 'ask' }],
    ask: { destinationId, onSilence: 'refuse', timeoutMs: ASK_TIMEOUT_MS, ...ask },
  });
const change = (changeId: string) => fixture.client.subscriptions.change.query({ changeId });
const ended = (changeId: string) =>
  until('the change has its outcome', async () => {
    const seen = await change(changeId);
    return (seen.state === 'succeeded' || seen.state === 'failed') && seen;
  });
/** A request as the manage page sends it, with the id of its form. */
const askForPlan = (subscriptionId: string, planId: string, changeId: string = randomUUID()) =>
  fixture.landing.subscriptions.changePlan.mutate({ subscriptionId, planId, approvedBy, changeId });
const operationsOf = async (subscriptionId: string) =>
  (await fixture.client.subscriptions.operations.query({ subscriptionId })).items;

test('a rule refuses the same changes on our pages as in the marketplace, without asking Microsoft', async () => {
  await refuseGrowth();
  const inMarketplace = await subscribed(fixture);
  const onPage = await subscribed(fixture);

  const { operationId } = await fixture.control.changePlan(inMarketplace, 'growth');
  const asked = await askForPlan(onPage, 'growth');

  expect(await handled(fixture, inMarketplace, operationId)).toBe('refused');
  expect(asked.state).toBe('failed');
  expect(await change(asked.changeId)).toMatchObject({
    state: 'failed',
    origin: 'customer',
    from: { planId: 'starter' },
    planId: 'growth',
    failure: 'refused-by-publisher',
    reason: 'rule:no-growth',
    ruleId: 'no-growth',
    message: MESSAGE,
  });
  await settled(fixture, onPage);
  expect(await fixture.marketplace.listOperations(onPage, {})).toEqual([]);
  expect((await fixture.control.subscription(onPage)).planId).toBe('starter');
  expect(await operationsOf(onPage)).toEqual([]);
  const [refused] = await timelineOf(fixture, onPage, 'changeRefused');
  expect(refused?.details).toMatchObject({
    origin: 'customer',
    change: 'ChangePlan',
    from: 'starter',
    planId: 'growth',
    reason: 'rule:no-growth',
    message: MESSAGE,
  });
});

test('our pages refuse seats that a rule refuses, and accept others', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 8,
  });
  const rule = { action: 'ChangeQuantity', below: 5 } as const;
  await put({ rules: [{ id: 'at-least-5', when: rule, decision: 'refuse' }] });
  const seats = (quantity: number) =>
    fixture.landing.subscriptions.changeQuantity.mutate({ subscriptionId, quantity, approvedBy });

  const few = await seats(4);
  const enough = await seats(5);

  expect(few.state).toBe('failed');
  expect(await ended(enough.changeId)).toMatchObject({ state: 'succeeded', origin: 'customer' });
  expect(await change(few.changeId)).toMatchObject({ from: { quantity: 8 }, quantity: 4 });
});

test("the publisher's own key can make changes that a rule refuses to customers", async () => {
  await refuseGrowth();
  const subscriptionId = await subscribed(fixture);
  const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
    subscriptionId,
    planId: 'growth',
    approvedBy: 'operator',
  });
  expect(await ended(changeId)).toMatchObject({ state: 'succeeded', origin: 'publisher' });
});

test('if a rule says ask, the product decides on a change from our pages before it is stored', async () => {
  await askAboutPlans({ messages: { 'reports-in-use': MESSAGE } });
  product.answer = () => ({ answer: 'refuse', reason: 'reports-in-use' });
  const subscriptionId = await subscribed(fixture);

  const asked = await askForPlan(subscriptionId, 'growth');

  expect(asked.state).toBe('failed');
  expect(await change(asked.changeId)).toMatchObject({
    failure: 'refused-by-publisher',
    reason: 'product:reports-in-use',
    message: MESSAGE,
  });
  const [question, ...others] = product.about(asked.changeId);
  expect(others).toEqual([]);
  expect(question?.question).toMatchObject({
    id: `decision:${asked.changeId}`,
    askedIn: 'manage-page',
    subscription: { id: subscriptionId, planId: 'starter' },
    change: { action: 'ChangePlan', planId: 'growth' },
  });
  expect(await fixture.marketplace.listOperations(subscriptionId, {})).toEqual([]);
});

test('if the product is silent about a change from our pages, the policy decides', async () => {
  await askAboutPlans({ timeoutMs: 300 });
  product.answer = () => new Promise(() => undefined);
  const subscriptionId = await subscribed(fixture);

  const { changeId } = await askForPlan(subscriptionId, 'growth');

  expect(await change(changeId)).toMatchObject({ state: 'failed', reason: 'silence:timeout' });
});

test('an accepted change is not judged again when Microsoft notifies it', async () => {
  await askAboutPlans();
  const answers = ['accept', 'refuse'];
  product.answer = () => ({ answer: answers.shift() });
  const subscriptionId = await subscribed(fixture);

  const { changeId } = await askForPlan(subscriptionId, 'growth');

  expect(await ended(changeId)).toMatchObject({ state: 'succeeded', reason: 'product' });
  await settled(fixture, subscriptionId);
  const operation = await until('the notification is handled', async () =>
    (await operationsOf(subscriptionId)).find(({ outcome }) => outcome !== undefined),
  );
  expect(operation).toMatchObject({
    origin: 'customer',
    outcome: 'succeeded',
    to: { planId: 'growth' },
  });
  expect(
    product.asked.filter(({ question }) => question.subscription.id === subscriptionId),
  ).toHaveLength(1);
  expect(await factKinds(fixture, subscriptionId)).not.toContain('changeRefused');
});

test('a form that is sent again gets the first answer, and the product is not asked twice', async () => {
  await askAboutPlans();
  const answers = ['refuse', 'accept'];
  product.answer = () => ({ answer: answers.shift() });
  const subscriptionId = await subscribed(fixture);
  const changeId = randomUUID();

  const first = await askForPlan(subscriptionId, 'growth', changeId);
  const second = await askForPlan(subscriptionId, 'growth', changeId);

  expect([first.state, second.state]).toEqual(['failed', 'failed']);
  expect(product.about(changeId)).toHaveLength(1);
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts.filter((kind) => kind === 'changeRefused')).toHaveLength(1);
});

test('if the plan changed while the product was asked, it is asked again', async () => {
  await askAboutPlans();
  const subscriptionId = await subscribed(fixture);
  const sides: string[] = [];
  product.answer = async ({ question }) => {
    sides.push(question.subscription.planId);
    if (sides.length > 1) return { answer: 'refuse' };
    await fixture.db.pool.query(
      `update subscriptions set plan_id = 'scale', version = version + 1,
        state = jsonb_set(state, '{planId}', '"scale"') where id = $1`,
      [subscriptionId],
    );
    return { answer: 'accept' };
  };

  const asked = await askForPlan(subscriptionId, 'growth');

  expect(sides).toEqual(['starter', 'scale']);
  expect(asked.state).toBe('failed');
});

test('no rule keeps a customer from cancelling', async () => {
  await put({
    rules: [
      { id: 'no-plans', when: { action: 'ChangePlan' }, decision: 'refuse' },
      { id: 'no-seats', when: { action: 'ChangeQuantity' }, decision: 'refuse' },
    ],
  });
  const subscriptionId = await subscribed(fixture);
  const { changeId } = await fixture.landing.subscriptions.cancel.mutate({
    subscriptionId,
    approvedBy,
  });
  expect(await ended(changeId)).toMatchObject({ state: 'succeeded', origin: 'customer' });
});

test('refused plans and seats are shown before a customer tries them', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 25,
  });
  await put({
    rules: [
      {
        id: 'no-basic',
        when: { action: 'ChangePlan', toPlanIds: ['basic'] },
        decision: 'refuse',
        message: MESSAGE,
      },
      { id: 'min-20', when: { action: 'ChangeQuantity', below: 20 }, decision: 'refuse' },
    ],
  });

  const { plans, seats } = await fixture.landing.subscriptions.availablePlans.query({
    subscriptionId,
  });

  const refusals = Object.fromEntries(plans.map(({ planId, refusal }) => [planId, refusal]));
  expect(refusals['basic']).toEqual({
    reason: 'rule:no-basic',
    ruleId: 'no-basic',
    message: MESSAGE,
  });
  expect(refusals['standard']).toBeUndefined();
  expect(seats?.permitted[0]?.min).toBe(20);
  expect(seats?.refused).toMatchObject([{ min: 1, max: 19, refusal: { ruleId: 'min-20' } }]);
});

test('an operation shows old and new values, who requested it and why it was refused', async () => {
  await refuseGrowth();
  const subscriptionId = await subscribed(fixture);

  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');

  await handled(fixture, subscriptionId, operationId);
  expect(await decisionOf(fixture, operationId)).toMatchObject({ origin: 'marketplace' });
  expect(await operationsOf(subscriptionId)).toMatchObject([
    {
      operationId,
      origin: 'marketplace',
      from: { planId: 'starter' },
      to: { planId: 'growth' },
      reason: 'rule:no-growth',
      message: MESSAGE,
    },
  ]);
  const refused = await until('the fact', () =>
    fixture.facts.find((fact) => fact.operationId === operationId && fact.kind === 'changeRefused'),
  );
  expect(refused.refused).toEqual({
    action: 'ChangePlan',
    origin: 'marketplace',
    planId: 'growth',
  });
});

test('repeated refused changes are limited, and accepted changes still go through', async () => {
  await put({
    rules: [
      {
        id: 'no-growth',
        when: { action: 'ChangePlan', toPlanIds: ['growth'] },
        decision: 'refuse',
      },
    ],
  });
  const id = await subscribed(fixture);
  for (let times = 0; times < MAX_REFUSED_PER_HOUR; times += 1) {
    expect((await askForPlan(id, 'growth')).state).toBe('failed');
  }
  const refusedBefore = (await factKinds(fixture, id)).filter((kind) => kind === 'changeRefused');

  await expect(askForPlan(id, 'growth')).rejects.toMatchObject({
    data: { rejection: 'change.refused-often' },
  });
  await askAboutPlans();
  product.answer = () => ({ answer: 'refuse' });
  const asked = product.asked.length;
  await expect(askForPlan(id, 'growth')).rejects.toMatchObject({
    data: { rejection: 'change.refused-often' },
  });

  expect(product.asked).toHaveLength(asked);
  const refused = (await factKinds(fixture, id)).filter((kind) => kind === 'changeRefused');
  expect(refused).toHaveLength(refusedBefore.length);
  await put({ rules: [] });
  expect((await askForPlan(id, 'growth')).state).toBe('requested');
  const other = await subscribed(fixture);
  await refuseGrowth();
  expect((await askForPlan(other, 'growth')).state).toBe('failed');
});

test('the report counts refusals on our pages with those in the marketplace', async () => {
  await refuseGrowth();
  const since = new Date().toISOString();
  await askForPlan(await subscribed(fixture), 'growth');
  expect(await fixture.client.policies.report.query({ since })).toMatchObject({ refused: 1 });
});
