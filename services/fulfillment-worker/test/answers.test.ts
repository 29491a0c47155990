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
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

/** After this Microsoft takes silence for acceptance. */
const SILENCE_MS = 11_000;

async function rowOf(operationId: string) {
  return await fixture.db.kysely
    .selectFrom('operations')
    .selectAll()
    .where('operationId', '=', operationId)
    .executeTakeFirst();
}

async function outcomeOf(operationId: string): Promise<string> {
  return await until(`operation ${operationId} has its outcome`, async () => {
    return (await rowOf(operationId))?.outcome;
  });
}

const answered = (operationId: string) =>
  until(`operation ${operationId} is answered`, async () => {
    return (await rowOf(operationId))?.answeredAt;
  });

async function statusAtMicrosoft(subscriptionId: string, operationId: string) {
  const all = await fixture.control.operations(subscriptionId);
  return all.find(({ id }) => id === operationId)?.status;
}

/** A seat change with a notification that waits until the test releases it. */
async function heldSeatChange() {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
  });
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  // Otherwise Microsoft could give up waiting for the answer in a slow test.
  await fixture.control.setClock({ frozen: true });
  const { operationId } = await fixture.control.changeQuantity(subscriptionId, 9);
  const notice = { subscriptionId, operationId, action: 'ChangeQuantity' };
  const notify = () => fixture.intake.publish(notice);
  return { subscriptionId, operationId, notify };
}

/** Sets Microsoft's answer about an operation, for this many calls; for all of them by default. */
async function operationSays(
  subscriptionId: string,
  operationId: string,
  { count, ...fields }: { readonly count?: number; readonly [name: string]: unknown },
) {
  const body = {
    id: operationId,
    subscriptionId,
    action: 'ChangeQuantity',
    status: 'InProgress',
    planId: 'basic',
    ...fields,
  };
  const answer = { endpoint: 'getOperation', status: 200, body, subscriptionId } as const;
  await fixture.control.addFault({ ...answer, count });
}

test('a change that Microsoft accepted after silence is adopted, once', async () => {
  const { subscriptionId, operationId, notify } = await heldSeatChange();
  await fixture.control.advance(SILENCE_MS);
  await notify();
  expect(await outcomeOf(operationId)).toBe('succeeded');
  await settled(fixture, subscriptionId);
  expect((await view(subscriptionId)).quantity).toBe(9);
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts).toEqual(['purchased', 'activated', 'quantityChanged']);
});

test.each([400, 404, 409])(
  "an answer that Microsoft refuses with %i is not repeated, and Microsoft's record is adopted",
  async (status) => {
    const { subscriptionId, operationId, notify } = await heldSeatChange();
    await fixture.control.addFault({ endpoint: 'patchOperation', status, subscriptionId });
    await notify();
    await answered(operationId);
    await fixture.control.advance(SILENCE_MS);
    expect(await outcomeOf(operationId)).toBe('succeeded');
    await settled(fixture, subscriptionId);
    expect((await view(subscriptionId)).quantity).toBe(9);
    expect(await kinds(fixture, subscriptionId)).not.toContain('taskParked');
  },
);

test('a late refusal is recorded, and the values in force are adopted', async () => {
  const { subscriptionId, operationId, notify } = await heldSeatChange();
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'cap', when: { action: 'ChangeQuantity', above: 8 }, decision: 'refuse' }],
  });
  await fixture.control.addFault({ endpoint: 'patchOperation', status: 409, subscriptionId });
  await notify();
  await answered(operationId);
  await fixture.control.advance(SILENCE_MS);
  expect(await outcomeOf(operationId)).toBe('overruled');
  expect((await view(subscriptionId)).quantity).toBe(9);
  expect(await kinds(fixture, subscriptionId)).toContain('refusalOverruled');
  expect(await factKinds(fixture, subscriptionId)).not.toContain('changeRefused');
});

test('an operation of our own needs no answer if Microsoft cannot process one', async () => {
  await fixture.control.updateSettings({ oddities: { partnerPatch: 'measured' } });
  try {
    const subscriptionId = await subscribed(fixture);
    const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
      subscriptionId,
      planId: 'growth',
      approvedBy: 'the customer',
    });
    await until('the notification is here', () =>
      fixture.intake.deliveries.some((one) => one.subscriptionId === subscriptionId),
    );
    const [operation] = await fixture.control.operations(subscriptionId);
    await answered(operation?.id ?? '');
    await fixture.control.advance(SILENCE_MS);
    await until('the change is in force', async () => {
      return (await fixture.client.subscriptions.change.query({ changeId })).state === 'succeeded';
    });
    await settled(fixture, subscriptionId);
    const facts = await factKinds(fixture, subscriptionId);
    expect(facts).toEqual(['purchased', 'activated', 'planChanged']);
  } finally {
    await fixture.control.updateSettings({ oddities: { partnerPatch: 'documented' } });
  }
});

test.each(['', null, undefined, 0, -3, 'many'])(
  'a change to %j seats, which is impossible, is left to Microsoft and recorded',
  async (quantity) => {
    const { subscriptionId, operationId, notify } = await heldSeatChange();
    await operationSays(subscriptionId, operationId, { quantity });
    await notify();
    await until('on record', async () => {
      return (await kinds(fixture, subscriptionId)).includes('operationUnconfirmed');
    });
    expect(await statusAtMicrosoft(subscriptionId, operationId)).toBe('InProgress');
    expect((await rowOf(operationId))?.answeredAt ?? null).toBeNull();
    expect((await view(subscriptionId)).quantity).toBe(5);
  },
);

test.each([0, -3])(
  'a change to %j seats is neither accepted nor refused while a rule could refuse it',
  async (quantity) => {
    const { subscriptionId, operationId } = await heldSeatChange();
    await fixture.client.policies.put.mutate({
      rules: [{ id: 'in-use', when: { action: 'ChangeQuantity', below: 3 }, decision: 'refuse' }],
    });
    await operationSays(subscriptionId, operationId, { quantity });
    const decided = fixture.client.decisions.decide.mutate({
      notificationId: '00000000-0000-4000-8000-000000000002',
      receivedAt: new Date().toISOString(),
      subscriptionId,
      operationId,
      action: 'ChangeQuantity',
    });
    await expect(decided).rejects.toMatchObject({
      data: { code: 'SERVICE_UNAVAILABLE', fault: 'decision.no-target' },
    });
    expect((await rowOf(operationId))?.decision ?? null).toBeNull();
  },
);

test('an operation with an unknown status is answered too', async () => {
  const { subscriptionId, operationId, notify } = await heldSeatChange();
  await operationSays(subscriptionId, operationId, { quantity: '9', status: 'Queued' });
  await notify();
  await answered(operationId);
  expect(await statusAtMicrosoft(subscriptionId, operationId)).toBe('Succeeded');
  await fixture.control.clearFaults();
  expect(await outcomeOf(operationId)).toBe('succeeded');
});

test.each(['Suspend', 'Renew', 'Unsubscribe'] as const)(
  'if the effect of a %s is recorded before Microsoft ends the operation, the outcome is still awaited',
  async (action) => {
    const { control } = fixture;
    const act = {
      Suspend: (id: string) => control.suspend(id),
      Renew: (id: string) => control.renew(id),
      Unsubscribe: (id: string) => control.cancel(id),
    };
    const subscriptionId = await subscribed(fixture);
    const { operationId } = await act[action](subscriptionId);
    expect(await outcomeOf(operationId)).toBe('succeeded');
    await fixture.db.pool.query('delete from operations where operation_id = $1', [operationId]);
    await operationSays(subscriptionId, operationId, { action, planId: undefined, count: 1 });

    await fixture.intake.publish({ subscriptionId, operationId, action });

    expect(await outcomeOf(operationId)).toBe('succeeded');
  },
);

test('a suspension that Microsoft leaves in progress is recorded at once, and its outcome is given up after a quarter of an hour', async () => {
  const { control } = fixture;
  const subscriptionId = await subscribed(fixture);
  await control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await control.suspend(subscriptionId);
  await operationSays(subscriptionId, operationId, { action: 'Suspend', planId: undefined });

  await fixture.intake.publish({ subscriptionId, operationId, action: 'Suspend' });

  await until('it is recorded', async () => (await view(subscriptionId)).status === 'Suspended');
  expect((await rowOf(operationId))?.outcome ?? null).toBeNull();
  await hurry(fixture, subscriptionId, async () => (await rowOf(operationId))?.outcome != null);
  expect(await outcomeOf(operationId)).toBe('unsettled');
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated', 'suspended']);
});

test.each([9, 0])(
  'an answered change to %i seats that Microsoft leaves in progress stays open until reconciliation finds its outcome',
  async (quantity) => {
    const { subscriptionId, operationId, notify } = await heldSeatChange();
    await operationSays(subscriptionId, operationId, { quantity });
    await notify();
    await hurry(fixture, subscriptionId, async () => {
      const { rowCount } = await fixture.db.pool.query(
        `select from tasks where subscription_id = $1 and kind = 'notification'
          and payload ->> 'operationId' = $2 and done_at is not null`,
        [subscriptionId, operationId],
      );
      return rowCount === 1;
    });
    expect((await rowOf(operationId))?.outcome).toBeNull();

    await fixture.control.clearFaults();
    await fixture.control.advance(SILENCE_MS);
    await fixture.db.pool.query(
      `update operations set created_at = now() - interval '1 hour' where operation_id = $1`,
      [operationId],
    );
    await fixture.client.reconciliation.start.mutate({});

    expect(await outcomeOf(operationId)).toBe('succeeded');
    expect((await view(subscriptionId)).quantity).toBe(9);
  },
);

test('a rule on seats refuses numbers below or above its limits and nothing else', async () => {
  const subscriptionId = await subscribed(fixture, {
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 8,
  });
  await fixture.client.policies.put.mutate({
    rules: [
      { id: 'in-use', when: { action: 'ChangeQuantity', below: 6, above: 20 }, decision: 'refuse' },
    ],
  });
  for (const [seats, outcome] of [
    [5, 'refused'],
    [6, 'succeeded'],
    [21, 'refused'],
    [20, 'succeeded'],
  ] as const) {
    const { operationId } = await fixture.control.changeQuantity(subscriptionId, seats);
    expect(await outcomeOf(operationId), String(seats)).toBe(outcome);
    await settled(fixture, subscriptionId);
  }
  expect((await view(subscriptionId)).quantity).toBe(20);
});

test('a forged notification about an operation does not decide the genuine one', async () => {
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'no-downgrade', when: { action: 'ChangePlan' }, decision: 'refuse' }],
  });
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  // No rule concerns seats, so this claim is answered without asking Microsoft.
  const forged = { subscriptionId, operationId, action: 'ChangeQuantity' };
  const about = {
    notificationId: '00000000-0000-4000-8000-000000000001',
    receivedAt: new Date().toISOString(),
  };
  const { decide } = fixture.client.decisions;
  expect((await decide.mutate({ ...about, ...forged })).answer).toBe('accept');
  const genuine = { subscriptionId, operationId, action: 'ChangePlan' };
  expect(await decide.mutate({ ...about, ...genuine })).toMatchObject({
    answer: 'refuse',
    reason: 'rule:no-downgrade',
  });
  await fixture.intake.publish(genuine);
  expect(await outcomeOf(operationId)).toBe('refused');
  expect((await view(subscriptionId)).planId).toBe('growth');
});
