import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { findSubscription } from '../src/store/subscriptions.ts';
import { hurry } from './hurry.ts';
import {
  factKinds,
  kinds,
  openFixture,
  purchase,
  settled,
  SHORT_LEASE_MS,
  subscribed,
  type Fixture,
} from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

/** A worker in a separate process, which can be killed like a machine that fails. */
async function spawnWorker(): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const LANE_LEASE_MS = String(SHORT_LEASE_MS);
  const env = { ...fixture.environment, LANE_LEASE_MS, LOG_LEVEL: 'error' };
  const child = fork(main, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const calls = async (subscriptionId: string, kind: string) =>
  (await fixture.control.operations(subscriptionId)).filter(({ action }) => action === kind);

test('a worker killed while Microsoft activates leaves the work to the next, with one effect', async () => {
  const worker = await spawnWorker();
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({
    endpoint: 'activate',
    afterEffect: true,
    drop: true,
    subscriptionId,
  });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('Microsoft has the call', async () => {
    const { isActivating, status } = await fixture.control.subscription(subscriptionId);
    return isActivating || status === 'Subscribed';
  });
  // Every answer is lost, so the worker cannot have recorded what it has caused.
  await kill(worker);
  await fixture.control.clearFaults();
  await fixture.boot();
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('a worker that is killed after Microsoft accepted a change does not cause a second one', async () => {
  const worker = await spawnWorker();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.updateSettings({ partnerDelayMs: 3_000 });
  await fixture.control.addFault({
    endpoint: 'patchSubscription',
    afterEffect: true,
    drop: true,
    subscriptionId,
  });
  const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
    subscriptionId,
    planId: 'growth',
    approvedBy: 'the customer',
  });
  await until('Microsoft has the call', async () => {
    return (await calls(subscriptionId, 'ChangePlan')).length > 0;
  });
  // Every answer is lost, so the worker cannot have recorded what it has caused.
  await kill(worker);
  await fixture.control.clearFaults();
  await fixture.boot();
  await until('the change has its outcome', async () => {
    return (await fixture.client.subscriptions.change.query({ changeId })).state === 'succeeded';
  });
  expect(await calls(subscriptionId, 'ChangePlan')).toHaveLength(1);
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'planChanged',
  ]);
});

test('fifty deliveries of one operation to two workers have one effect and one fact', async () => {
  await fixture.boot();
  await fixture.boot();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  const notice = { subscriptionId, operationId, action: 'ChangePlan' };
  await Promise.all(Array.from({ length: 50 }, () => fixture.intake.publish(notice)));
  await until('fifty tasks', async () => {
    const rows = await fixture.db.kysely
      .selectFrom('tasks')
      .select('id')
      .where('subscriptionId', '=', subscriptionId)
      .where('kind', '=', 'notification')
      .execute();
    return rows.length === 50;
  });
  await settled(fixture, subscriptionId);
  expect((await view(subscriptionId)).planId).toBe('growth');
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind === 'planChanged')).toHaveLength(1);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'planChanged',
  ]);
});

test('restarts of NATS and cut connections to Postgres lose nothing and need no restart', async () => {
  await fixture.boot({ LANE_LEASE_MS: SHORT_LEASE_MS });
  const subscriptionId = await subscribed(fixture);
  await fixture.database.dropConnections();
  await fixture.nats.restart();
  const { operationId } = await fixture.control.suspend(subscriptionId);
  // The webhook in these tests stores nothing, so Microsoft's retries take the place of its store.
  await until('the notification is processed', async () => {
    await fixture.control.redeliver(operationId);
    const known = await findSubscription(fixture.db.kysely, subscriptionId).catch(() => undefined);
    return known?.state.status === 'Suspended';
  });
  await until('the facts are published', async () => {
    return (await factKinds(fixture, subscriptionId)).includes('suspended');
  });
});

test('a change that Microsoft never confirms has no effect and is recorded', async () => {
  await fixture.boot();
  const subscriptionId = await subscribed(fixture);
  const operationId = randomUUID();
  const notice = { subscriptionId, operationId, action: 'ChangePlan' };
  await fixture.intake.publish(notice);
  await fixture.intake.publish(notice);
  await hurry(fixture, subscriptionId, async () =>
    (await kinds(fixture, subscriptionId)).includes('operationUnconfirmed'),
  );
  await settled(fixture, subscriptionId);
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind === 'operationUnconfirmed')).toHaveLength(1);
  expect((await view(subscriptionId)).planId).toBe('starter');
});

test('a scheduled reconciliation is started by one of two workers', async () => {
  const day = 86_400_000;
  await fixture.boot({ RECONCILE_INTERVAL: day });
  await fixture.boot({ RECONCILE_INTERVAL: day });
  const runs = await until('a run', async () => {
    const { items } = await fixture.client.reconciliation.list.query({});
    return items[0]?.state === 'completed' && items;
  });
  expect(runs).toHaveLength(1);
});

test('a run is resumed when its process is gone, and the next one follows after a whole interval', async () => {
  const worker = await fixture.boot();
  await subscribed(fixture);
  await worker[Symbol.asyncDispose]();
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await fixture.db.kysely
    .insertInto('reconciliationRuns')
    .values({
      id: randomUUID(),
      publisherId: null,
      state: 'running',
      dryRun: false,
      startedAt: minutesAgo(10),
      finishedAt: null,
      leaseUntil: minutesAgo(5),
      findings: '[]',
      failure: null,
    })
    .execute();
  const day = 86_400_000;
  await fixture.boot({ RECONCILE_INTERVAL: day });
  const runs = await until('the run is over', async () => {
    const { items } = await fixture.client.reconciliation.list.query({});
    return items[0]?.state === 'completed' && items;
  });
  expect(runs).toMatchObject([{ listed: 1, unchanged: 1, coverage: { resumed: 1 } }]);
});
