import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { verifyDecisionRequest } from '@landfall/client/decisions';
import type { DecisionPolicy } from '@landfall/contracts/policy';
import { until } from '@landfall/servers/wait';
import { decisionOf, handled, timelineOf } from './decided.ts';
import { openProduct, type Product } from './product.ts';
import { openFixture, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
let product: Product;
let destinationId: string;
let secret: string;

beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
  await fixture.boot();
  product = await openProduct();
  const created = await fixture.client.destinations.create.mutate({
    label: 'decisions',
    url: product.url,
    types: ['ping'],
  });
  destinationId = created.destination.id;
  secret = created.secret;
});
afterEach(async () => {
  await fixture.control.clearFaults();
  await fixture.client.policies.put.mutate({ rules: [] });
  product.answer = () => ({ answer: 'accept' });
  fixture.intake.isDeciding = true;
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

/** The longest time that a policy may give the product. A busy machine may need seconds for an answer. */
const ASK_TIMEOUT_MS = 5_000;
/** The time for a product that does not answer. */
const SILENCE_MS = 500;

/** Stores a policy that asks the product about every plan change. */
async function askAboutPlans(ask: Partial<NonNullable<DecisionPolicy['ask']>> = {}) {
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'product-decides', when: { action: 'ChangePlan' }, decision: 'ask' }],
    ask: { destinationId, onSilence: 'accept', timeoutMs: ASK_TIMEOUT_MS, ...ask },
  });
}

const deliveriesOf = (operationId: string) =>
  fixture.intake.deliveries.filter((one) => one.operationId === operationId);
const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

async function changed(
  planId = 'growth',
): Promise<{ subscriptionId: string; operationId: string }> {
  const subscriptionId = await subscribed(fixture);
  const { operationId } = await fixture.control.changePlan(subscriptionId, planId);
  return { subscriptionId, operationId };
}

test('the product is asked once, by a signed call, and its acceptance is the decision', async () => {
  await askAboutPlans();
  const { subscriptionId, operationId } = await changed();
  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).planId).toBe('growth');
  const [asked, ...others] = product.about(operationId);
  expect(others).toEqual([]);
  const question = verifyDecisionRequest({ ...asked!, secrets: [secret] });
  expect(question).toMatchObject({
    id: `decision:${operationId}`,
    type: 'decision.requested',
    subscription: { id: subscriptionId, offerId: 'analytics', planId: 'starter' },
    change: { action: 'ChangePlan', planId: 'growth' },
  });
  expect(asked?.body).not.toContain('@');
  expect(await decisionOf(fixture, operationId)).toMatchObject({
    decision: 'accept',
    reason: 'product',
    ruleId: 'product-decides',
  });
});

test("the product's refusal is answered 400 within the deadline, with its reason in timeline and fact", async () => {
  await askAboutPlans();
  product.answer = () => ({ answer: 'refuse', reason: 'reports-in-use' });
  const { subscriptionId, operationId } = await changed();
  expect(await handled(fixture, subscriptionId, operationId)).toBe('refused');
  expect((await view(subscriptionId)).planId).toBe('starter');
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('starter');
  const [decided] = await timelineOf(fixture, subscriptionId, 'changeDecided');
  expect(decided?.operationId).toBe(operationId);
  expect(decided?.details).toMatchObject({
    answer: 'refuse',
    reason: 'product:reports-in-use',
    planId: 'growth',
    isInTime: true,
  });
  const refused = await until('the fact', () =>
    fixture.facts.find((fact) => fact.operationId === operationId && fact.kind === 'changeRefused'),
  );
  expect(refused.reason).toBe('product:reports-in-use');
});

test.each<[string, () => unknown, string]>([
  ['silence', () => new Promise(() => undefined), 'silence:timeout'],
  ['an error', () => 500, 'silence:status'],
  ['a redirect', () => 302, 'silence:redirect'],
  ['garbage', () => '<html>', 'silence:answer-unreadable'],
  ['an answer that is none', () => ({ answer: 'perhaps' }), 'silence:answer-unreadable'],
  ['a flood', () => 'x'.repeat(100_000), 'silence:answer-unreadable'],
] as const)(
  '%s is decided by the setting, and recorded as such',
  async (_title, answer, reason) => {
    const timeoutMs = reason === 'silence:timeout' ? SILENCE_MS : ASK_TIMEOUT_MS;
    await askAboutPlans({ onSilence: 'refuse', timeoutMs });
    product.answer = answer;
    const { subscriptionId, operationId } = await changed();
    expect(await handled(fixture, subscriptionId, operationId)).toBe('refused');
    expect(await decisionOf(fixture, operationId)).toMatchObject({ decision: 'refuse', reason });
  },
);

test('a reason that cannot be stored is left out, and the answer counts', async () => {
  await askAboutPlans();
  product.answer = () => ({ answer: 'refuse', reason: 'a\u0000b' });
  const { subscriptionId, operationId } = await changed();
  expect(await handled(fixture, subscriptionId, operationId)).toBe('refused');
  expect(await decisionOf(fixture, operationId)).toMatchObject({ reason: 'product' });
});

test('a disabled destination is not asked', async () => {
  await askAboutPlans();
  await fixture.client.destinations.disable.mutate({ destinationId });
  try {
    const { subscriptionId, operationId } = await changed();
    expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
    expect(product.about(operationId)).toEqual([]);
    expect(await decisionOf(fixture, operationId)).toMatchObject({
      reason: 'silence:destination-disabled',
    });
  } finally {
    await fixture.client.destinations.enable.mutate({ destinationId });
  }
});

test('deliveries at the same time over two workers ask once and get one answer', async () => {
  await askAboutPlans();
  const subscriptionId = await subscribed(fixture);
  const answers = ['refuse', 'accept'];
  product.answer = async ({ question: { operationId } }) => {
    await until('ten deliveries', () => deliveriesOf(operationId).length === 10);
    return { answer: answers.shift() };
  };
  await fixture.control.addFault({ endpoint: 'webhook', duplicate: 9, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  expect(await handled(fixture, subscriptionId, operationId)).toBe('refused');
  expect(product.about(operationId)).toHaveLength(1);
  expect(await timelineOf(fixture, subscriptionId, 'changeDecided')).toHaveLength(1);
});

test('a process that crashed while asking is replaced, with the same question', async () => {
  await askAboutPlans();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  const { rows } = await fixture.db.pool.query<{ asking_until: Date }>(
    `insert into operations (subscription_id, operation_id, action, asking_until)
     values ($1, $2, 'ChangePlan', now() + interval '1 second') returning asking_until`,
    [subscriptionId, operationId],
  );
  let askedAt = 0;
  product.answer = () => {
    askedAt = Date.now();
    return { answer: 'accept' };
  };
  const decided = await fixture.client.decisions.decide.mutate({
    notificationId: randomUUID(),
    operationId,
    subscriptionId,
    action: 'ChangePlan',
    receivedAt: new Date().toISOString(),
  });
  expect(decided.answer).toBe('accept');
  expect(askedAt).toBeGreaterThanOrEqual(rows[0]?.asking_until.getTime() ?? Infinity);
  expect(product.about(operationId).map(({ question }) => question.id)).toEqual([
    `decision:${operationId}`,
  ]);
});

test('if another process is still asking at the deadline, the answer is a fault and never a guess', async () => {
  await askAboutPlans();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  await fixture.db.pool.query(
    `insert into operations (subscription_id, operation_id, action, asking_until)
     values ($1, $2, 'ChangePlan', now() + interval '1 hour')`,
    [subscriptionId, operationId],
  );
  const asked = fixture.client.decisions.decide.mutate({
    notificationId: randomUUID(),
    operationId,
    subscriptionId,
    action: 'ChangePlan',
    // Five seconds of the eight are gone.
    receivedAt: new Date(Date.now() - 5_000).toISOString(),
  });
  await expect(asked).rejects.toMatchObject({ data: { fault: 'decision.pending' } });
  expect(await decisionOf(fixture, operationId)).toMatchObject({ decision: null });
});

test('reading and asking together end before Microsoft stops waiting', async () => {
  await askAboutPlans({ onSilence: 'refuse' });
  product.answer = () => new Promise(() => undefined);
  const subscriptionId = await subscribed(fixture);
  const drop = { endpoint: 'webhook', drop: true, subscriptionId, count: 1 } as const;
  await fixture.control.addFault(drop);
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  for (const endpoint of ['get', 'getOperation'] as const) {
    await fixture.control.addFault({ endpoint, latencyMs: 2_000, subscriptionId });
  }
  // Three of the eight seconds are gone.
  const receivedAt = Date.now() - 3_000;
  const decided = await fixture.client.decisions.decide.mutate({
    notificationId: randomUUID(),
    operationId,
    subscriptionId,
    action: 'ChangePlan',
    receivedAt: new Date(receivedAt).toISOString(),
  });
  // Without a common limit, it would take ten seconds: three have passed, reading takes two, and asking takes five.
  expect(Date.now() - receivedAt).toBeLessThan(9_500);
  expect(decided).toEqual({ answer: 'refuse', reason: 'silence:timeout' });
  const { items } = await fixture.client.subscriptions.operations.query({ subscriptionId });
  expect(items).toMatchObject([{ isInTime: true }]);
});

test.each([-12_000, 12_000])(
  'a webhook with a clock that is %i ms off gets its decision in time, and it is recorded as in time',
  async (offsetMs) => {
    await askAboutPlans();
    product.answer = () => ({ answer: 'refuse', reason: 'reports-in-use' });
    const subscriptionId = await subscribed(fixture);
    await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
    const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');

    const decided = await fixture.client.decisions.decide.mutate({
      notificationId: randomUUID(),
      operationId,
      subscriptionId,
      action: 'ChangePlan',
      receivedAt: new Date(Date.now() + offsetMs).toISOString(),
      ageMs: 100,
    });

    expect(decided).toEqual({ answer: 'refuse', reason: 'product:reports-in-use' });
    const { items } = await fixture.client.subscriptions.operations.query({ subscriptionId });
    expect(items).toMatchObject([{ isInTime: true }]);
  },
);

test('a rule that asks needs a destination to ask', async () => {
  const rules = [{ id: 'ask', when: { action: 'ChangePlan' }, decision: 'ask' }] as const;
  const put = (policy: Parameters<typeof fixture.client.policies.put.mutate>[0]) =>
    fixture.client.policies.put.mutate(policy);
  await expect(put({ rules: [...rules] })).rejects.toMatchObject({
    data: { rejection: 'policy.invalid' },
  });
  const ask = { destinationId: randomUUID(), onSilence: 'accept' } as const;
  await expect(put({ rules: [...rules], ask })).rejects.toMatchObject({
    data: { rejection: 'policy.invalid' },
  });
});
