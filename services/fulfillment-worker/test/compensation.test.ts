import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '@landfall/service-kit/database';
import { addTask } from '../src/store/tasks.ts';
import { changesOf, decisionOf, handled, timelineOf } from './decided.ts';
import {
  eventually,
  factKinds,
  kinds,
  openStage,
  settled,
  subscribed,
  type Stage,
} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot();
});
afterEach(async () => {
  await stage.control.clearFaults();
  await stage.client.policies.put.mutate({ rules: [] });
  await stage.control.updateSettings({
    oddities: { refuseByPatch: 'documented', refusedChange: 'documented' },
  });
  stage.intake.isDeciding = true;
});
afterAll(() => stage[Symbol.asyncDispose]());

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

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });

/** A change that we refuse, by an answer that Microsoft ignores until it accepts by itself. */
async function refusedInVain(
  subscriptionId: string,
  begin: () => Promise<{ operationId: string }>,
): Promise<string> {
  await stage.control.updateSettings({ oddities: { refuseByPatch: 'measured' } });
  stage.intake.isDeciding = false;
  const { operationId } = await begin();
  await eventually('our refusal has been sent', async () => {
    return (await decisionOf(stage, operationId))?.answered_at;
  });
  await stage.control.advance(11_000);
  expect(await handled(stage, subscriptionId, operationId)).toBe('overruled');
  return operationId;
}

/** The change back, when it is over. */
async function changedBack(subscriptionId: string) {
  const change = await eventually('the change back is over', async () => {
    const [only, ...others] = await changesOf(stage, subscriptionId);
    expect(others).toEqual([]);
    return only?.settled_at && only;
  });
  await settled(stage, subscriptionId);
  return change;
}

test('a refusal that came too late is changed back, once, in sight of everybody', async () => {
  const subscriptionId = await subscribed(stage, { planId: 'growth' });
  await stage.client.policies.put.mutate(noDowngrade);
  const operationId = await refusedInVain(subscriptionId, () =>
    stage.control.changePlan(subscriptionId, 'starter'),
  );
  expect(await changedBack(subscriptionId)).toMatchObject({
    kind: 'ChangePlan',
    plan_id: 'growth',
    state: 'succeeded',
    approved_by: 'policy:no-downgrade',
    compensates: operationId,
  });
  expect((await view(subscriptionId)).planId).toBe('growth');
  expect((await stage.control.subscription(subscriptionId)).planId).toBe('growth');
  const [requested] = await timelineOf(stage, subscriptionId, 'compensationRequested');
  expect(requested).toMatchObject({ operationId, details: { planId: 'growth' } });
  const facts = await factKinds(stage, subscriptionId);
  expect(facts).toEqual(['purchased', 'activated', 'planChanged', 'planChanged']);
  for (let repeat = 0; repeat < 3; repeat += 1) {
    await stage.intake.publish({ subscriptionId, operationId, action: 'ChangePlan' });
  }
  await settled(stage, subscriptionId);
  expect(await changesOf(stage, subscriptionId)).toHaveLength(1);
});

test('seats that were refused too late are changed back', async () => {
  const subscriptionId = await subscribed(stage, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  await stage.client.policies.put.mutate(noDowngrade);
  await refusedInVain(subscriptionId, () => stage.control.changeQuantity(subscriptionId, 25));
  expect(await changedBack(subscriptionId)).toMatchObject({ quantity: 5, state: 'succeeded' });
  expect((await stage.control.subscription(subscriptionId)).quantity).toBe(5);
});

test('a change back is no matter of the rules, whatever they say of its target', async () => {
  const subscriptionId = await subscribed(stage, { planId: 'growth' });
  await stage.client.policies.put.mutate({
    rules: [{ id: 'nothing', when: { action: 'ChangePlan' }, decision: 'refuse' }],
  });
  await refusedInVain(subscriptionId, () => stage.control.changePlan(subscriptionId, 'starter'));
  stage.intake.isDeciding = true;
  const change = await changedBack(subscriptionId);
  expect(change).toMatchObject({ state: 'succeeded', approved_by: 'policy:nothing' });
  expect(await kinds(stage, subscriptionId)).not.toContain('changeRefused');
  expect((await stage.control.subscription(subscriptionId)).planId).toBe('growth');
});

test('where the publisher does not want it, the change stays and is told', async () => {
  const subscriptionId = await subscribed(stage, { planId: 'growth' });
  await stage.client.policies.put.mutate({ ...noDowngrade, compensateLateRefusals: false });
  await refusedInVain(subscriptionId, () => stage.control.changePlan(subscriptionId, 'starter'));
  expect(await changesOf(stage, subscriptionId)).toEqual([]);
  expect((await view(subscriptionId)).planId).toBe('starter');
  expect(await kinds(stage, subscriptionId)).toContain('refusalOverruled');
});

test('what a partner sold cannot be changed back from here, which is recorded', async () => {
  const subscriptionId = await subscribed(stage, {
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 5,
    purchaser: 'sam@adventure-works.example',
  });
  await stage.client.policies.put.mutate(noDowngrade);
  const operationId = await refusedInVain(subscriptionId, () =>
    stage.control.changeQuantity(subscriptionId, 25),
  );
  await settled(stage, subscriptionId);
  const [impossible] = await timelineOf(stage, subscriptionId, 'compensationImpossible');
  expect(impossible).toMatchObject({
    operationId,
    details: { reason: 'subscription.read-only' },
  });
  expect(await changesOf(stage, subscriptionId)).toEqual([]);
});

test('a change that nobody decided in time is decided afterwards, and changed back', async () => {
  const subscriptionId = await subscribed(stage, { planId: 'growth' });
  await stage.client.policies.put.mutate(noDowngrade);
  await stage.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const receivedAt = new Date(Date.now()).toISOString();
  const { operationId } = await stage.control.changePlan(subscriptionId, 'starter');
  await stage.control.advance(11_000);
  expect((await stage.control.subscription(subscriptionId)).planId).toBe('starter');
  await stage.intake.publish({ subscriptionId, operationId, action: 'ChangePlan', receivedAt });
  expect(await handled(stage, subscriptionId, operationId)).toBe('overruled');
  await changedBack(subscriptionId);
  expect((await stage.control.subscription(subscriptionId)).planId).toBe('growth');
});

test('a decision that missed its deadline says so', async () => {
  const subscriptionId = await subscribed(stage, { planId: 'growth' });
  await stage.client.policies.put.mutate(noDowngrade);
  await stage.db.pool.query("update policy set updated_at = now() - interval '1 hour'");
  await stage.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await stage.control.changePlan(subscriptionId, 'starter');
  const receivedAt = new Date(Date.now() - 60_000).toISOString();
  await stage.intake.publish({ subscriptionId, operationId, action: 'ChangePlan', receivedAt });
  expect(await handled(stage, subscriptionId, operationId)).toBe('refused');
  const [decided] = await timelineOf(stage, subscriptionId, 'changeDecided');
  expect(decided?.details).toMatchObject({ answer: 'refuse', isInTime: false });
  const row = await decisionOf(stage, operationId);
  expect(row?.decided_at?.getTime()).toBeGreaterThan(row?.deadline_at?.getTime() ?? Infinity);
});

test('rules that came after a notification say nothing of what Microsoft has carried out', async () => {
  const subscriptionId = await subscribed(stage, { planId: 'growth' });
  await stage.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const receivedAt = new Date(Date.now()).toISOString();
  const { operationId } = await stage.control.changePlan(subscriptionId, 'starter');
  await stage.control.advance(11_000);
  await eventually('a later moment', () => Date.now() > Date.parse(receivedAt) + 1);
  await stage.client.policies.put.mutate(noDowngrade);
  await stage.intake.publish({ subscriptionId, operationId, action: 'ChangePlan', receivedAt });
  expect(await handled(stage, subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).planId).toBe('starter');
});

test('what a later change has overtaken is not changed back', async () => {
  const subscriptionId = await subscribed(stage, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  await stage.client.policies.put.mutate({ ...noDowngrade, compensateLateRefusals: false });
  const operationId = await refusedInVain(subscriptionId, () =>
    stage.control.changeQuantity(subscriptionId, 25),
  );
  const later = await stage.control.changeQuantity(subscriptionId, 7);
  await handled(stage, subscriptionId, later.operationId);
  await inTransaction(stage.db, (trx) =>
    addTask(trx, {
      subscriptionId,
      kind: 'compensate',
      payload: { operationId, quantity: 25 },
      correlationId: operationId,
      dedupeKey: `compensate:${operationId}`,
    }),
  );
  await settled(stage, subscriptionId);
  expect(await changesOf(stage, subscriptionId)).toEqual([]);
  expect(await kinds(stage, subscriptionId)).toContain('compensationNotNeeded');
  expect((await view(subscriptionId)).quantity).toBe(7);
});
