import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findSubscription } from '../src/store/subscriptions.ts';
import { hurry } from './hurry.ts';
import {
  eventually,
  factKinds,
  kinds,
  openStage,
  purchase,
  settled,
  subscribed,
  type Stage,
} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });

/** A worker as a process of its own, which can be killed as a machine that fails would kill it. */
async function spawnWorker(): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const env = { ...stage.environment, LOG_LEVEL: 'error' };
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
  (await stage.control.operations(subscriptionId)).filter(({ action }) => action === kind);

test('a worker killed while Microsoft activates leaves the work to the next, with one effect', async () => {
  const worker = await spawnWorker();
  const subscriptionId = await purchase(stage);
  await stage.control.addFault({
    endpoint: 'activate',
    afterEffect: true,
    drop: true,
    subscriptionId,
  });
  await stage.client.subscriptions.activate.mutate({ subscriptionId });
  await eventually('Microsoft has the call', async () => {
    const { isActivating, status } = await stage.control.subscription(subscriptionId);
    return isActivating || status === 'Subscribed';
  });
  // Every answer is lost, so the worker cannot have recorded what it has caused.
  await kill(worker);
  await stage.control.clearFaults();
  await stage.boot();
  await eventually('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await settled(stage, subscriptionId);
  expect(await factKinds(stage, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('a worker killed after a change was taken does not lead to a second one', async () => {
  const worker = await spawnWorker();
  const subscriptionId = await subscribed(stage);
  await stage.control.updateSettings({ partnerDelayMs: 3_000 });
  await stage.control.addFault({
    endpoint: 'patchSubscription',
    afterEffect: true,
    drop: true,
    subscriptionId,
  });
  const { changeId } = await stage.client.subscriptions.changePlan.mutate({
    subscriptionId,
    planId: 'growth',
    approvedBy: 'the customer',
  });
  await eventually('Microsoft has the call', async () => {
    return (await calls(subscriptionId, 'ChangePlan')).length > 0;
  });
  // Every answer is lost, so the worker cannot have recorded what it has caused.
  await kill(worker);
  await stage.control.clearFaults();
  await stage.boot();
  await eventually('the change has its outcome', async () => {
    return (await stage.client.subscriptions.change.query({ changeId })).state === 'succeeded';
  });
  expect(await calls(subscriptionId, 'ChangePlan')).toHaveLength(1);
  await settled(stage, subscriptionId);
  expect(await factKinds(stage, subscriptionId)).toEqual(['purchased', 'activated', 'planChanged']);
});

test('fifty deliveries of one operation to two workers have one effect and one fact', async () => {
  await stage.boot();
  await stage.boot();
  const subscriptionId = await subscribed(stage);
  await stage.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
  const { operationId } = await stage.control.changePlan(subscriptionId, 'growth');
  const notice = { subscriptionId, operationId, action: 'ChangePlan' };
  await Promise.all(Array.from({ length: 50 }, () => stage.intake.publish(notice)));
  await eventually('fifty tasks', async () => {
    const rows = await stage.db.kysely
      .selectFrom('tasks')
      .select('id')
      .where('subscription_id', '=', subscriptionId)
      .where('kind', '=', 'notification')
      .execute();
    return rows.length === 50;
  });
  await settled(stage, subscriptionId);
  expect((await view(subscriptionId)).planId).toBe('growth');
  const said = await kinds(stage, subscriptionId);
  expect(said.filter((kind) => kind === 'planChanged')).toHaveLength(1);
  expect(await factKinds(stage, subscriptionId)).toEqual(['purchased', 'activated', 'planChanged']);
});

test('restarts of NATS and cut connections to Postgres lose nothing and need no restart', async () => {
  await stage.boot();
  const subscriptionId = await subscribed(stage);
  await stage.database.dropConnections();
  await stage.nats.restart();
  const { operationId } = await stage.control.suspend(subscriptionId);
  // The webhook of these tests keeps nothing, so that Microsoft's repetition stands for its store.
  await eventually('the notification is through', async () => {
    await stage.control.redeliver(operationId);
    const known = await findSubscription(stage.db.kysely, subscriptionId).catch(() => undefined);
    return known?.state.status === 'Suspended';
  });
  await eventually('the facts are through', async () => {
    return (await factKinds(stage, subscriptionId)).includes('suspended');
  });
});

test('a change that Microsoft never confirms has no effect and is on record', async () => {
  await stage.boot();
  const subscriptionId = await subscribed(stage);
  const operationId = randomUUID();
  const notice = { subscriptionId, operationId, action: 'ChangePlan' };
  await stage.intake.publish(notice);
  await stage.intake.publish(notice);
  await hurry(stage, subscriptionId, async () =>
    (await kinds(stage, subscriptionId)).includes('operationUnconfirmed'),
  );
  await settled(stage, subscriptionId);
  const said = await kinds(stage, subscriptionId);
  expect(said.filter((kind) => kind === 'operationUnconfirmed')).toHaveLength(1);
  expect((await view(subscriptionId)).planId).toBe('starter');
});

test('a reconciliation is begun by itself, by one of two workers', async () => {
  const day = 86_400_000;
  await stage.boot({ RECONCILE_INTERVAL: day });
  await stage.boot({ RECONCILE_INTERVAL: day });
  const runs = await eventually('a run', async () => {
    const { items } = await stage.client.reconciliation.list.query({});
    return items[0]?.state === 'completed' && items;
  });
  expect(runs).toHaveLength(1);
});

test('a run whose process is gone is gone on with, and the next is a whole interval away', async () => {
  const worker = await stage.boot();
  await subscribed(stage);
  await worker[Symbol.asyncDispose]();
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await stage.db.kysely
    .insertInto('reconciliation_runs')
    .values({
      id: randomUUID(),
      publisher_id: null,
      state: 'running',
      dry_run: false,
      started_at: minutesAgo(10),
      finished_at: null,
      lease_until: minutesAgo(5),
      findings: '[]',
      failure: null,
    })
    .execute();
  const day = 86_400_000;
  await stage.boot({ RECONCILE_INTERVAL: day });
  const runs = await eventually('the run is over', async () => {
    const { items } = await stage.client.reconciliation.list.query({});
    return items[0]?.state === 'completed' && items;
  });
  expect(runs).toMatchObject([{ listed: 1, unchanged: 1, coverage: { resumed: 1 } }]);
});
