import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { hurry } from './hurry.ts';
import { factKinds, kinds, openFixture, settled, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(async () => {
  await fixture.control.setClock({ frozen: false });
  await fixture.control.clearFaults();
  await fixture.client.policies.put.mutate({ rules: [] });
  fixture.intake.isDeciding = true;
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

async function handled(subscriptionId: string, operationId: string): Promise<string> {
  const outcome = await until(`operation ${operationId} has its outcome`, async () => {
    const row = await fixture.db.kysely
      .selectFrom('operations')
      .select('outcome')
      .where('subscriptionId', '=', subscriptionId)
      .where('operationId', '=', operationId)
      .executeTakeFirst();
    return row?.outcome;
  });
  await settled(fixture, subscriptionId);
  return outcome;
}

const noDowngrade = {
  rules: [
    {
      id: 'no-downgrade',
      offerId: 'analytics',
      when: { action: 'ChangePlan' as const, toPlanIds: ['starter'] },
      decision: 'refuse' as const,
    },
  ],
};

test("a customer's plan change that is notified five times is accepted, answered and published once", async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', duplicate: 4, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  expect(await handled(subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).planId).toBe('growth');
  const [operation] = await fixture.control.operations(subscriptionId);
  expect(operation?.status).toBe('Succeeded');
  await fixture.control.redeliver(operationId, { times: 3, parallel: true });
  await until('eight deliveries', () => {
    const all = fixture.intake.deliveries.filter((one) => one.operationId === operationId);
    return all.length >= 8;
  });
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'planChanged',
  ]);
  const fact = fixture.facts.find(
    (one) => one.kind === 'planChanged' && one.subscription.id === subscriptionId,
  );
  expect(fact).toMatchObject({
    operationId,
    previous: { planId: 'starter' },
    subscription: { planId: 'growth' },
  });
});

test("a customer's seat change is accepted with the operation's seats", async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  const { operationId } = await fixture.control.changeQuantity(subscriptionId, 9);
  expect(await handled(subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).quantity).toBe(9);
});

test('a change that a rule refuses is refused at Microsoft and published once', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  expect(await handled(subscriptionId, operationId)).toBe('refused');
  expect((await view(subscriptionId)).planId).toBe('growth');
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('growth');
  await fixture.intake.publish({ subscriptionId, operationId, action: 'ChangePlan' });
  await fixture.intake.publish({ subscriptionId, operationId, action: 'ChangePlan' });
  await settled(fixture, subscriptionId);
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts.filter((kind) => kind === 'changeRefused')).toHaveLength(1);
  expect(facts).not.toContain('planChanged');
  const refused = fixture.facts.find(
    ({ kind, subscription }) => kind === 'changeRefused' && subscription.id === subscriptionId,
  );
  expect(refused?.reason).toBe('rule:no-downgrade');
});

test("a refusal after the webhook's deadline is sent as an answer to the operation", async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  fixture.intake.isDeciding = false;
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  expect(await handled(subscriptionId, operationId)).toBe('refused');
  expect((await fixture.control.subscription(subscriptionId)).planId).toBe('growth');
});

test('a refusal that Microsoft overrules is adopted and visible', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate({ ...noDowngrade, compensateLateRefusals: false });
  await fixture.control.updateSettings({ oddities: { refuseByPatch: 'measured' } });
  fixture.intake.isDeciding = false;
  try {
    const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
    await until('answered', async () => {
      const row = await fixture.db.kysely
        .selectFrom('operations')
        .select('answeredAt')
        .where('operationId', '=', operationId)
        .executeTakeFirst();
      return row?.answeredAt;
    });
    await fixture.control.advance(11_000);
    expect(await handled(subscriptionId, operationId)).toBe('overruled');
  } finally {
    await fixture.control.updateSettings({ oddities: { refuseByPatch: 'documented' } });
  }
  expect((await view(subscriptionId)).planId).toBe('starter');
  expect(await kinds(fixture, subscriptionId)).toContain('refusalOverruled');
  expect(await factKinds(fixture, subscriptionId)).not.toContain('changeRefused');
});

test('the roll-back that follows a refusal is accepted whatever the rules say', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'starter' });
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'none', when: { action: 'ChangePlan' }, decision: 'refuse' }],
  });
  await fixture.control.updateSettings({ oddities: { refusedChange: 'measured' } });
  try {
    const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
    expect(await handled(subscriptionId, operationId)).toBe('refused');
    const revert = await until('the roll-back is notified', async () => {
      const all = await fixture.control.operations(subscriptionId);
      return all.find((one) => one.id !== operationId && one.action === 'ChangePlan');
    });
    expect(await handled(subscriptionId, revert.id)).not.toBe('refused');
  } finally {
    await fixture.control.updateSettings({ oddities: { refusedChange: 'documented' } });
  }
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts.filter((kind) => kind === 'changeRefused')).toHaveLength(1);
  expect((await view(subscriptionId)).planId).toBe('starter');
});

test('an operation that is unknown or different at Microsoft has no effect', async () => {
  const subscriptionId = await subscribed(fixture);
  const other = await subscribed(fixture);
  const suspended = (await fixture.control.suspend(other)).operationId;
  await handled(other, suspended);
  const renewed = (await fixture.control.renew(subscriptionId)).operationId;
  await handled(subscriptionId, renewed);
  const [before, otherBefore] = [await view(subscriptionId), await view(other)];
  await fixture.control.startRecording();

  // Two operations of the other subscription, and one that Microsoft never had.
  const notices = [
    { subscriptionId, operationId: suspended, action: 'Suspend' },
    { subscriptionId: other, operationId: renewed, action: 'ChangePlan' },
    { subscriptionId, operationId: randomUUID(), action: 'Unsubscribe' },
  ];
  for (const notice of notices) await fixture.intake.publish(notice);

  const calls = async () =>
    (await fixture.control.recording()).calls.map(({ method, path }) => `${method} ${path}`);
  await until('Microsoft was asked about each', async () => {
    const made = await calls();
    return notices.every(({ subscriptionId: id, operationId }) =>
      made.includes(`GET /saas/subscriptions/${id}/operations/${operationId}`),
    );
  });
  for (const id of [subscriptionId, other]) {
    await hurry(fixture, id, async () =>
      (await kinds(fixture, id)).includes('operationUnconfirmed'),
    );
    await settled(fixture, id);
  }
  const facts = ({ status, planId, quantity, term }: typeof before) => ({
    status,
    planId,
    quantity,
    term,
  });
  expect(facts(await view(subscriptionId))).toEqual(facts(before));
  expect(facts(await view(other))).toEqual(facts(otherBefore));
  expect((await calls()).filter((call) => !call.startsWith('GET '))).toEqual([]);
  await fixture.control.stopRecording();
});

test('a notification whose operation has another action is recorded and does nothing', async () => {
  const subscriptionId = await subscribed(fixture);
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  await handled(subscriptionId, operationId);
  const renewal = await fixture.control.renew(subscriptionId);
  await handled(subscriptionId, renewal.operationId);
  // Held back, so that the forged one comes first.
  await fixture.control.addFault({ endpoint: 'webhook', subscriptionId, drop: true, count: 1 });
  const second = await fixture.control.suspend(subscriptionId);
  await fixture.intake.publish({
    subscriptionId,
    operationId: second.operationId,
    action: 'ChangePlan',
  });
  await until('the operation is settled', async () =>
    (await kinds(fixture, subscriptionId)).includes('operationContradicted'),
  );
  // The forged one does not block the genuine one.
  await fixture.control.redeliver(second.operationId);
  expect(await handled(subscriptionId, second.operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).status).toBe('Suspended');
});

test("suspend, reinstate, renew and unsubscribe end in Microsoft's state", async () => {
  const subscriptionId = await subscribed(fixture);
  await handled(subscriptionId, (await fixture.control.suspend(subscriptionId)).operationId);
  expect((await view(subscriptionId)).status).toBe('Suspended');
  await handled(subscriptionId, (await fixture.control.reinstate(subscriptionId)).operationId);
  expect((await view(subscriptionId)).status).toBe('Subscribed');
  const { term } = await view(subscriptionId);
  await handled(subscriptionId, (await fixture.control.renew(subscriptionId)).operationId);
  expect(Date.parse((await view(subscriptionId)).term.endDate ?? '')).toBeGreaterThan(
    Date.parse(term.endDate ?? ''),
  );
  await handled(subscriptionId, (await fixture.control.cancel(subscriptionId)).operationId);
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'suspended',
    'reinstated',
    'renewed',
    'unsubscribed',
  ]);
});

test('a Reinstate that waits for an answer gets it', async () => {
  await fixture.control.updateSettings({ oddities: { reinstateNeedsAnswer: 'measured' } });
  try {
    const subscriptionId = await subscribed(fixture);
    await handled(subscriptionId, (await fixture.control.suspend(subscriptionId)).operationId);
    const { operationId } = await fixture.control.reinstate(subscriptionId);
    expect(await handled(subscriptionId, operationId)).toBe('succeeded');
    expect((await view(subscriptionId)).status).toBe('Subscribed');
  } finally {
    await fixture.control.updateSettings({ oddities: { reinstateNeedsAnswer: 'documented' } });
  }
});

test('nothing revives an ended subscription, whatever arrives late and in any order', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId });
  const suspend = await fixture.control.suspend(subscriptionId);
  const reinstate = await fixture.control.reinstate(subscriptionId);
  await fixture.control.advance(11_000);
  const cancel = await fixture.control.cancel(subscriptionId);
  const late = [
    { operationId: cancel.operationId, action: 'Unsubscribe' },
    { operationId: reinstate.operationId, action: 'Reinstate' },
    { operationId: suspend.operationId, action: 'Suspend' },
  ];
  for (const notice of late) {
    await fixture.intake.publish({ subscriptionId, ...notice });
    await handled(subscriptionId, notice.operationId);
  }
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'unsubscribed',
  ]);
});

test('an unknown action is recorded, logged and breaks nothing', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.intake.publish({ subscriptionId, operationId: randomUUID(), action: 'Transfer' });
  await until('flagged', async () =>
    (await kinds(fixture, subscriptionId)).includes('actionUnrecognised'),
  );
  expect((await view(subscriptionId)).status).toBe('Subscribed');
});

test('the smallest notification, without an operation id, still finds its operation', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  await fixture.intake.publish({ subscriptionId, action: 'ChangePlan' });
  expect(await handled(subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).planId).toBe('growth');
});

test('an end that is notified before any visit is found by a later visit', async () => {
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  await fixture.control.cancel(subscriptionId);
  await fixture.intake.publish({ subscriptionId, action: 'Unsubscribe' });
  await settled(fixture, subscriptionId);
  const visited = await fixture.client.purchases.resolve.mutate({ purchaseToken });
  expect(visited.status).toBe('Unsubscribed');
});

test('notifications wait during an outage of Microsoft and are then applied once', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 503, subscriptionId });
  const { operationId } = await fixture.control.suspend(subscriptionId);
  await until('a failed try', async () => {
    const row = await fixture.db.kysely
      .selectFrom('tasks')
      .select('lastError')
      .where('subscriptionId', '=', subscriptionId)
      .where('attempts', '>', 0)
      .executeTakeFirst();
    return row?.lastError === 'marketplace.unavailable';
  });
  await fixture.control.clearFaults();
  expect(await handled(subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).status).toBe('Suspended');
});

test('a decision that needs Microsoft is a fault while Microsoft is down', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 500, subscriptionId });
  const startedAt = Date.now();
  await expect(
    fixture.client.decisions.decide.mutate({
      notificationId: randomUUID(),
      operationId: randomUUID(),
      subscriptionId,
      action: 'ChangePlan',
      receivedAt: new Date().toISOString(),
    }),
  ).rejects.toMatchObject({ data: { code: 'SERVICE_UNAVAILABLE' } });
  // Microsoft waits for ten seconds.
  expect(Date.now() - startedAt).toBeLessThan(10_000);
});

test('a change with a missing or invalid id is decided as the only open operation of its kind', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate(noDowngrade);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  // Otherwise Microsoft could give up waiting for the answer in a slow test.
  await fixture.control.setClock({ frozen: true });
  await fixture.control.changePlan(subscriptionId, 'starter');
  const decide = (operationId?: string) =>
    fixture.client.decisions.decide.mutate({
      notificationId: randomUUID(),
      operationId,
      subscriptionId,
      action: 'ChangePlan',
      receivedAt: new Date().toISOString(),
    });
  expect(await decide()).toMatchObject({ answer: 'refuse', reason: 'rule:no-downgrade' });
  expect(await decide('org:1,2')).toMatchObject({ answer: 'refuse' });
});

test('a change without an open operation is a fault while a rule could refuse it', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  const decide = () =>
    fixture.client.decisions.decide.mutate({
      notificationId: randomUUID(),
      subscriptionId,
      action: 'ChangePlan',
      receivedAt: new Date().toISOString(),
    });
  expect(await decide()).toEqual({ answer: 'accept' });
  await fixture.client.policies.put.mutate(noDowngrade);
  await expect(decide()).rejects.toMatchObject({
    data: { code: 'SERVICE_UNAVAILABLE', fault: 'decision.unidentified' },
  });
});

test('mayRefuse finds a rule that could refuse an unreadable change, with or without its action', async () => {
  const { mayRefuse } = fixture.client.decisions;
  expect(await mayRefuse.query({})).toEqual({ mayRefuse: false });
  await fixture.client.policies.put.mutate(noDowngrade);
  expect(await mayRefuse.query({})).toEqual({ mayRefuse: true });
  expect(await mayRefuse.query({ action: 'changePlan' })).toEqual({ mayRefuse: true });
  expect(await mayRefuse.query({ action: 'ChangeQuantity' })).toEqual({ mayRefuse: false });
});
