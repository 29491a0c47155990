import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import { until } from '@landfall/servers/wait';
import { PATIENCE_MS } from '@landfall/config/patience';
import { handled, timelineOf } from './decided.ts';
import { hurry } from './hurry.ts';
import { passingTime } from './passing-time.ts';
import {
  factKinds,
  kinds,
  openFixture,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

/** Microsoft's record shows a change later than its notification, or never, or cannot be read. */

const TEAM = { offerId: 'teamdesk', planId: 'basic', quantity: 6 };
/** Longer than a notification takes to arrive and be processed, on a busy machine too. */
const LAG_MS = 3_000;
/** Longer than all moves of the clock while a test waits for an alert. */
const FOR_EVER_MS = 7 * 86_400_000;
/** Longer than readings of alerts are shared. */
const ALERTS_SHARED_MS = 6_000;

let fixture: Fixture;
const time = passingTime();
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot({}, time.now);
});
afterEach(async () => {
  await fixture.control.clearFaults();
  const names = [
    'recordLag',
    'firstGetLate',
    'getOperationLate',
    'notificationId',
    'pendingCancel',
  ] as const;
  const oddities = Object.fromEntries(names.map((name) => [name, 'documented']));
  await fixture.control.updateSettings({ oddities });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

async function lagging(recordLagMs: number): Promise<void> {
  const oddities = { recordLag: 'measured' } as const;
  await fixture.control.updateSettings({ oddities, recordLagMs: [recordLagMs] });
}

async function fresh(): Promise<void> {
  await fixture.control.updateSettings({ oddities: { recordLag: 'documented' } });
}

async function alerts(): Promise<readonly string[]> {
  await time.pass(fixture, ALERTS_SHARED_MS);
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => fixture.client);
  const answer = await ownAlerts.list(
    {},
    {
      caller: { kind: 'service', name: 'gateway' },
      correlationId: randomUUID(),
      deadline: new Date(Date.now() + PATIENCE_MS),
    },
  );
  return ownAlertProcedures.ownAlerts.list.output.parse(answer).firing.map(({ alert }) => alert);
}

const isSaid = (subscriptionId: string, kind: string) => async () =>
  (await kinds(fixture, subscriptionId)).includes(kind);

const control = () => fixture.control;
const cases = [
  { action: 'ChangePlan', act: (id: string) => control().changePlan(id, 'standard') },
  { action: 'ChangeQuantity', act: (id: string) => control().changeQuantity(id, 9) },
  { action: 'Suspend', act: (id: string) => control().suspend(id) },
  { action: 'Reinstate', act: (id: string) => control().reinstate(id) },
  { action: 'Unsubscribe', act: (id: string) => control().cancel(id) },
  { action: 'Renew', act: (id: string) => control().renew(id) },
] as const;

const effects = {
  ChangePlan: 'planChanged',
  ChangeQuantity: 'quantityChanged',
  Suspend: 'suspended',
  Reinstate: 'reinstated',
  Unsubscribe: 'unsubscribed',
  Renew: 'renewed',
} as const;

test.each(cases)(
  'a record that shows $action seconds after the notification ends correct, with one effect',
  async ({ action, act }) => {
    const subscriptionId = await subscribed(fixture, TEAM);
    if (action === 'Reinstate') {
      const { operationId } = await fixture.control.suspend(subscriptionId);
      await handled(fixture, subscriptionId, operationId);
    }
    const before = await view(subscriptionId);
    await lagging(LAG_MS);

    const { operationId } = await act(subscriptionId);

    expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
    const theirs = await fixture.control.subscription(subscriptionId);
    const ours = await view(subscriptionId);
    expect(ours.status).toBe(theirs.status);
    expect(ours.planId).toBe(theirs.planId);
    if (action === 'ChangeQuantity') expect(ours.quantity).toBe(9);
    if (action === 'Renew') expect(ours.term.endDate).not.toBe(before.term.endDate);
    const facts = await factKinds(fixture, subscriptionId);
    expect(facts.filter((kind) => kind === effects[action])).toHaveLength(1);
    expect(await kinds(fixture, subscriptionId)).not.toContain('effectMissing');
  },
);

test('a purchase that activates itself is recorded when it becomes readable seconds later', async () => {
  const oddities = { firstGetLate: 'measured' } as const;
  await fixture.control.updateSettings({ oddities, firstGetLateMs: LAG_MS });

  const { subscriptionId } = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'ada@fabrikam.example',
  });

  await until('it is recorded', async () => {
    const found = await view(subscriptionId).catch(() => undefined);
    return found?.status === 'Subscribed';
  });
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test.each([
  { action: 'ChangePlan', act: (id: string) => control().changePlan(id, 'standard') },
  { action: 'ChangeQuantity', act: (id: string) => control().changeQuantity(id, 9) },
])('$action with an id that is not a GUID is answered and recorded', async ({ action, act }) => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await fixture.control.updateSettings({ oddities: { notificationId: 'measured' } });

  const { operationId } = await act(subscriptionId);

  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  const theirs = await fixture.control.subscription(subscriptionId);
  expect(await view(subscriptionId)).toMatchObject({
    planId: theirs.planId,
    quantity: theirs.quantity,
  });
  expect(await factKinds(fixture, subscriptionId)).toContain(
    action === 'ChangePlan' ? 'planChanged' : 'quantityChanged',
  );
});

test.each([404, 400])(
  'a change in force is recorded, however late, even if Microsoft answers its operation with %i',
  async (status) => {
    const subscriptionId = await subscribed(fixture, TEAM);
    fixture.intake.isDeciding = false;
    await fixture.control.addFault({ endpoint: 'getOperation', status, subscriptionId });
    await lagging(LAG_MS);
    await fixture.control.changeQuantity(subscriptionId, 9);

    // Silence means acceptance.
    await time.pass(fixture, 11_000);

    await until('the seats are recorded', async () => {
      return (await view(subscriptionId)).quantity === 9;
    });
    await settled(fixture, subscriptionId);
    expect(await kinds(fixture, subscriptionId)).not.toContain('operationUnconfirmed');
  },
);

test('an effect that does not show within a minute is on the timeline, and an alert until it shows', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await lagging(FOR_EVER_MS);
  const { operationId } = await fixture.control.suspend(subscriptionId);

  await hurry(fixture, subscriptionId, isSaid(subscriptionId, 'effectMissing'));

  const [entry] = await timelineOf(fixture, subscriptionId, 'effectMissing');
  expect(entry).toMatchObject({ operationId, details: { action: 'Suspend' } });
  expect((await view(subscriptionId)).status).toBe('Subscribed');
  await until('an alert', async () => (await alerts()).includes('EffectsMissing'));

  await fresh();
  await hurry(fixture, subscriptionId, isSaid(subscriptionId, 'effectSeen'));
  expect((await view(subscriptionId)).status).toBe('Suspended');
  await until('no alert', async () => !(await alerts()).includes('EffectsMissing'));
  expect(await timelineOf(fixture, subscriptionId, 'effectMissing')).toHaveLength(1);
});

test('reconciliation reports that a difference was notified but had no effect at the time', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await lagging(FOR_EVER_MS);
  await fixture.control.suspend(subscriptionId);
  await hurry(fixture, subscriptionId, isSaid(subscriptionId, 'effectMissing'));
  await fresh();

  const { runId } = await fixture.client.reconciliation.start.mutate({});

  const run = await until('the run is over', async () => {
    const found = await fixture.client.reconciliation.get.query({ runId });
    return found.state === 'completed' && found;
  });
  const findings = run.findings.filter((one) => one.subscriptionId === subscriptionId);
  expect(findings).toMatchObject([{ kind: 'drift', cause: 'told-without-effect' }]);
  expect((await view(subscriptionId)).status).toBe('Suspended');
  expect(await kinds(fixture, subscriptionId)).toContain('effectSeen');
});

test('a renewal that changes no term is noted on the timeline', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await lagging(FOR_EVER_MS);
  await fixture.control.renew(subscriptionId);

  await hurry(fixture, subscriptionId, isSaid(subscriptionId, 'effectMissing'));

  const [entry] = await timelineOf(fixture, subscriptionId, 'effectMissing');
  expect(entry?.details).toEqual({
    action: 'Renew',
    reason: 'renewal notified, term unchanged',
  });
});

test('a renewal that is notified before the record is first seen active raises no alert', async () => {
  const subscriptionId = await purchase(fixture, TEAM);
  await lagging(LAG_MS);
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('Microsoft has activated it', async () => {
    return (await fixture.control.subscription(subscriptionId)).status === 'Subscribed';
  });

  const { operationId } = await fixture.control.renew(subscriptionId);

  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).status).toBe('Subscribed');
  expect(await kinds(fixture, subscriptionId)).not.toContain('effectMissing');
});

test('a cancellation without effect on a pending record fails with an explanation, whatever its operation says', async () => {
  await fixture.control.updateSettings({ oddities: { pendingCancel: 'measured' } });
  const subscriptionId = await purchase(fixture, TEAM);
  const asked = { subscriptionId, approvedBy: 'the customer' };
  const { changeId } = await fixture.client.subscriptions.cancel.mutate(asked);

  await hurry(fixture, subscriptionId, isSaid(subscriptionId, 'changeFailed'));

  const change = await fixture.client.subscriptions.change.query({ changeId });
  expect(change).toMatchObject({ state: 'failed', failure: 'without-effect' });
  const [entry] = await timelineOf(fixture, subscriptionId, 'changeFailed');
  expect(entry?.details).toMatchObject({
    failureDetail: 'Microsoft reported success, but its record does not show the change',
  });
});

test('a cancellation has succeeded if the record ends seconds later', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await lagging(LAG_MS);
  const asked = { subscriptionId, approvedBy: 'the customer' };
  const { changeId } = await fixture.client.subscriptions.cancel.mutate(asked);

  const change = await until('the change has its outcome', async () => {
    const found = await fixture.client.subscriptions.change.query({ changeId });
    return found.settledAt !== undefined && found;
  });
  expect(change.state).toBe('succeeded');
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
});

test('a purchase that cannot be read for a moment is activated', async () => {
  const subscriptionId = await purchase(fixture, TEAM);
  await fixture.control.addFault({ endpoint: 'get', status: 404, subscriptionId, count: 2 });

  await fixture.client.subscriptions.activate.mutate({ subscriptionId });

  await until('it is active', async () => {
    return (await view(subscriptionId)).status === 'Subscribed';
  });
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
  expect(await kinds(fixture, subscriptionId)).not.toContain('missingAtMicrosoft');
});

test('a rule refuses a change whose operation Microsoft shows only after four seconds', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  const rule = {
    id: 'few',
    when: { action: 'ChangeQuantity' as const },
    decision: 'refuse' as const,
  };
  await fixture.client.policies.put.mutate({ rules: [rule] });
  const oddities = { getOperationLate: 'measured' } as const;
  await fixture.control.updateSettings({ oddities, getOperationLateMs: 4_000 });

  const { operationId } = await fixture.control.changeQuantity(subscriptionId, 9);

  expect(await handled(fixture, subscriptionId, operationId)).toBe('refused');
  await fixture.client.policies.put.mutate({ rules: [] });
  expect((await fixture.control.subscription(subscriptionId)).quantity).toBe(6);
});

test('a rule refuses a change back while the record still shows the values before the first change', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  const rule = {
    id: 'no-fewer',
    when: { action: 'ChangeQuantity' as const, below: 9 },
    decision: 'refuse' as const,
  };
  await fixture.client.policies.put.mutate({ rules: [rule] });
  await lagging(FOR_EVER_MS);
  const there = await fixture.control.changeQuantity(subscriptionId, 9);
  await until('the way there is accepted', async () => {
    const { items } = await fixture.client.subscriptions.operations.query({ subscriptionId });
    return items.some(
      ({ operationId, decision }) => operationId === there.operationId && decision === 'accept',
    );
  });
  await until('Microsoft has made the change', async () => {
    return (await fixture.control.subscription(subscriptionId)).quantity === 9;
  });

  const back = await fixture.control.changeQuantity(subscriptionId, 6);

  expect(await handled(fixture, subscriptionId, back.operationId)).toBe('refused');
  await fixture.client.policies.put.mutate({ rules: [] });
  expect((await fixture.control.subscription(subscriptionId)).quantity).toBe(9);
});

test('a worker that stops right after giving up leaves no change and no operation open', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await lagging(FOR_EVER_MS);
  const { changeId } = await fixture.client.subscriptions.changeQuantity.mutate({
    subscriptionId,
    quantity: 9,
    approvedBy: 'entra:tenant/person',
  });
  const change = () => fixture.client.subscriptions.change.query({ changeId });
  const outcomes = async () => {
    const { items } = await fixture.client.subscriptions.operations.query({ subscriptionId });
    return items.map(({ outcome }) => outcome);
  };
  const isOver = async () =>
    (await change()).state === 'failed' && (await outcomes()).join() === 'succeeded';
  await hurry(fixture, subscriptionId, isOver);

  // The state after a process ended between its last reading and what follows from it.
  await fixture.db.pool.query(
    `update changes set state = 'sent', failure = null, settled_at = null where id = $1`,
    [changeId],
  );
  await fixture.db.pool.query(
    `update operations set outcome = null, settled_at = null where subscription_id = $1`,
    [subscriptionId],
  );
  const { rowCount } = await fixture.db.pool.query(
    `update tasks set done_at = null, run_at = now()
      where subscription_id = $1 and kind in ('notification', 'followChange')`,
    [subscriptionId],
  );
  expect(rowCount).toBe(2);
  await fixture.db.pool.query(`update lanes set due_at = now() where subscription_id = $1`, [
    subscriptionId,
  ]);

  await hurry(fixture, subscriptionId, isOver);
  expect(await change()).toMatchObject({ state: 'failed', failure: 'without-effect' });
});

test('a change that a later one has overtaken is not waited for and raises no alert', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await lagging(FOR_EVER_MS);

  const suspend = await fixture.control.suspend(subscriptionId);
  await until('the suspension is looked for', async () => {
    const { rowCount } = await fixture.db.pool.query(
      'select from expectations where operation_id = $1',
      [suspend.operationId],
    );
    return rowCount === 1;
  });
  const reinstate = await fixture.control.reinstate(subscriptionId);

  expect(await handled(fixture, subscriptionId, reinstate.operationId)).toBe('succeeded');
  expect(await handled(fixture, subscriptionId, suspend.operationId)).toBe('succeeded');
  await fresh();
  await hurry(fixture, subscriptionId, async () => {
    const { rowCount } = await fixture.db.pool.query(
      `select from tasks where subscription_id = $1 and done_at is null`,
      [subscriptionId],
    );
    return rowCount === 0;
  });
  expect((await view(subscriptionId)).status).toBe('Subscribed');
  expect(await kinds(fixture, subscriptionId)).not.toContain('effectMissing');
});

test('while one change is searched for, others of the same subscription are processed', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  const body = await fixture.marketplace.get(subscriptionId, {});
  await lagging(FOR_EVER_MS);
  await fixture.control.renew(subscriptionId);
  await until('the renewal is looked for', async () => {
    const { rowCount } = await fixture.db.pool.query(
      'select from expectations where subscription_id = $1',
      [subscriptionId],
    );
    return rowCount === 1;
  });

  const shown = { ...(body?.raw as object), saasSubscriptionStatus: 'Suspended' };
  await fixture.control.addFault({ endpoint: 'get', status: 200, body: shown, subscriptionId });
  const { operationId } = await fixture.control.suspend(subscriptionId);

  await until('the suspension is settled', async () => {
    const { rows } = await fixture.db.pool.query<{ outcome: string | null }>(
      'select outcome from operations where operation_id = $1',
      [operationId],
    );
    return rows[0]?.outcome === 'succeeded';
  });
});

test('a notification of an unknown subscription is retried for minutes, then parked', async () => {
  const subscriptionId = randomUUID();
  await fixture.intake.publish({ subscriptionId, action: 'Subscribe' });

  await hurry(fixture, subscriptionId, async () => {
    const { rows } = await fixture.db.pool.query<{ rounds: number; last_error: string }>(
      'select rounds, last_error from tasks where subscription_id = $1 and dead_at is not null',
      [subscriptionId],
    );
    return rows[0]?.last_error === 'subscription.unknown' && rows[0].rounds >= 8;
  });

  await until('an alert', async () => (await alerts()).includes('TasksParked'));
  const { items } = await fixture.client.parkedTasks.list.query({ subscriptionId });
  expect(items).toMatchObject([{ subscriptionId, reason: 'subscription.unknown' }]);
  await fixture.db.pool.query('delete from tasks where subscription_id = $1', [subscriptionId]);
});

test('an older copy of a record is not a contradiction; a lasting contradiction is on the timeline, once', async () => {
  const subscriptionId = await purchase(fixture, TEAM);
  const pending = await fixture.marketplace.get(subscriptionId, {});
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('it is active', async () => {
    return (await view(subscriptionId)).status === 'Subscribed';
  });
  await fixture.control.addFault({
    endpoint: 'get',
    status: 200,
    body: pending?.raw as object,
    subscriptionId,
  });
  const read = async () => {
    const operationId = randomUUID();
    await fixture.intake.publish({ subscriptionId, operationId, action: 'Reinstate' });
    await until('the record has been read', async () => {
      const looked = 'select from expectations where operation_id = $1';
      return (await fixture.db.pool.query(looked, [operationId])).rowCount === 1;
    });
    return (await kinds(fixture, subscriptionId)).filter((kind) => kind === 'contradictionSeen');
  };

  expect(await read()).toEqual([]);
  await time.pass(fixture, 61_000);
  expect(await read()).toEqual(['contradictionSeen']);
  expect(await read()).toEqual(['contradictionSeen']);
  expect((await view(subscriptionId)).status).toBe('Subscribed');
});

test('a record that shows the change at once is read once', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await fixture.control.startRecording();

  for (const action of ['suspend', 'cancel'] as const) {
    const { operationId } = await fixture.control[action](subscriptionId);
    await handled(fixture, subscriptionId, operationId);
  }

  const { calls } = await fixture.control.recording();
  await fixture.control.stopRecording();
  const path = `/saas/subscriptions/${subscriptionId}`;
  expect(calls.filter((call) => call.method === 'GET' && call.path === path)).toHaveLength(2);
});

test('an open operation that was not notified is found on an active, unchanged subscription', async () => {
  const subscriptionId = await subscribed(fixture, TEAM);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  await fixture.control.updateSettings({ oddities: { unansweredChange: 'measured' } });
  const { operationId } = await fixture.control.changeQuantity(subscriptionId, 9);

  await fixture.client.reconciliation.start.mutate({});

  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  await fixture.control.updateSettings({ oddities: { unansweredChange: 'documented' } });
  expect((await view(subscriptionId)).quantity).toBe(9);
});
