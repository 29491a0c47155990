import { until } from '@landfall/servers/wait';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import { MARKETPLACE_APPLICATION_ID } from '../src/market/constants.ts';
import { ADA, createApi, requestToken, startFixture, type Api, type Fixture } from './fixture.ts';

let fixture: Fixture;
let litware: Api;
const seller = () => fixture.emulator.identities.otherPublishers![0]!;

beforeAll(async () => {
  fixture = await startFixture();
  litware = createApi(
    fixture.emulator,
    (await tokenOfLitware(seller().tenantId)).json.access_token,
  );
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

function tokenOfLitware(tenantId: string) {
  const { clientId, clientSecret } = seller().fulfillmentApp;
  const scope = `${MARKETPLACE_APPLICATION_ID}/.default`;
  const client = { client_id: clientId, client_secret: clientSecret };
  return requestToken(
    fixture.emulator,
    { grant_type: 'client_credentials', ...client, scope },
    `${tenantId}/oauth2/v2.0/token`,
  );
}

const buyLedger = () =>
  fixture.emulator.control.purchase({ offerId: 'ledger', planId: 'starter', beneficiary: ADA });

const at = (id: string, rest = '') => `/saas/subscriptions/${id}${rest}`;

test('each publisher can read, change and list only its own subscriptions', async () => {
  const theirs = await buyLedger();
  const ours = await fixture.subscribed();
  expect((await litware('GET', at(theirs.subscriptionId))).json).toMatchObject({
    publisherId: 'litware',
    offerId: 'ledger',
  });
  for (const [method, rest] of [
    ['GET', ''],
    ['GET', '/listAvailablePlans'],
    ['POST', '/activate'],
    ['PATCH', ''],
    ['DELETE', ''],
    ['GET', '/operations'],
    ['GET', '/operations/0f4b41c8-2d5d-4a3c-9a57-2f6a5d1e7b90'],
    ['PATCH', '/operations/0f4b41c8-2d5d-4a3c-9a57-2f6a5d1e7b90'],
  ] as const) {
    const body = method === 'PATCH' ? { planId: 'basic' } : undefined;
    const foreign = await litware(method, at(ours, rest), { body });
    expect(foreign.status, `${method} ${rest}`).toBe(403);
    expect((await fixture.api(method, at(theirs.subscriptionId, rest), { body })).status).toBe(403);
  }
  const idsOf = async (api: Api) => {
    const { json } = await api('GET', '/saas/subscriptions');
    return json.subscriptions.map(({ id }: { id: string }) => id);
  };
  expect(await idsOf(litware)).toEqual([theirs.subscriptionId]);
  expect(await idsOf(fixture.api)).toEqual([ours]);
});

test('a purchase token opens only with its publisher’s access, and leads to that publisher’s landing page', async () => {
  const { purchaseToken, landingUrl } = await buyLedger();
  const headers = { 'x-ms-marketplace-token': purchaseToken };
  expect((await fixture.api('POST', '/saas/subscriptions/resolve', { headers })).status).toBe(400);
  expect((await litware('POST', '/saas/subscriptions/resolve', { headers })).status).toBe(200);
  expect(new URL(landingUrl ?? '').pathname).toBe('/landing/p/litware');
});

test('a notification has a token for the publisher of its subscription', async () => {
  const { subscriptionId } = await buyLedger();
  await litware('POST', at(subscriptionId, '/activate'));
  await fixture.emulator.control.advance(1500);
  await fixture.emulator.control.suspend(subscriptionId);
  await until('the notification arrives', () => fixture.receiver.received.length > 0);
  expect(fixture.receiver.received).toHaveLength(1);
  const [{ headers, body }] = fixture.receiver.received as [
    (typeof fixture.receiver.received)[number],
  ];
  expect(body['publisherId']).toBe('litware');
  const token = (headers.authorization ?? '').replace('Bearer ', '');
  expect(decodeJwt(token)).toMatchObject({
    aud: seller().fulfillmentApp.clientId,
    tid: seller().tenantId,
  });
});

test('usage is accepted only from the subscription’s publisher, and only that publisher can read it back', async () => {
  const { subscriptionId: resourceId } = await buyLedger();
  await litware('POST', at(resourceId, '/activate'));
  await fixture.emulator.control.advance(60_000);
  const { now } = await fixture.emulator.control.clock();
  const event = { resourceId, dimension: 'reports', planId: 'starter', quantity: 2 };
  const body = { request: [{ ...event, effectiveStartTime: now }] };
  const statusOf = async (api: Api) =>
    (await api('POST', '/batchUsageEvent', { body })).json.result[0].status as string;
  expect(await statusOf(fixture.api)).toBe('ResourceNotAuthorized');
  expect(await statusOf(litware)).toBe('Accepted');
  const day = `/usageEvents?usageStartDate=${now.slice(0, 10)}`;
  expect((await fixture.api('GET', day)).json).toEqual([]);
  expect((await litware('GET', day)).json).toHaveLength(1);
});

test('an application gets no tokens in another publisher’s tenant', async () => {
  const { tenantId } = fixture.emulator.identities.publisher;
  const refused = await tokenOfLitware(tenantId);
  expect(refused.json).toMatchObject({ error: 'unauthorized_client' });
});
