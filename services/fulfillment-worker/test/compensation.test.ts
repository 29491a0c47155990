import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import { addTask } from '../src/store/tasks.ts';
import { changesOf, decisionOf, handled, timelineOf } from './decided.ts';
import { factKinds, kinds, openFixture, settled, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(async () => {
  await fixture.control.clearFaults();
  await fixture.client.policies.put.mutate({ rules: [] });
  await fixture.control.updateSettings({
    oddities: { refuseByPatch: 'documented', refusedChange: 'documented' },
  });
  fixture.intake.isDeciding = true;
});
afterAll(() => fixture[Symbol.asyncDispose]());

const noDowngrade = {
  rules: [
    {
      id: 'no-downgrade',
      offerId: 'analytics',
      when: { action: 'ChangePlan' as const, isDowngrade: true as const },
      decision: 'refuse' as const,
    },
    {
      id: 'not-so-many',
      when: { action: 'ChangeQuantity' as const, above: 20 },
      decision: 'refuse' as const,
    },
  ],
  plans: [{ offerId: 'analytics', planIds: ['starter', 'growth'] }],
};

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

/** A change that we refuse with an answer that Microsoft ignores until it accepts the change itself. */
async function refusedInVain(
  subscriptionId: string,
  begin: () => Promise<{ operationId: string }>,
): Promise<string> {
  await fixture.control.updateSettings({ oddities: { refuseByPatch: 'measured' } });
  fixture.intake.isDeciding = false;
  const { operationId } = await begin();
  await until('our refusal has been sent', async () => {
    return (await decisionOf(fixture, operationId))?.answeredAt;
  });
  await fixture.control.advance(11_000);
  expect(await handled(fixture, subscriptionId, operationId)).toBe('overruled');
  return operationId;
}

/** The change back, after it has ended. */
async function changedBack(subscriptionId: string) {
  const change = await until('the change back is over', async () => {
    const [only, ...others] = await changesOf(fixture, subscriptionId);
    expect(others).toEqual([]);
    return only?.settledAt && only;
  });
  await settled(fixture, subscriptionId);
  return change;
}

test('a refusal that came too late is changed back, once and visibly', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  const operationId = await refusedInVain(subscriptionId, () =>
    fixture.control.changePlan(subscriptionId, 'starter'),
  );
  expect(await changedBack(subscriptionId)).toMatchObject({
    kind: 'ChangePlan',
    planId: 'growth',
    state: 'succeeded',
    approvedBy: 'policy:no-downgrade',
    compensates: operationId,
  });
  expect((await view(subscriptionId)).planId).toBe('growth');
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('growth');
  const [requested] = await timelineOf(fixture, subscriptionId, 'compensationRequested');
  expect(requested).toMatchObject({ operationId, details: { planId: 'growth' } });
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts).toEqual(['purchased', 'activated', 'planChanged', 'planChanged']);
  for (let repeat = 0; repeat < 3; repeat += 1) {
    await fixture.intake.publish({ subscriptionId, operationId, action: 'ChangePlan' });
  }
  await settled(fixture, subscriptionId);
  expect(await changesOf(fixture, subscriptionId)).toHaveLength(1);
});

test('seats that were refused too late are changed back', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  await fixture.client.policies.put.mutate(noDowngrade);
  await refusedInVain(subscriptionId, () => fixture.control.changeQuantity(subscriptionId, 25));
  expect(await changedBack(subscriptionId)).toMatchObject({ quantity: 5, state: 'succeeded' });
  expect((await fixture.control.subscription(subscriptionId)).quantity).toBe(5);
});

test('rules do not apply to a change back, whatever they say about its target', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'nothing', when: { action: 'ChangePlan' }, decision: 'refuse' }],
  });
  await refusedInVain(subscriptionId, () => fixture.control.changePlan(subscriptionId, 'starter'));
  fixture.intake.isDeciding = true;
  const change = await changedBack(subscriptionId);
  expect(change).toMatchObject({ state: 'succeeded', approvedBy: 'policy:nothing' });
  expect(await kinds(fixture, subscriptionId)).not.toContain('changeRefused');
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('growth');
});

test('if the publisher does not want a change back, the change stays and is recorded', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate({ ...noDowngrade, compensateLateRefusals: false });
  await refusedInVain(subscriptionId, () => fixture.control.changePlan(subscriptionId, 'starter'));
  expect(await changesOf(fixture, subscriptionId)).toEqual([]);
  expect((await view(subscriptionId)).planId).toBe('starter');
  expect(await kinds(fixture, subscriptionId)).toContain('refusalOverruled');
});

test('a subscription that a partner sold cannot be changed back, which is recorded', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 5,
    purchaser: 'sam@adventure-works.example',
  });
  await fixture.client.policies.put.mutate(noDowngrade);
  const operationId = await refusedInVain(subscriptionId, () =>
    fixture.control.changeQuantity(subscriptionId, 25),
  );
  await settled(fixture, subscriptionId);
  const [impossible] = await timelineOf(fixture, subscriptionId, 'compensationImpossible');
  expect(impossible).toMatchObject({
    operationId,
    details: { reason: 'subscription.read-only' },
  });
  expect(await changesOf(fixture, subscriptionId)).toEqual([]);
});

test('a change that was not decided in time is decided afterwards, and changed back', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const receivedAt = new Date(Date.now()).toISOString();
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  await fixture.control.advance(11_000);
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('starter');
  await fixture.intake.publish({ subscriptionId, operationId, action: 'ChangePlan', receivedAt });
  expect(await handled(fixture, subscriptionId, operationId)).toBe('overruled');
  await changedBack(subscriptionId);
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('growth');
});

test('a late decision is recorded as late', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  await fixture.db.pool.query("update policy set updated_at = now() - interval '1 hour'");
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  const receivedAt = new Date(Date.now() - 60_000).toISOString();
  await fixture.intake.publish({ subscriptionId, operationId, action: 'ChangePlan', receivedAt });
  expect(await handled(fixture, subscriptionId, operationId)).toBe('refused');
  const [decided] = await timelineOf(fixture, subscriptionId, 'changeDecided');
  expect(decided?.details).toMatchObject({ answer: 'refuse', isInTime: false });
  const row = await decisionOf(fixture, operationId);
  expect(row?.decidedAt?.getTime()).toBeGreaterThan(row?.deadlineAt?.getTime() ?? Infinity);
});

test('rules that are newer than the notification do not judge a change that Microsoft carried out', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const receivedAt = new Date(Date.now()).toISOString();
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  await fixture.control.advance(11_000);
  await until('the clock has moved', () => Date.now() > Date.parse(receivedAt) + 1);
  await fixture.client.policies.put.mutate(noDowngrade);
  await fixture.intake.publish({ subscriptionId, operationId, action: 'ChangePlan', receivedAt });
  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).planId).toBe('starter');
});

test('a change that a later one has overtaken is not changed back', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  await fixture.client.policies.put.mutate({ ...noDowngrade, compensateLateRefusals: false });
  const operationId = await refusedInVain(subscriptionId, () =>
    fixture.control.changeQuantity(subscriptionId, 25),
  );
  const later = await fixture.control.changeQuantity(subscriptionId, 7);
  await handled(fixture, subscriptionId, later.operationId);
  await inTransaction(fixture.db, (trx) =>
    addTask(trx, {
      subscriptionId,
      kind: 'compensate',
      payload: { operationId, quantity: 25 },
      correlationId: operationId,
      dedupeKey: `compensate:${operationId}`,
    }),
  );
  await settled(fixture, subscriptionId);
  expect(await changesOf(fixture, subscriptionId)).toEqual([]);
  expect(await kinds(fixture, subscriptionId)).toContain('compensationNotNeeded');
  expect((await view(subscriptionId)).quantity).toBe(7);
});
