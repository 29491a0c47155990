import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { calls, type CallName } from '@landfall/microsoft-api/calls';
import { callOf, judgeAll } from '@landfall/microsoft-api/judge';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMarketplace, type Marketplace } from '../src/client.ts';
import { createTokenSource } from '../src/token-source.ts';
import { createWebhookVerifier, type WebhookVerifier } from '../src/webhook-verifier.ts';
import { startLocalServer, type LocalServer } from '@landfall/servers/local-server';

let emulator: Emulator;
let webhook: LocalServer;
let marketplace: Marketplace;
let verifier: WebhookVerifier;

beforeAll(async () => {
  webhook = await startLocalServer();
  emulator = await startEmulator({
    webhookUrl: `${webhook.url}/webhook`,
    landingUrl: 'http://127.0.0.1:4400/landing',
  });
  const { authorityUrl, marketplaceBaseUrl, identities } = emulator;
  const { clientId, clientSecret } = identities.fulfillmentApp;
  const app = { authorityUrl, tenantId: identities.publisher.tenantId, clientId };
  const tokens = createTokenSource({ ...app, credential: { secret: clientSecret } });
  marketplace = createMarketplace({ baseUrl: marketplaceBaseUrl, tokens });
  verifier = createWebhookVerifier(app);
});
afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
  await webhook[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await emulator.control.reset();
  webhook.requests.length = 0;
  await emulator.control.startRecording();
});

const made = new Set<CallName | undefined>();
afterEach(async () => {
  const { calls: recorded, leftOut } = await emulator.control.recording();
  for (const call of recorded) made.add(callOf(call));
  expect(leftOut).toBe(0);
  expect(judgeAll(recorded)).toEqual([]);
});

async function purchase(order: { offerId: string; planId: string; quantity?: number }) {
  const [buyer] = emulator.identities.people;
  return emulator.control.purchase({ ...order, beneficiary: buyer!.email });
}

async function activated(order: { offerId: string; planId: string; quantity?: number }) {
  const { subscriptionId } = await purchase(order);
  const { planId, quantity } = order;
  await marketplace.fulfillment.activate({ subscriptionId, planId, quantity }, {});
  await emulator.control.advance(5_000);
  return subscriptionId;
}

const get = (id: string) => marketplace.fulfillment.get(id, {});

describe('a purchase', () => {
  test('goes from its token through activation to Subscribed', async () => {
    const bought = await purchase({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
    const resolved = await marketplace.fulfillment.resolve(bought.purchaseToken, {});
    expect(resolved).toMatchObject({
      id: bought.subscriptionId,
      planId: 'basic',
      quantity: 7,
      subscription: { status: 'PendingFulfillmentStart', problems: [] },
    });
    await marketplace.fulfillment.activate(
      { subscriptionId: resolved.id, planId: 'basic', quantity: 7 },
      {},
    );
    await emulator.control.advance(5_000);
    expect(await get(resolved.id)).toMatchObject({ status: 'Subscribed', quantity: 7 });
  });

  test('with a damaged token is refused', async () => {
    const { purchaseToken } = await purchase({ offerId: 'teamdesk', planId: 'basic', quantity: 1 });
    await expect(
      marketplace.fulfillment.resolve(`${purchaseToken.slice(0, -8)}AAAA`, {}),
    ).rejects.toMatchObject({ code: 'marketplace.bad-request', status: 400 });
  });
});

describe('a change', () => {
  test('is accepted, can be polled, and ends in the new plan', async () => {
    const id = await activated({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
    const plans = await marketplace.fulfillment.listAvailablePlans(id, undefined, {});
    expect(plans.map(({ planId }) => planId)).toContain('standard');
    const change = await marketplace.fulfillment.changePlan(id, 'standard', {});
    const read = () => marketplace.fulfillment.getOperation(id, change.operationId, {});
    expect(await read()).toMatchObject({ action: 'ChangePlan', planId: 'standard' });
    await emulator.control.advance(60_000);
    expect(await read()).toMatchObject({ status: 'Succeeded' });
    expect(await get(id)).toMatchObject({ planId: 'standard' });
  });

  test('whose answer was lost is not repeated, and a reading shows its outcome', async () => {
    const id = await activated({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
    await emulator.control.addFault({
      endpoint: 'patchSubscription',
      drop: true,
      afterEffect: true,
      count: 1,
    });
    await expect(marketplace.fulfillment.changeQuantity(id, 9, {})).rejects.toMatchObject({
      outcomeUnknown: true,
    });
    await emulator.control.advance(60_000);
    expect(await get(id)).toMatchObject({ quantity: 9 });
  });

  test.each(['documented', 'measured'] as const)(
    'is not confirmed if unknown (%s status)',
    async (unknownOperationStatus) => {
      await emulator.control.updateSettings({ oddities: { unknownOperationStatus } });
      const id = await activated({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
      expect(await marketplace.fulfillment.getOperation(id, id, {})).toBeUndefined();
    },
  );
});

test('a cancellation is accepted, and is listed as an open operation until it is done', async () => {
  const id = await activated({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
  const { operationId } = await marketplace.fulfillment.cancel(id, {});
  expect(await marketplace.fulfillment.listOperations(id, {})).toMatchObject([
    { id: operationId, action: 'Unsubscribe', status: 'InProgress' },
  ]);

  await emulator.control.advance(60_000);
  expect(await marketplace.fulfillment.listOperations(id, {})).toEqual([]);
  expect(await get(id)).toMatchObject({ status: 'Unsubscribed' });
});

test('a refused change has no effect, and cannot be answered twice', async () => {
  const id = await activated({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
  const { operationId } = await emulator.control.changeQuantity(id, 9);
  await marketplace.fulfillment.updateOperation(id, operationId, 'Failure', {});
  await expect(
    marketplace.fulfillment.updateOperation(id, operationId, 'Success', {}),
  ).rejects.toMatchObject({ status: 409 });

  expect(await get(id)).toMatchObject({ quantity: 7 });
});

describe('a notification', () => {
  test.each([1, 2] as const)('carries a valid v%i token', async (tokenVersion) => {
    await emulator.control.updateSettings({ tokenVersion });
    const id = await activated({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
    await emulator.control.suspend(id);
    await expect.poll(() => webhook.requests.length).toBeGreaterThan(0);
    const { authorization } = webhook.requests[0]!.headers;
    expect(await verifier.verify(authorization)).toMatchObject({
      ok: true,
      claims: { tokenVersion },
    });
  });

  test("with the fulfillment application's own token is refused", async () => {
    const { authorityUrl, identities } = emulator;
    const { clientId, clientSecret } = identities.fulfillmentApp;
    const own = createTokenSource({
      authorityUrl,
      tenantId: identities.publisher.tenantId,
      clientId,
      credential: { secret: clientSecret },
      resource: clientId,
    });
    expect(await verifier.verify(`Bearer ${await own.get()}`)).toEqual({
      ok: false,
      reason: 'own-application',
    });
  });
});

test('the list contains every subscription over several pages', async () => {
  const bought = await Promise.all(
    Array.from({ length: 130 }, () => purchase({ offerId: 'analytics', planId: 'starter' })),
  );
  const pages = await Array.fromAsync(marketplace.fulfillment.list({}));
  expect(pages.length).toBeGreaterThan(1);
  const ids = pages.flatMap(({ subscriptions }) => subscriptions.map(({ id }) => id));
  expect(ids.toSorted()).toEqual(bought.map(({ subscriptionId }) => subscriptionId).toSorted());
});

test('usage is accepted once per hour, and answered as a duplicate after that', async () => {
  const resourceId = await activated({ offerId: 'analytics', planId: 'growth' });
  const { now } = await emulator.control.clock();
  const event = {
    resourceId,
    dimension: 'reports',
    planId: 'growth',
    quantity: '5',
    effectiveStartTime: new Date(now),
  };
  const wrong = { ...event, dimension: 'no-such-dimension' };
  const statuses = async () =>
    (await marketplace.metering.postBatch([event, wrong], {})).map(({ status }) => status);
  expect(await statuses()).toEqual(['Accepted', 'InvalidDimension']);
  expect(await statuses()).toEqual(['Duplicate', 'InvalidDimension']);
  const again = await marketplace.metering.postUsageEvent({ ...event, quantity: '6' }, {});
  expect(again).toMatchObject({ status: 'Duplicate', accepted: { quantity: '5' } });
  const [row] = await marketplace.metering.listUsageEvents(
    { usageStartDate: new Date(event.effectiveStartTime.getTime() - 86_400_000) },
    {},
  );
  expect(row).toMatchObject({ resourceId, dimension: 'reports', submittedQuantity: '5' });
});

test("the recording finds an answer that differs from Microsoft's files", async () => {
  const oddities = { subscriptionQuantity: 'measured', subscriptionDates: 'measured' } as const;
  await emulator.control.updateSettings({ oddities });
  const { subscriptionId } = await purchase({ offerId: 'teamdesk', planId: 'basic', quantity: 7 });
  expect(await get(subscriptionId)).toMatchObject({ quantity: 7, problems: [] });

  const recording = await emulator.control.recording();
  const flaws = judgeAll(recording.calls);
  const at = { call: 'GET /saas/subscriptions/{subscriptionId}', status: 200 };
  expect(flaws).toMatchObject([
    { ...at, pointer: '/answer/body/quantity', message: 'must be integer' },
    { ...at, pointer: '/answer/body/created', message: 'must match format "date-time"' },
  ]);
  // Resets the recording, because this test caused the differences on purpose.
  await emulator.control.startRecording();
});

test("every call in Microsoft's files was made, and every answer conforms to them", () => {
  expect(Object.keys(calls).filter((name) => !made.has(name as CallName))).toEqual([]);
});
