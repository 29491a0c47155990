import { afterAll, beforeAll, expect, test } from 'vitest';
import { offerSettings } from '@landfall/contracts/settings';
import { hurry } from './hurry.ts';
import {
  eventually,
  factKinds,
  kinds,
  openStage,
  personOf,
  purchase,
  settled,
  type Stage,
} from './stage.ts';

const HOUR_MS = 3_600_000;

let stage: Stage;
let aheadMs = 0;
beforeAll(async () => {
  stage = await openStage();
  const now = () => new Date(Date.now() + aheadMs);
  await stage.boot({}, now);
  await stage.boot({}, now);
  for (const offerId of ['analytics', 'pulse']) {
    const settings = offerSettings.parse({ waitForProduct: true, timeoutHours: 2 });
    await stage.client.settings.put.mutate({ offerId, settings });
  }
});
afterAll(() => stage[Symbol.asyncDispose]());

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });
const activate = (subscriptionId: string) =>
  stage.client.subscriptions.activate.mutate({ subscriptionId });
const confirm = (subscriptionId: string) =>
  stage.client.subscriptions.confirmProvisioned.mutate({ subscriptionId });
const atMicrosoft = async (id: string) => (await stage.control.subscription(id)).status;
const rejected = (rejection: string) => ({ data: { rejection } });

async function waiting(): Promise<string> {
  const subscriptionId = await purchase(stage);
  expect((await activate(subscriptionId)).activation.state).toBe('provisioning');
  return subscriptionId;
}

const until = (subscriptionId: string, state: string) =>
  eventually(state, async () => (await view(subscriptionId)).activation.state === state);

test('Microsoft is asked to activate only after the product has made the space', async () => {
  const subscriptionId = await waiting();
  expect(await view(subscriptionId)).toMatchObject({
    status: 'PendingFulfillmentStart',
    provisioning: { state: 'requested' },
    deadlines: [{ kind: 'provisioning' }, { kind: 'configuration' }],
  });
  expect(await factKinds(stage, subscriptionId)).toEqual(['purchased', 'provisioningRequested']);
  const fact = stage.facts.find((one) => one.kind === 'provisioningRequested');
  expect(Date.parse(fact?.dueAt ?? '') - Date.parse(fact?.occurredAt ?? '')).toBe(2 * HOUR_MS);
  expect(await kinds(stage, subscriptionId)).not.toContain('activationSent');

  await Promise.all([confirm(subscriptionId), confirm(subscriptionId), activate(subscriptionId)]);
  await until(subscriptionId, 'confirmed');
  await settled(stage, subscriptionId);
  const late = await confirm(subscriptionId);
  expect(late).toMatchObject({ status: 'Subscribed', provisioning: { state: 'confirmed' } });
  expect(late.deadlines).toEqual([]);
  const said = await kinds(stage, subscriptionId);
  expect(said.filter((kind) => kind !== 'detailsChanged')).toEqual([
    'purchased',
    'activationRequested',
    'provisioningRequested',
    'provisioned',
    'activationSent',
    'activated',
  ]);
  expect(await factKinds(stage, subscriptionId)).toEqual([
    'purchased',
    'provisioningRequested',
    'activated',
  ]);
});

test('a product that cannot make the space ends the activation, and nothing is billed', async () => {
  const subscriptionId = await waiting();
  const fail = () =>
    stage.client.subscriptions.failProvisioning.mutate({ subscriptionId, reason: 'no-capacity' });
  await Promise.all([fail(), fail()]);
  expect(await fail()).toMatchObject({
    activation: { state: 'failed', failure: 'no-capacity' },
    provisioning: { state: 'failed', failure: 'no-capacity' },
  });
  await expect(confirm(subscriptionId)).rejects.toMatchObject(
    rejected('provisioning.not-requested'),
  );
  await settled(stage, subscriptionId);
  expect(await atMicrosoft(subscriptionId)).toBe('PendingFulfillmentStart');
  expect(await factKinds(stage, subscriptionId)).toEqual([
    'purchased',
    'provisioningRequested',
    'provisioningFailed',
    'activationFailed',
  ]);
});

test('a product that stays silent is told so after its time, and the buyer can try again', async () => {
  const subscriptionId = await waiting();
  const before = aheadMs;
  aheadMs += 2 * HOUR_MS + 1000;
  await until(subscriptionId, 'failed');
  expect((await view(subscriptionId)).activation.failure).toBe('product-silent');
  await settled(stage, subscriptionId);
  await expect(confirm(subscriptionId)).rejects.toMatchObject(
    rejected('provisioning.not-requested'),
  );
  await activate(subscriptionId);
  await until(subscriptionId, 'provisioning');
  await confirm(subscriptionId);
  await until(subscriptionId, 'confirmed');
  aheadMs = before;
  const facts = await factKinds(stage, subscriptionId);
  expect(facts.filter((kind) => kind === 'provisioningRequested')).toHaveLength(2);
  expect(facts.filter((kind) => kind === 'activationFailed')).toHaveLength(1);
  expect(facts.at(-1)).toBe('activated');
  expect(new Set(stage.facts.map(({ eventId }) => eventId)).size).toBe(stage.facts.length);
});

test('what Microsoft has activated by itself is requested from the product once, and waits for nothing', async () => {
  const { subscriptionId, purchaseToken } = await stage.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await Promise.all([
    stage.client.purchases.resolve.mutate({ purchaseToken }),
    stage.client.purchases.resolve.mutate({ purchaseToken }),
    stage.client.reconciliation.start.mutate({}),
    stage.intake.publish({ subscriptionId, action: 'Subscribe' }),
  ]);
  await stage.client.subscriptions.activate.mutate({
    subscriptionId,
    claimedBy: personOf(stage, 'tara@tailspin.example'),
  });
  await settled(stage, subscriptionId);
  expect(await view(subscriptionId)).toMatchObject({
    status: 'Subscribed',
    provisioning: { state: 'requested' },
  });
  expect(await factKinds(stage, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'provisioningRequested',
    'claimed',
  ]);
  expect((await confirm(subscriptionId)).provisioning?.state).toBe('confirmed');
});

test('a late confirmation counts where billing runs already', async () => {
  const { purchaseToken, subscriptionId } = await stage.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await stage.client.purchases.resolve.mutate({ purchaseToken });
  await stage.client.subscriptions.failProvisioning.mutate({ subscriptionId, reason: 'full' });
  expect(await view(subscriptionId)).toMatchObject({
    status: 'Subscribed',
    provisioning: { state: 'failed', failure: 'full' },
  });
  expect((await confirm(subscriptionId)).provisioning?.state).toBe('confirmed');
});

test('an activation that Microsoft wins while the space is being made is not sent once more', async () => {
  const subscriptionId = await waiting();
  const { planId } = await view(subscriptionId);
  await stage.marketplace.activate({ subscriptionId, planId }, { correlationId: subscriptionId });
  await eventually('active at Microsoft', async () => {
    return (await atMicrosoft(subscriptionId)) === 'Subscribed';
  });
  await stage.intake.publish({ subscriptionId, action: 'Subscribe' });
  await until(subscriptionId, 'confirmed');
  expect((await view(subscriptionId)).provisioning?.state).toBe('requested');
  await confirm(subscriptionId);
  await settled(stage, subscriptionId);
  expect(await kinds(stage, subscriptionId)).not.toContain('activationSent');
  expect(await factKinds(stage, subscriptionId)).toEqual([
    'purchased',
    'provisioningRequested',
    'activated',
  ]);
});

test('a purchase that ends while the space is being made is failed and ended, for good', async () => {
  const subscriptionId = await waiting();
  await stage.control.cancel(subscriptionId);
  await stage.intake.publish({ subscriptionId, action: 'Unsubscribe' });
  await eventually('ended', async () => (await view(subscriptionId)).status === 'Unsubscribed');
  expect(await view(subscriptionId)).toMatchObject({
    activation: { state: 'failed' },
    provisioning: { state: 'failed' },
    deadlines: [{ kind: 'erasure' }],
  });
  await expect(confirm(subscriptionId)).rejects.toMatchObject(rejected('subscription.ended'));
});

test('an activation that Microsoft refuses to the end has failed, and can be asked for again', async () => {
  const subscriptionId = await waiting();
  await stage.control.addFault({ endpoint: 'activate', status: 400, subscriptionId });
  await confirm(subscriptionId);
  await hurry(stage, subscriptionId, async () => {
    return (await view(subscriptionId)).activation.state === 'failed';
  });
  expect(await view(subscriptionId)).toMatchObject({
    activation: { failure: 'refused' },
    provisioning: { state: 'failed' },
  });
  await stage.control.clearFaults();
  await activate(subscriptionId);
  await until(subscriptionId, 'provisioning');
  await confirm(subscriptionId);
  await until(subscriptionId, 'confirmed');
});

test('an activation that Microsoft never confirms fails visibly, and a late confirmation is adopted', async () => {
  const subscriptionId = await waiting();
  await stage.control.updateSettings({ activationDelayMs: 12 * HOUR_MS });
  try {
    await confirm(subscriptionId);
    await hurry(stage, subscriptionId, async () => {
      return (await view(subscriptionId)).activation.state === 'failed';
    });
    expect((await view(subscriptionId)).activation.failure).toBe('not-confirmed');
    await activate(subscriptionId);
    await confirm(subscriptionId);
    await stage.control.advance(12 * HOUR_MS);
    await hurry(stage, subscriptionId, async () => {
      return (await view(subscriptionId)).status === 'Subscribed';
    });
  } finally {
    await stage.control.updateSettings({ activationDelayMs: 200 });
  }
  expect((await view(subscriptionId)).activation.state).toBe('confirmed');
});

test('settings of an offer come before those of all, and what is left out has its default', async () => {
  const get = (offerId?: string) => stage.client.settings.get.query({ offerId });
  expect(await get('teamdesk')).toEqual(offerSettings.parse({}));
  const all = offerSettings.parse({ retentionDays: 30, suspensionReminderDays: [3] });
  await stage.client.settings.put.mutate({ settings: all });
  expect(await get('teamdesk')).toEqual(all);
  expect(await get('teamdesk-preview')).toEqual(all);
  expect((await get('analytics')).retentionDays).toBe(7);
  expect((await get('analytics-preview')).waitForProduct).toBe(true);
  await stage.client.settings.put.mutate({ settings: offerSettings.parse({}) });
  for (const wrong of [
    { retentionDays: 6 },
    { timeoutHours: 0 },
    { configurationReminderDays: [30] },
  ]) {
    const settings = { ...all, ...wrong };
    await expect(stage.client.settings.put.mutate({ settings })).rejects.toMatchObject({
      data: { code: 'BAD_REQUEST' },
    });
  }
});
