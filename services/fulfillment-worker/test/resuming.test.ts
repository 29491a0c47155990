import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RunningService } from '@landfall/service-kit/process';
import { beginRun } from '../src/store/runs.ts';
import { RunLost, saveProgress } from '../src/store/run-progress.ts';
import { inTransaction } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import { openFixture, type Fixture } from './fixture.ts';

/** Three pages of Microsoft's list. */
const COUNT = 200;

let fixture: Fixture;
let worker: RunningService;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.control.updateSettings({ oddities: { listPageSize: 'measured' } });
  const offer = { offerId: 'analytics', planId: 'starter', beneficiary: 'ada@fabrikam.example' };
  await Promise.all(Array.from({ length: COUNT }, () => fixture.control.purchase(offer)));
  worker = await fixture.boot();
  expect(await reconciled()).toMatchObject({ unopened: COUNT, drifted: 0, errors: 0 });
});
afterEach(() => fixture.control.clearFaults());
afterAll(() => fixture[Symbol.asyncDispose]());

const whole = { state: 'completed', listed: COUNT, unchanged: COUNT, drifted: 0, errors: 0 };

const started = async (input: { dryRun?: boolean } = {}) =>
  (await fixture.client.reconciliation.start.mutate(input)).runId;

async function over(runId: string) {
  return await until('the run is over', async () => {
    const run = await fixture.client.reconciliation.get.query({ runId });
    return run.state !== 'running' && run;
  });
}

const reconciled = async (input: { dryRun?: boolean } = {}) => await over(await started(input));

/** Makes the list break off after its first page. */
const breakOff = (status: number) =>
  fixture.control.addFault({ endpoint: 'list', after: 1, status });

async function setRun(runId: string, columns: string): Promise<void> {
  await fixture.db.pool.query(`update reconciliation_runs set ${columns} where id = $1`, [runId]);
}

test('a run is resumed after a fault behind its last page, and all that it has seen counts', async () => {
  await breakOff(500);
  const runId = await started();
  const stopped = await over(runId);
  expect(stopped).toMatchObject({
    state: 'failed',
    failure: 'marketplace.unavailable',
    listed: 80,
    coverage: { pages: 1, isListComplete: false },
  });
  expect(Date.parse(stopped.continuesAt ?? '')).toBeGreaterThan(Date.now());
  await fixture.control.clearFaults();
  expect(await started()).toBe(runId);
  expect(await over(runId)).toMatchObject({
    ...whole,
    coverage: { pages: 3, isListComplete: true, localOnly: 0, resumed: 1, begunAnew: 0 },
  });
});

test('a link that Microsoft no longer accepts restarts the list, once and recorded', async () => {
  await fixture.control.addFault({ endpoint: 'list', after: 1, count: 1, status: 400 });
  const run = await reconciled();
  expect(run).toMatchObject({ ...whole, coverage: { pages: 4, begunAnew: 1, localOnly: 0 } });
  expect(run.findings).toMatchObject([
    { kind: 'list-begun-anew', detail: 'marketplace.bad-request' },
  ]);

  await fixture.control.addFault({ endpoint: 'list', after: 1, count: 1, status: 404 });
  await fixture.control.addFault({ endpoint: 'list', after: 2, status: 404 });
  const twice = await reconciled();
  expect(twice).toMatchObject({ state: 'failed', failure: 'marketplace.not-found', listed: 80 });
  expect(twice.continuesAt).toBeUndefined();
});

test('a second bad link ends the run, and the next request starts another', async () => {
  const body = { subscriptions: [], '@nextLink': 'https://elsewhere.example/api/saas' };
  await fixture.control.addFault({ endpoint: 'list', status: 200, body });
  const runId = await started();
  const broken = await over(runId);
  expect(broken).toMatchObject({
    state: 'failed',
    failure: 'marketplace.unexpected-answer',
    coverage: { begunAnew: 1 },
  });
  expect(broken.continuesAt).toBeUndefined();
  await fixture.control.clearFaults();
  const next = await started();
  expect(next).not.toBe(runId);
  expect(await over(next)).toMatchObject(whole);
});

test('an old link is not tried, and a link to another host is never followed', async () => {
  for (const [columns, cause] of [
    [`position_at = now() - interval '2 hours'`, 'link-too-old'],
    [
      `position = 'https://elsewhere.example/api/saas/subscriptions'`,
      'marketplace.unexpected-answer',
    ],
  ] as const) {
    await breakOff(500);
    const runId = await started();
    await over(runId);
    await fixture.control.clearFaults();
    await setRun(runId, columns);
    await started();
    const run = await over(runId);
    expect(run).toMatchObject({ ...whole, coverage: { pages: 4, begunAnew: 1 } });
    expect(run.findings).toMatchObject([{ kind: 'list-begun-anew', detail: cause }]);
  }
});

test('a run that a stopping worker leaves is resumed by the next one without a request', async () => {
  await fixture.control.addFault({ endpoint: 'list', after: 1, hold: true });
  const runId = await started();
  await until('the first page is compared', async () => {
    return (await fixture.client.reconciliation.get.query({ runId })).listed === 80;
  });
  await worker[Symbol.asyncDispose]();
  await fixture.control.clearFaults();
  worker = await fixture.boot();
  const run = await until('the run is completed', async () => {
    const current = await fixture.client.reconciliation.get.query({ runId });
    return current.state === 'completed' && current;
  });
  expect(run).toMatchObject({ ...whole, coverage: { pages: 3, resumed: 1 } });
});

test('only one process takes over a dead run, and the previous holder writes nothing more', async () => {
  const wanted = (id = randomUUID()) => ({
    id,
    publisherId: null,
    dryRun: true,
    at: new Date(),
    leaseMs: 60_000,
  });
  const begin = () => inTransaction(fixture.db, (trx) => beginRun(trx, wanted()));
  const first = await begin();
  expect(await begin()).toBeUndefined();
  await setRun(first!.id, `lease_until = now() - interval '1 s'`);
  const taken = (await Promise.all([begin(), begin(), begin()])).filter((run) => run !== undefined);
  expect(taken).toMatchObject([{ id: first!.id, fence: first!.fence + 1, resumes: 1 }]);
  const save = (run: typeof first) =>
    inTransaction(fixture.db, (trx) =>
      saveProgress(trx, run!, { listed: 7, next: { position: null } }, 60_000),
    );
  await expect(save(first)).rejects.toThrow(RunLost);
  await save(taken[0]);
  await setRun(first!.id, `lease_until = now() - interval '1 s'`);
  // A request for another kind of run is served at once.
  expect(await reconciled()).toMatchObject(whole);
  const closed = await fixture.client.reconciliation.get.query({ runId: first!.id });
  expect(closed).toMatchObject({ state: 'failed', failure: 'interrupted', listed: 7 });
});

test('a run that ends while another process considers it left is not started again', async () => {
  const wanted = { publisherId: null, dryRun: true, at: new Date(), leaseMs: 60_000 };
  const begin = () =>
    inTransaction(fixture.db, (trx) => beginRun(trx, { ...wanted, id: randomUUID() }));
  const run = await begin();
  await setRun(run!.id, `lease_until = now() - interval '1 s'`);
  const holder = await fixture.db.pool.connect();
  await holder.query('begin');
  await holder.query(
    `update reconciliation_runs set state = 'completed', finished_at = now() where id = $1`,
    [run!.id],
  );
  const judging = begin();
  await until('the other one waits for the row', async () => {
    const { rows } = await fixture.db.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`,
    );
    return rows.length > 0;
  });
  await holder.query('commit');
  holder.release();
  const next = await judging;
  expect(next?.id).not.toBe(run!.id);
  expect(await fixture.client.reconciliation.get.query({ runId: run!.id })).toMatchObject({
    state: 'completed',
  });
  await setRun(next!.id, `lease_until = now() - interval '1 s'`);
});

test('a run of a publisher that is no longer configured does not stay under way', async () => {
  const gone = { publisherId: 'gone', dryRun: false, leaseMs: 60_000 };
  const at = new Date(Date.now() - 25 * 60 * 60_000);
  const begin = (wanted: Parameters<typeof beginRun>[1]) =>
    inTransaction(fixture.db, (trx) => beginRun(trx, wanted));
  const run = await begin({ ...gone, id: randomUUID(), at });
  await setRun(run!.id, `lease_until = now() - interval '1 s'`);
  expect(await reconciled()).toMatchObject(whole);
  expect(await fixture.client.reconciliation.get.query({ runId: run!.id })).toMatchObject({
    state: 'failed',
    failure: 'interrupted',
  });
});

test('Postgres may fail in the middle of a run', async () => {
  await fixture.control.addFault({ endpoint: 'list', after: 1, hold: true });
  const runId = await started();
  await until('the first page is compared', async () => {
    return (await fixture.client.reconciliation.get.query({ runId })).listed === 80;
  });
  await fixture.database.dropConnections();
  await fixture.control.clearFaults();
  await until('the run is over', async () => {
    const run = await fixture.client.reconciliation.get.query({ runId }).catch(() => undefined);
    if (run?.state === 'failed') await started();
    return run?.state === 'completed';
  });
  expect(await over(runId)).toMatchObject(whole);
});

test('an operation that was not notified is answered, and one in work is not added twice', async () => {
  const [row] = (await fixture.marketplace.list({})[Symbol.asyncIterator]().next()).value
    .subscriptions;
  const subscriptionId: string = row.id;
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  const statusOf = async () =>
    (await fixture.client.subscriptions.get.query({ subscriptionId })).status;
  await until('active', async () => (await statusOf()) === 'Subscribed');
  await fixture.control.suspend(subscriptionId);
  await until('suspended', async () => (await statusOf()) === 'Suspended');
  await fixture.control.updateSettings({ oddities: { reinstateNeedsAnswer: 'measured' } });
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  // Otherwise Microsoft could give up waiting for the answer in a slow test.
  await fixture.control.setClock({ frozen: true });
  await fixture.control.reinstate(subscriptionId);
  await fixture.control.clearFaults();
  const run = await reconciled();
  expect(run).toMatchObject({ state: 'completed', coverage: { askedOperations: 1 } });
  expect(run.findings).toMatchObject([
    { subscriptionId, kind: 'untold-operation', detail: 'Reinstate', cause: 'not-told' },
  ]);
  await until('reinstated', async () => (await statusOf()) === 'Subscribed');
  await fixture.control.setClock({ frozen: false });
  // Active again, it is asked for in turn.
  expect(await reconciled()).toMatchObject({ drifted: 0, coverage: { askedOperations: 1 } });
});
