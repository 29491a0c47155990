import { afterAll, beforeAll, expect, test } from 'vitest';
import { offerSettings } from '@landfall/contracts/settings';
import { until } from '@landfall/servers/wait';
import { hurry } from './hurry.ts';
import {
  factKinds,
  kinds,
  openFixture,
  personOf,
  purchase,
  settled,
  type Fixture,
} from './fixture.ts';

const HOUR_MS = 3_600_000;

let fixture: Fixture;
let aheadMs = 0;
beforeAll(async () => {
  fixture = await openFixture();
  const now = () => new Date(Date.now() + aheadMs);
  await fixture.boot({}, now);
  await fixture.boot({}, now);
  for (const offerId of ['analytics', 'pulse']) {
    const settings = offerSettings.parse({ waitForProduct: true, timeoutHours: 2 });
    await fixture.client.settings.put.mutate({ offerId, settings });
  }
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });
const activate = (subscriptionId: string) =>
  fixture.client.subscriptions.activate.mutate({ subscriptionId });
const confirm = (subscriptionId: string) =>
  fixture.client.subscriptions.confirmProvisioned.mutate({ subscriptionId });
const atMicrosoft = async (id: string) => (await fixture.control.subscription(id)).status;
const rejected = (rejection: string) => ({ data: { rejection } });

async function waiting(): Promise<string> {
  const subscriptionId = await purchase(fixture);
  expect((await activate(subscriptionId)).activation.state).toBe('provisioning');
  return subscriptionId;
}

const activationIs = (subscriptionId: string, state: string) =>
  until(
    `the activation is ${state}`,
    async () => (await view(subscriptionId)).activation.state === state,
  );

test('Microsoft is asked to activate only after the product has created the space', async () => {
  const subscriptionId = await waiting();
  expect(await view(subscriptionId)).toMatchObject({
    status: 'PendingFulfillmentStart',
    provisioning: { state: 'requested' },
    deadlines: [{ kind: 'provisioning' }, { kind: 'configuration' }],
  });
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'provisioningRequested']);
  const fact = fixture.facts.find((one) => one.kind === 'provisioningRequested');
  expect(Date.parse(fact?.dueAt ?? '') - Date.parse(fact?.occurredAt ?? '')).toBe(2 * HOUR_MS);
  expect(await kinds(fixture, subscriptionId)).not.toContain('activationSent');

  await Promise.all([confirm(subscriptionId), confirm(subscriptionId), activate(subscriptionId)]);
  await activationIs(subscriptionId, 'confirmed');
  await settled(fixture, subscriptionId);
  const late = await confirm(subscriptionId);
  expect(late).toMatchObject({ status: 'Subscribed', provisioning: { state: 'confirmed' } });
  expect(late.deadlines).toEqual([]);
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind !== 'detailsChanged')).toEqual([
    'purchased',
    'activationRequested',
    'provisioningRequested',
    'provisioned',
    'activationSent',
    'activated',
  ]);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'provisioningRequested',
    'activated',
  ]);
});

test('a product that cannot create the space ends the activation, and nothing is billed', async () => {
  const subscriptionId = await waiting();
  const fail = () =>
    fixture.client.subscriptions.failProvisioning.mutate({ subscriptionId, reason: 'no-capacity' });
  await Promise.all([fail(), fail()]);
  expect(await fail()).toMatchObject({
    activation: { state: 'failed', failure: 'no-capacity' },
    provisioning: { state: 'failed', failure: 'no-capacity' },
  });
  await expect(confirm(subscriptionId)).rejects.toMatchObject(
    rejected('provisioning.not-requested'),
  );
  await settled(fixture, subscriptionId);
  expect(await atMicrosoft(subscriptionId)).toBe('PendingFulfillmentStart');
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'provisioningRequested',
    'provisioningFailed',
    'activationFailed',
  ]);
});

test('a silent product makes the provisioning fail after its time, and the buyer can try again', async () => {
  const subscriptionId = await waiting();
  const before = aheadMs;
  aheadMs += 2 * HOUR_MS + 1000;
  await activationIs(subscriptionId, 'failed');
  expect((await view(subscriptionId)).activation.failure).toBe('product-silent');
  await settled(fixture, subscriptionId);
  await expect(confirm(subscriptionId)).rejects.toMatchObject(
    rejected('provisioning.not-requested'),
  );
  await activate(subscriptionId);
  await activationIs(subscriptionId, 'provisioning');
  await confirm(subscriptionId);
  await activationIs(subscriptionId, 'confirmed');
  aheadMs = before;
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts.filter((kind) => kind === 'provisioningRequested')).toHaveLength(2);
  expect(facts.filter((kind) => kind === 'activationFailed')).toHaveLength(1);
  expect(facts.at(-1)).toBe('activated');
  expect(new Set(fixture.facts.map(({ eventId }) => eventId)).size).toBe(fixture.facts.length);
});

test('after auto-activation the product is asked once, and nothing waits for its answer', async () => {
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await Promise.all([
    fixture.client.purchases.resolve.mutate({ purchaseToken }),
    fixture.client.purchases.resolve.mutate({ purchaseToken }),
    fixture.client.reconciliation.start.mutate({}),
    fixture.intake.publish({ subscriptionId, action: 'Subscribe' }),
  ]);
  await fixture.client.subscriptions.activate.mutate({
    subscriptionId,
    claimedBy: personOf(fixture, 'tara@tailspin.example'),
  });
  await settled(fixture, subscriptionId);
  expect(await view(subscriptionId)).toMatchObject({
    status: 'Subscribed',
    provisioning: { state: 'requested' },
  });
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'provisioningRequested',
    'claimed',
  ]);
  expect((await confirm(subscriptionId)).provisioning?.state).toBe('confirmed');
});

test('a late confirmation counts if billing already runs', async () => {
  const { purchaseToken, subscriptionId } = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await fixture.client.purchases.resolve.mutate({ purchaseToken });
  await fixture.client.subscriptions.failProvisioning.mutate({ subscriptionId, reason: 'full' });
  expect(await view(subscriptionId)).toMatchObject({
    status: 'Subscribed',
    provisioning: { state: 'failed', failure: 'full' },
  });
  expect((await confirm(subscriptionId)).provisioning?.state).toBe('confirmed');
});

test('an activation that Microsoft completes while the space is being created is not sent again', async () => {
  const subscriptionId = await waiting();
  const { planId } = await view(subscriptionId);
  await fixture.marketplace.activate({ subscriptionId, planId }, { correlationId: subscriptionId });
  await until('active at Microsoft', async () => {
    return (await atMicrosoft(subscriptionId)) === 'Subscribed';
  });
  await fixture.intake.publish({ subscriptionId, action: 'Subscribe' });
  await activationIs(subscriptionId, 'confirmed');
  expect((await view(subscriptionId)).provisioning?.state).toBe('requested');
  await confirm(subscriptionId);
  await settled(fixture, subscriptionId);
  expect(await kinds(fixture, subscriptionId)).not.toContain('activationSent');
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'provisioningRequested',
    'activated',
  ]);
});

test('a purchase that ends while the space is being created has failed and ended for good', async () => {
  const subscriptionId = await waiting();
  await fixture.control.cancel(subscriptionId);
  await fixture.intake.publish({ subscriptionId, action: 'Unsubscribe' });
  await until('ended', async () => (await view(subscriptionId)).status === 'Unsubscribed');
  expect(await view(subscriptionId)).toMatchObject({
    activation: { state: 'failed' },
    provisioning: { state: 'failed' },
    deadlines: [{ kind: 'erasure' }],
  });
  await expect(confirm(subscriptionId)).rejects.toMatchObject(rejected('subscription.ended'));
});

test('an activation that Microsoft keeps refusing has failed, and can be requested again', async () => {
  const subscriptionId = await waiting();
  await fixture.control.addFault({ endpoint: 'activate', status: 400, subscriptionId });
  await confirm(subscriptionId);
  await hurry(fixture, subscriptionId, async () => {
    return (await view(subscriptionId)).activation.state === 'failed';
  });
  expect(await view(subscriptionId)).toMatchObject({
    activation: { failure: 'refused' },
    provisioning: { state: 'failed' },
  });
  await fixture.control.clearFaults();
  await activate(subscriptionId);
  await activationIs(subscriptionId, 'provisioning');
  await confirm(subscriptionId);
  await activationIs(subscriptionId, 'confirmed');
});

test('an activation that Microsoft never confirms fails visibly, and a late confirmation is adopted', async () => {
  const subscriptionId = await waiting();
  await fixture.control.updateSettings({ activationDelayMs: 12 * HOUR_MS });
  try {
    await confirm(subscriptionId);
    await hurry(fixture, subscriptionId, async () => {
      return (await view(subscriptionId)).activation.state === 'failed';
    });
    expect((await view(subscriptionId)).activation.failure).toBe('not-confirmed');
    await activate(subscriptionId);
    await confirm(subscriptionId);
    await fixture.control.advance(12 * HOUR_MS);
    await hurry(fixture, subscriptionId, async () => {
      return (await view(subscriptionId)).status === 'Subscribed';
    });
  } finally {
    await fixture.control.updateSettings({ activationDelayMs: 200 });
  }
  expect((await view(subscriptionId)).activation.state).toBe('confirmed');
});

test("an offer's settings replace the general ones, and fields that are set nowhere have their defaults", async () => {
  const get = (offerId?: string) => fixture.client.settings.get.query({ offerId });
  expect(await get('teamdesk')).toEqual({ ...offerSettings.parse({}), own: {} });
  const all = offerSettings.parse({ retentionDays: 30, suspensionReminderDays: [3] });
  await fixture.client.settings.put.mutate({ settings: all });
  expect(await get('teamdesk')).toEqual({ ...all, own: {} });
  expect(await get('teamdesk-preview')).toEqual({ ...all, own: {} });
  expect(await get()).toEqual({ ...all, own: all });
  expect((await get('analytics')).retentionDays).toBe(7);
  expect((await get('analytics-preview')).waitForProduct).toBe(true);
  await fixture.client.settings.put.mutate({ settings: offerSettings.parse({}) });
  for (const wrong of [
    { retentionDays: 6 },
    { timeoutHours: 0 },
    { configurationReminderDays: [30] },
  ]) {
    const settings = { ...all, ...wrong };
    await expect(fixture.client.settings.put.mutate({ settings })).rejects.toMatchObject({
      data: { code: 'BAD_REQUEST' },
    });
  }
});
