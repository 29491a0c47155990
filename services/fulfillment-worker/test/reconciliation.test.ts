import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastRuns } from '../src/store/readings.ts';
import { openTasks } from '../src/store/run-subscriptions.ts';
import {
  eventually,
  factKinds,
  openStage,
  purchase,
  settled,
  subscribed,
  type Stage,
} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot();
});
afterAll(() => stage[Symbol.asyncDispose]());

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });

const team = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };

async function reconciled(input: { dryRun?: boolean } = {}) {
  const { runId } = await stage.client.reconciliation.start.mutate(input);
  return await eventually('the run is over', async () => {
    const run = await stage.client.reconciliation.get.query({ runId });
    return run.state !== 'running' && run;
  });
}

test('missed notifications and unknown purchases are healed, and a second run changes nothing', async () => {
  const ended = await subscribed(stage);
  const changed = await subscribed(stage);
  const same = await subscribed(stage);
  await stage.control.addFault({ endpoint: 'webhook', drop: true });
  await stage.control.cancel(ended);
  await stage.control.changePlan(changed, 'growth');
  await stage.control.advance(11_000);
  const unknown = await stage.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await stage.control.clearFaults();

  const dry = await reconciled({ dryRun: true });
  expect(dry).toMatchObject({ state: 'completed', dryRun: true, drifted: 3, healed: 0 });
  expect((await view(ended)).status).toBe('Subscribed');

  const run = await reconciled();
  expect(run).toMatchObject({
    state: 'completed',
    listed: 4,
    unchanged: 1,
    drifted: 3,
    healed: 3,
    errors: 0,
  });
  expect(run.findings.map(({ subscriptionId }) => subscriptionId).toSorted()).toEqual(
    [ended, changed, unknown.subscriptionId].toSorted(),
  );
  expect((await view(ended)).status).toBe('Unsubscribed');
  expect((await view(changed)).planId).toBe('growth');
  expect((await view(unknown.subscriptionId)).status).toBe('Subscribed');
  const healing = await stage.client.subscriptions.timeline.query({ subscriptionId: ended });
  expect(healing.items.at(-1)).toMatchObject({ kind: 'unsubscribed', cause: 'reconcile' });
  expect(await factKinds(stage, unknown.subscriptionId)).toEqual(['purchased', 'activated']);

  const versionOf = async () => (await view(same)).version;
  const before = await versionOf();
  const second = await reconciled();
  expect(second).toMatchObject({ state: 'completed', listed: 4, unchanged: 4, drifted: 0 });
  expect(await versionOf()).toBe(before);
});

test('a subscription that Microsoft does not list is recorded as missing and kept', async () => {
  const subscriptionId = await subscribed(stage);
  await settled(stage, subscriptionId);
  // As after a restore of another publisher's backup: a record that Microsoft does not have.
  const foreign = '00000000-0000-4000-8000-000000000001';
  await stage.db.kysely
    .insertInto('subscriptions')
    .columns([
      'id',
      'publisher_id',
      'offer_id',
      'plan_id',
      'status',
      'state',
      'version',
      'created_at',
    ])
    .expression((is) =>
      is
        .selectFrom('subscriptions')
        .select((of) => [
          of.val(foreign).as('id'),
          'publisher_id',
          'offer_id',
          'plan_id',
          'status',
          'state',
          'version',
          'created_at',
        ])
        .where('id', '=', subscriptionId),
    )
    .execute();
  await stage.db.pool.query(
    `update subscriptions set state = jsonb_set(state, '{id}', to_jsonb(id)) where id = $1`,
    [foreign],
  );
  const run = await reconciled();
  expect(run).toMatchObject({ state: 'completed', drifted: 1, errors: 0 });
  const timeline = await stage.client.subscriptions.timeline.query({ subscriptionId: foreign });
  expect(timeline.items).toMatchObject([{ kind: 'missingAtMicrosoft', cause: 'reconcile' }]);
  expect((await view(foreign)).status).toBe('Subscribed');
  expect(await reconciled()).toMatchObject({ drifted: 0 });
});

test('purchases that nobody has opened are recorded, and are neither drift nor an alert', async () => {
  const { subscriptionId } = await stage.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  const run = await reconciled();
  expect(run).toMatchObject({ drifted: 0, healed: 0, unopened: 1, errors: 0, findings: [] });
  expect((await view(subscriptionId)).status).toBe('PendingFulfillmentStart');
  await stage.control.cancel(subscriptionId);
  expect(await reconciled()).toMatchObject({ drifted: 0, unopened: 1, findings: [] });
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
  expect(await lastRuns(stage.db.kysely, undefined)).toMatchObject({
    completed: { drifted: 0, unopened: 1 },
  });
});

test('ids in upper case are the same ids, and one that is no GUID is an error of its own', async () => {
  await subscribed(stage);
  await stage.control.updateSettings({ oddities: { listIdCase: 'measured' } });
  expect(await reconciled()).toMatchObject({ drifted: 0, unopened: 0, errors: 0, findings: [] });
  await stage.control.updateSettings({ oddities: { listIdCase: 'documented' } });
  const [known] = (await stage.client.subscriptions.list.query({ limit: 1 })).items;
  const subscriptions = [{ id: `org:${known!.id},1` }, { id: '../operations' }];
  await stage.control.addFault({ endpoint: 'list', status: 200, body: { subscriptions } });
  const run = await reconciled({ dryRun: true });
  await stage.control.clearFaults();
  expect(run).toMatchObject({ listed: 2, errors: 2 });
  expect(run.findings.filter(({ kind }) => kind === 'unreadable')).toHaveLength(2);
  const { rows } = await stage.db.pool.query('select from tasks where dead_at is not null');
  expect(rows).toEqual([]);
});

test('what Microsoft lists and does not know when asked is not called healed', async () => {
  const subscriptionId = await subscribed(stage);
  await settled(stage, subscriptionId);
  await stage.control.addFault({ endpoint: 'get', status: 404, subscriptionId });
  await stage.db.pool.query('update subscriptions set missing_at = now() where id = $1', [
    subscriptionId,
  ]);
  const run = await reconciled();
  await stage.control.clearFaults();
  expect(run).toMatchObject({ drifted: 1, healed: 0, errors: 1 });
  expect(run.findings).toMatchObject([
    { subscriptionId, kind: 'found-again' },
    { subscriptionId, kind: 'listed-only' },
  ]);
  expect(await reconciled()).toMatchObject({ drifted: 1, healed: 1, errors: 0 });
});

test('an empty list while we have subscriptions is an alarm and changes nothing', async () => {
  const subscriptionId = await subscribed(stage);
  await stage.control.addFault({ endpoint: 'list', status: 200, body: { subscriptions: [] } });
  const run = await reconciled();
  await stage.control.clearFaults();
  expect(run).toMatchObject({ state: 'failed', failure: 'empty-list', drifted: 0 });
  expect((await view(subscriptionId)).status).toBe('Subscribed');
});

test('a list that breaks off is a failed run, and the next one completes', async () => {
  await stage.control.addFault({ endpoint: 'list', status: 500 });
  const broken = await reconciled();
  await stage.control.clearFaults();
  expect(broken).toMatchObject({ state: 'failed', failure: 'marketplace.unavailable' });
  expect(await reconciled()).toMatchObject({ state: 'completed' });
});

test('a row that cannot be healed is an error of the run, the others are healed', async () => {
  const sick = await subscribed(stage);
  const sound = await subscribed(stage);
  await stage.control.addFault({ endpoint: 'webhook', drop: true });
  await stage.control.cancel(sick);
  await stage.control.cancel(sound);
  await stage.control.clearFaults();
  await stage.control.addFault({ endpoint: 'get', status: 400, subscriptionId: sick });
  const run = await reconciled();
  await stage.control.clearFaults();
  expect(run).toMatchObject({ state: 'completed', drifted: 2, healed: 1, errors: 1 });
  expect((await view(sound)).status).toBe('Unsubscribed');
});

test('one run at a time, whoever asks', async () => {
  await stage.control.addFault({ endpoint: 'list', latencyMs: 300, count: 1 });
  const asked = await Promise.allSettled(
    Array.from({ length: 4 }, () => stage.client.reconciliation.start.mutate({})),
  );
  const begun = asked.filter(({ status }) => status === 'fulfilled');
  expect(begun).toHaveLength(1);
  for (const answer of asked) {
    if (answer.status === 'rejected') {
      expect(answer.reason).toMatchObject({ data: { rejection: 'reconciliation.running' } });
    }
  }
  await eventually('over', async () => {
    const { items } = await stage.client.reconciliation.list.query({ limit: 1 });
    return items[0]?.state === 'completed';
  });
});

test('missed renewals, ends of trials, suspensions and purchases that ran out are healed', async () => {
  const trial = await subscribed(stage, { ...team, planId: 'trial', freeTrial: true });
  const renewed = await subscribed(stage);
  const suspended = await subscribed(stage);
  const forgotten = await purchase(stage);
  expect((await view(trial)).isFreeTrial).toBe(true);
  const { term } = await view(renewed);
  await stage.control.addFault({ endpoint: 'webhook', drop: true });
  await stage.control.renew(trial);
  await stage.control.renew(renewed);
  await stage.control.suspend(suspended);
  // In the end nobody has configured it; Microsoft says nothing of that.
  await stage.control.cancel(forgotten);
  await stage.control.clearFaults();

  expect(await reconciled()).toMatchObject({
    state: 'completed',
    drifted: 3,
    healed: 3,
    unopened: 1,
    errors: 0,
  });
  expect((await view(trial)).isFreeTrial).toBe(false);
  const after = (await view(renewed)).term;
  expect(Date.parse(after.endDate ?? '')).toBeGreaterThan(Date.parse(term.endDate ?? ''));
  expect((await view(suspended)).status).toBe('Suspended');
  expect((await view(forgotten)).status).toBe('Unsubscribed');
  expect(await factKinds(stage, forgotten)).toEqual(['purchased', 'unsubscribed']);
  expect(await reconciled()).toMatchObject({ drifted: 0 });
});

test('the differences of a long list leave room for a customer', async () => {
  const count = 200;
  await Promise.all(
    Array.from({ length: count }, () =>
      stage.control.purchase({
        offerId: 'analytics',
        planId: 'starter',
        beneficiary: 'ada@fabrikam.example',
      }),
    ),
  );
  await stage.control.addFault({ endpoint: 'get', latencyMs: 30 });
  const { runId } = await stage.client.reconciliation.start.mutate({});
  let most = 0;
  const run = await eventually('the run is over', async () => {
    const due = await openTasks(stage.db.kysely, runId, 'due');
    most = Math.max(most, due);
    const now = await stage.client.reconciliation.get.query({ runId });
    return now.state !== 'running' && now;
  });
  await stage.control.clearFaults();
  expect(run).toMatchObject({ state: 'completed', unopened: count, drifted: 0, errors: 0 });
  // A page of Microsoft's, and what was left of the one before.
  expect(most).toBeLessThanOrEqual(150);
  expect(run.findings.length).toBeLessThanOrEqual(200);
});
