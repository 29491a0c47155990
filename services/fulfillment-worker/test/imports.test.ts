import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { factKinds, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const source = 'saas-accelerator';

/** A subscription that was sold and activated before Landfall was installed. */
async function soldBefore(): Promise<string> {
  const { subscriptionId } = await fixture.control.purchase({
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
    beneficiary: 'ada@fabrikam.example',
  });
  await fixture.marketplace.activate(
    { subscriptionId, planId: 'basic', quantity: 5 },
    { correlationId: randomUUID() },
  );
  await until('Microsoft has activated it', async () => {
    const seen = await fixture.marketplace.get(subscriptionId, { correlationId: randomUUID() });
    return seen?.status === 'Subscribed';
  });
  return subscriptionId;
}

const recorded = (subscriptionId: string) =>
  fixture.db.kysely
    .selectFrom('subscriptions')
    .select(['version', 'answers'])
    .where('id', '=', subscriptionId)
    .executeTakeFirst();

async function reconciled() {
  const { runId } = await fixture.client.reconciliation.start.mutate({});
  return await until('the run is over', async () => {
    const run = await fixture.client.reconciliation.get.query({ runId });
    return run.state !== 'running' && run;
  });
}

test('an import takes over what Microsoft does not have, and leaves nothing for reconciliation to heal', async () => {
  const [first, second] = [await soldBefore(), await soldBefore()];
  const subscriptions = [
    {
      subscriptionId: first.toUpperCase(),
      status: 'Subscribed',
      planId: 'old-plan',
      quantity: 5,
      claimedBy: { emailId: 'ada@fabrikam.example' },
      answers: { space: 'fabrikam' },
      history: [
        { at: '2025-02-01T10:00:00.000Z', text: 'Status: PendingFulfillmentStart to Subscribed' },
        { at: '2025-02-01T10:00:00.000Z', text: 'Plan: old-plan to basic' },
      ],
    },
    { subscriptionId: second },
  ];

  const dry = await fixture.client.imports.subscriptions.mutate({ source, subscriptions });
  expect(dry.isDryRun).toBe(true);
  expect(dry.results).toEqual([
    {
      subscriptionId: first,
      outcome: 'imported',
      differences: ['planId: old-plan there, basic at Microsoft'],
    },
    { subscriptionId: second, outcome: 'imported', differences: [] },
  ]);
  expect(await recorded(first)).toBeUndefined();

  const real = { source, subscriptions, dryRun: false };
  expect(await fixture.client.imports.subscriptions.mutate(real)).toEqual({
    results: dry.results,
    isDryRun: false,
  });
  const view = await fixture.client.subscriptions.get.query({ subscriptionId: first });
  expect(view).toMatchObject({
    status: 'Subscribed',
    planId: 'basic',
    claimedBy: { tenantId: view.beneficiary.tenantId, emailId: 'ada@fabrikam.example' },
  });
  const timeline = await fixture.client.subscriptions.timeline.query({ subscriptionId: first });
  expect(timeline.items.map(({ kind, cause }) => `${kind} ${cause}`)).toEqual([
    'importedHistory import',
    'importedHistory import',
    'purchased import',
    'activated import',
    'imported import',
  ]);
  expect(timeline.items[0]).toMatchObject({
    at: '2025-02-01T10:00:00.000Z',
    details: { text: 'Status: PendingFulfillmentStart to Subscribed', source },
  });
  expect(await factKinds(fixture, first)).toEqual(['purchased', 'activated']);
  const before = await recorded(first);
  expect(before).toMatchObject({ answers: { space: 'fabrikam' } });

  const again = await fixture.client.imports.subscriptions.mutate({
    ...real,
    subscriptions: [{ ...subscriptions[0]!, answers: { space: 'other' } }],
  });
  expect(again.results).toMatchObject([{ outcome: 'known' }]);
  expect(await recorded(first)).toEqual(before);
  const repeated = await fixture.client.subscriptions.timeline.query({ subscriptionId: first });
  expect(repeated.items).toHaveLength(timeline.items.length);
  expect(await reconciled()).toMatchObject({ state: 'completed', drifted: 0, healed: 0 });
});

test('an ended subscription is imported without people and answers', async () => {
  const subscriptionId = await soldBefore();
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  await fixture.control.cancel(subscriptionId);
  await fixture.control.clearFaults();
  const { results } = await fixture.client.imports.subscriptions.mutate({
    source,
    subscriptions: [
      {
        subscriptionId,
        status: 'Subscribed',
        claimedBy: { emailId: 'ada@fabrikam.example' },
        answers: { contact: 'Ada' },
      },
    ],
    dryRun: false,
  });

  expect(results).toMatchObject([
    { outcome: 'imported', differences: ['status: Subscribed there, Unsubscribed at Microsoft'] },
  ]);
  expect(results[0]?.detail).toContain('has ended');
  expect(await recorded(subscriptionId)).toMatchObject({ answers: null });
  const view = await fixture.client.subscriptions.get.query({ subscriptionId });
  expect(view.claimedBy).toBeUndefined();
});

test('a person of another organisation is reported and not taken over', async () => {
  const subscriptionId = await soldBefore();
  const tenantId = randomUUID();
  const claimedBy = { tenantId, emailId: 'eve@northwind.example' };
  const { results } = await fixture.client.imports.subscriptions.mutate({
    source,
    subscriptions: [{ subscriptionId, claimedBy }],
    dryRun: false,
  });

  expect(results[0]?.differences).toEqual([
    expect.stringContaining(`claimedBy.tenantId: ${tenantId} there`),
  ]);
  const view = await fixture.client.subscriptions.get.query({ subscriptionId });
  expect(view.claimedBy).toBeUndefined();
});

test('an unknown id changes nothing, a failing call is reported, and an id named twice is refused', async () => {
  const subscriptionId = randomUUID();
  const one = { subscriptionId };
  const unknown = { source, subscriptions: [one], dryRun: false };
  const answer = await fixture.client.imports.subscriptions.mutate(unknown);
  expect(answer.results).toEqual([
    { subscriptionId, outcome: 'unknown-at-microsoft', differences: [] },
  ]);
  expect(await recorded(subscriptionId)).toBeUndefined();

  await fixture.control.addFault({ endpoint: 'get', status: 500 });
  const failing = { ...unknown, subscriptions: [{ subscriptionId: randomUUID() }] };
  const failed = await fixture.client.imports.subscriptions.mutate(failing);
  await fixture.control.clearFaults();
  expect(failed.results).toMatchObject([{ outcome: 'failed' }]);
  expect(failed.results[0]?.detail).toContain('repeat the import');
  await expect(
    fixture.client.imports.subscriptions.mutate({ ...unknown, subscriptions: [one, one] }),
  ).rejects.toThrow('is named twice');
});
