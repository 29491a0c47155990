import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { lastRuns } from '../src/store/readings.ts';
import { openTasks } from '../src/store/run-subscriptions.ts';
import { factKinds, openFixture, purchase, settled, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

const team = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };

async function reconciled(input: { dryRun?: boolean } = {}) {
  const { runId } = await fixture.client.reconciliation.start.mutate(input);
  return await until('the run is over', async () => {
    const run = await fixture.client.reconciliation.get.query({ runId });
    return run.state !== 'running' && run;
  });
}

test('missed notifications and unknown purchases are healed, and a second run changes nothing', async () => {
  const ended = await subscribed(fixture);
  const changed = await subscribed(fixture);
  const same = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  await fixture.control.cancel(ended);
  await fixture.control.changePlan(changed, 'growth');
  await fixture.control.advance(11_000);
  const unknown = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await fixture.control.clearFaults();

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
  const healing = await fixture.client.subscriptions.timeline.query({ subscriptionId: ended });
  expect(healing.items.at(-1)).toMatchObject({ kind: 'unsubscribed', cause: 'reconcile' });
  expect(await factKinds(fixture, unknown.subscriptionId)).toEqual(['purchased', 'activated']);

  const versionOf = async () => (await view(same)).version;
  const before = await versionOf();
  const second = await reconciled();
  expect(second).toMatchObject({ state: 'completed', listed: 4, unchanged: 4, drifted: 0 });
  expect(await versionOf()).toBe(before);
});

test('a subscription that Microsoft does not list is recorded as missing and kept', async () => {
  const subscriptionId = await subscribed(fixture);
  await settled(fixture, subscriptionId);
  // As after restoring another publisher's backup: a record that Microsoft does not have.
  const foreign = '00000000-0000-4000-8000-000000000001';
  await fixture.db.kysely
    .insertInto('subscriptions')
    .columns(['id', 'publisherId', 'offerId', 'planId', 'status', 'state', 'version', 'createdAt'])
    .expression((is) =>
      is
        .selectFrom('subscriptions')
        .select((of) => [
          of.val(foreign).as('id'),
          'publisherId',
          'offerId',
          'planId',
          'status',
          'state',
          'version',
          'createdAt',
        ])
        .where('id', '=', subscriptionId),
    )
    .execute();
  await fixture.db.pool.query(
    `update subscriptions set state = jsonb_set(state, '{id}', to_jsonb(id)) where id = $1`,
    [foreign],
  );
  const run = await reconciled();
  expect(run).toMatchObject({ state: 'completed', drifted: 1, errors: 0 });
  const timeline = await fixture.client.subscriptions.timeline.query({ subscriptionId: foreign });
  expect(timeline.items).toMatchObject([{ kind: 'missingAtMicrosoft', cause: 'reconcile' }]);
  expect((await view(foreign)).status).toBe('Subscribed');
  expect(await reconciled()).toMatchObject({ drifted: 0 });
});

test('purchases that were never opened are recorded, and are neither drift nor an alert', async () => {
  const { subscriptionId } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  const run = await reconciled();
  expect(run).toMatchObject({ drifted: 0, healed: 0, unopened: 1, errors: 0, findings: [] });
  expect((await view(subscriptionId)).status).toBe('PendingFulfillmentStart');
  await fixture.control.cancel(subscriptionId);
  expect(await reconciled()).toMatchObject({ drifted: 0, unopened: 1, findings: [] });
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
  expect(await lastRuns(fixture.db.kysely, undefined)).toMatchObject({
    completed: { drifted: 0, unopened: 1 },
  });
});

test('ids in upper case are the same ids, and an id that is not a GUID is a separate error', async () => {
  await subscribed(fixture);
  await fixture.control.updateSettings({ oddities: { listIdCase: 'measured' } });
  expect(await reconciled()).toMatchObject({ drifted: 0, unopened: 0, errors: 0, findings: [] });
  await fixture.control.updateSettings({ oddities: { listIdCase: 'documented' } });
  const [known] = (await fixture.client.subscriptions.list.query({ limit: 1 })).items;
  const subscriptions = [{ id: `org:${known!.id},1` }, { id: '../operations' }];
  await fixture.control.addFault({ endpoint: 'list', status: 200, body: { subscriptions } });
  const run = await reconciled({ dryRun: true });
  await fixture.control.clearFaults();
  expect(run).toMatchObject({ listed: 2, errors: 2 });
  expect(run.findings.filter(({ kind }) => kind === 'unreadable')).toHaveLength(2);
  const { rows } = await fixture.db.pool.query('select from tasks where dead_at is not null');
  expect(rows).toEqual([]);
});

test('a subscription that Microsoft lists but does not know when asked does not count as healed', async () => {
  const subscriptionId = await subscribed(fixture);
  await settled(fixture, subscriptionId);
  await fixture.control.addFault({ endpoint: 'get', status: 404, subscriptionId });
  await fixture.db.pool.query('update subscriptions set missing_at = now() where id = $1', [
    subscriptionId,
  ]);
  const run = await reconciled();
  await fixture.control.clearFaults();
  expect(run).toMatchObject({ drifted: 1, healed: 0, errors: 1 });
  expect(run.findings).toMatchObject([
    { subscriptionId, kind: 'found-again' },
    { subscriptionId, kind: 'listed-only' },
  ]);
  expect(await reconciled()).toMatchObject({ drifted: 1, healed: 1, errors: 0 });
});

test('an empty list while we have subscriptions is an alarm and changes nothing', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'list', status: 200, body: { subscriptions: [] } });
  const run = await reconciled();
  await fixture.control.clearFaults();
  expect(run).toMatchObject({ state: 'failed', failure: 'empty-list', drifted: 0 });
  expect((await view(subscriptionId)).status).toBe('Subscribed');
});

test('a list that breaks off is a failed run, and the next one completes', async () => {
  await fixture.control.addFault({ endpoint: 'list', status: 500 });
  const broken = await reconciled();
  await fixture.control.clearFaults();
  expect(broken).toMatchObject({ state: 'failed', failure: 'marketplace.unavailable' });
  expect(await reconciled()).toMatchObject({ state: 'completed' });
});

test('a row that cannot be healed is an error of the run, and the others are healed', async () => {
  const sick = await subscribed(fixture);
  const sound = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  await fixture.control.cancel(sick);
  await fixture.control.cancel(sound);
  await fixture.control.clearFaults();
  await fixture.control.addFault({ endpoint: 'get', status: 400, subscriptionId: sick });
  const run = await reconciled();
  await fixture.control.clearFaults();
  expect(run).toMatchObject({ state: 'completed', drifted: 2, healed: 1, errors: 1 });
  expect((await view(sound)).status).toBe('Unsubscribed');
});

test('only one run at a time', async () => {
  await fixture.control.addFault({ endpoint: 'list', hold: true });
  const asked = await Promise.allSettled(
    Array.from({ length: 4 }, () => fixture.client.reconciliation.start.mutate({})),
  );
  const begun = asked.filter(({ status }) => status === 'fulfilled');
  expect(begun).toHaveLength(1);
  for (const answer of asked) {
    if (answer.status === 'rejected') {
      expect(answer.reason).toMatchObject({ data: { rejection: 'reconciliation.running' } });
    }
  }
  await fixture.control.clearFaults();
  await until('over', async () => {
    const { items } = await fixture.client.reconciliation.list.query({ limit: 1 });
    return items[0]?.state === 'completed';
  });
});

test('missed renewals, ends of trials, suspensions and expired purchases are healed', async () => {
  const trial = await subscribed(fixture, { ...team, planId: 'trial', freeTrial: true });
  const renewed = await subscribed(fixture);
  const suspended = await subscribed(fixture);
  const forgotten = await purchase(fixture);
  expect((await view(trial)).isFreeTrial).toBe(true);
  const { term } = await view(renewed);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  await fixture.control.renew(trial);
  await fixture.control.renew(renewed);
  await fixture.control.suspend(suspended);
  // The purchase ends unconfigured, and Microsoft does not notify that.
  await fixture.control.cancel(forgotten);
  await fixture.control.clearFaults();

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
  expect(await factKinds(fixture, forgotten)).toEqual(['purchased', 'unsubscribed']);
  expect(await reconciled()).toMatchObject({ drifted: 0 });
});

test('the differences of a long list do not delay a customer', async () => {
  const count = 200;
  await Promise.all(
    Array.from({ length: count }, () =>
      fixture.control.purchase({
        offerId: 'analytics',
        planId: 'starter',
        beneficiary: 'ada@fabrikam.example',
      }),
    ),
  );
  await fixture.control.addFault({ endpoint: 'get', latencyMs: 30 });
  const { runId } = await fixture.client.reconciliation.start.mutate({});
  let most = 0;
  const run = await until('the run is over', async () => {
    const due = await openTasks(fixture.db.kysely, runId, 'due');
    most = Math.max(most, due);
    const now = await fixture.client.reconciliation.get.query({ runId });
    return now.state !== 'running' && now;
  });
  await fixture.control.clearFaults();
  expect(run).toMatchObject({ state: 'completed', unopened: count, drifted: 0, errors: 0 });
  // One page of Microsoft's list, and the rest of the previous one.
  expect(most).toBeLessThanOrEqual(150);
  expect(run.findings.length).toBeLessThanOrEqual(200);
});
