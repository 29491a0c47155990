import { calls, type CallName } from '@landfall/microsoft-api/calls';
import { callOf, judge, type Exchange } from '@landfall/microsoft-api/judge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMarketplace, type Marketplace } from '../src/client.ts';
import { fixedTokens } from './fixed-tokens.ts';
import {
  startLocalServer,
  type LocalServer,
  type ReceivedRequest,
} from '@landfall/servers/local-server';

const ID = '8151A707-467C-4105-DF0B-44C3FCA5880D';
const OP = '74dfb4db-c193-4891-827d-eb05fbdc64b0';
const LOCATION = `https://marketplaceapi.microsoft.com/api/saas/subscriptions/${ID}/operations/${OP}?api-version=2018-08-31`;
const event = {
  resourceId: ID.toLowerCase(),
  dimension: 'reports',
  planId: 'growth',
  quantity: '5.5',
  effectiveStartTime: new Date('2025-01-12T08:00:00Z'),
};

let server: LocalServer;
let marketplace: Marketplace;

beforeEach(async () => {
  server = await startLocalServer();
  marketplace = createMarketplace({ baseUrl: `${server.url}/api/`, tokens: fixedTokens() });
});
afterEach(() => server[Symbol.asyncDispose]());

/** One call per endpoint, and more if its request has several forms. */
const CALLS: readonly [CallName, (at: Marketplace) => Promise<unknown>][] = [
  ['resolve', ({ fulfillment }) => fulfillment.resolve('ab+cd/ef==', {})],
  [
    'activate',
    ({ fulfillment }) =>
      fulfillment.activate({ subscriptionId: ID, planId: 'gold', quantity: 3 }, {}),
  ],
  [
    'activate',
    ({ fulfillment }) =>
      fulfillment.activate({ subscriptionId: ID, planId: 'gold', quantity: null }, {}),
  ],
  ['list', async ({ fulfillment }) => Array.fromAsync(fulfillment.list({}))],
  ['get', ({ fulfillment }) => fulfillment.get(ID, {})],
  ['listAvailablePlans', ({ fulfillment }) => fulfillment.listAvailablePlans(ID, undefined, {})],
  ['listAvailablePlans', ({ fulfillment }) => fulfillment.listAvailablePlans(ID, 'gold & co', {})],
  ['change', ({ fulfillment }) => fulfillment.changePlan(ID, 'gold', {})],
  ['change', ({ fulfillment }) => fulfillment.changeQuantity(ID, 5, {})],
  ['cancel', ({ fulfillment }) => fulfillment.cancel(ID, {})],
  ['listOperations', ({ fulfillment }) => fulfillment.listOperations(ID, {})],
  ['getOperation', ({ fulfillment }) => fulfillment.getOperation(ID, OP, {})],
  ['updateOperation', ({ fulfillment }) => fulfillment.updateOperation(ID, OP, 'Success', {})],
  ['updateOperation', ({ fulfillment }) => fulfillment.updateOperation(ID, OP, 'Failure', {})],
  ['postUsageEvent', ({ metering }) => metering.postUsageEvent(event, {})],
  [
    'postUsageBatch',
    ({ metering }) => metering.postBatch([event, { ...event, dimension: 'api-calls' }], {}),
  ],
  [
    'listUsageEvents',
    ({ metering }) => metering.listUsageEvents({ usageStartDate: event.effectiveStartTime }, {}),
  ],
  [
    'listUsageEvents',
    ({ metering }) =>
      metering.listUsageEvents(
        {
          usageStartDate: event.effectiveStartTime,
          usageEndDate: event.effectiveStartTime,
          offerId: 'o',
          planId: 'p',
          dimension: 'd',
          azureSubscriptionId: OP,
          reconStatus: 'Mismatch',
        },
        {},
      ),
  ],
];

test.each(CALLS)(
  "%s sends what Microsoft's documents ask for and nothing else",
  async (name, call) => {
    const isChange = ['PATCH', 'DELETE'].includes(calls[name].method);
    server.answer({
      status: isChange ? 202 : 200,
      headers: { 'operation-location': LOCATION },
      body: { id: ID, subscriptionId: ID },
    });
    await call(marketplace);

    expect(server.requests).toHaveLength(1);
    const sent = exchangeOf(server.requests[0]!);
    expect(callOf(sent)).toBe(name);
    expect(judge(sent)).toEqual([]);
    // Microsoft does not require these two, but its support asks for them.
    expect(sent.headers).toMatchObject({
      'x-ms-requestid': expect.any(String),
      'x-ms-correlationid': expect.any(String),
    });
  },
);

test("the client makes every call in Microsoft's files", () => {
  expect(new Set(CALLS.map(([name]) => name))).toEqual(new Set(Object.keys(calls)));
});

function exchangeOf({ method, path, query, headers, body }: ReceivedRequest): Exchange {
  return {
    method,
    path: path.replace(/^\/api/, ''),
    query: Object.fromEntries(query),
    headers: headers as Record<string, string>,
    body,
    answer: null,
  };
}
