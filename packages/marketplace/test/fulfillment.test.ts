import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMarketplace } from '../src/client.ts';
import type { Fulfillment, SubscriptionPage } from '../src/fulfillment.ts';
import { fixedTokens } from './fixed-tokens.ts';
import { startLocalServer, type LocalServer } from '@landfall/servers/local-server';

const ID = '8151a707-467c-4105-df0b-44c3fca5880d';
const OP = '74dfb4db-c193-4891-827d-eb05fbdc64b0';

let server: LocalServer;
let fulfillment: Fulfillment;

beforeEach(async () => {
  server = await startLocalServer();
  const baseUrl = `${server.url}/api`;
  ({ fulfillment } = createMarketplace({ baseUrl, tokens: fixedTokens() }));
});
afterEach(() => server[Symbol.asyncDispose]());

const operation = { id: OP, subscriptionId: ID, action: 'ChangePlan', status: 'InProgress' };

function subscriptions(from: number, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `00000000-0000-4000-8000-${String(from + index).padStart(12, '0')}`,
    saasSubscriptionStatus: 'Subscribed',
  }));
}

async function allPages(from?: string): Promise<SubscriptionPage[]> {
  const pages: SubscriptionPage[] = [];
  for await (const page of fulfillment.list({}, from)) pages.push(page);
  return pages;
}

describe('listing subscriptions', () => {
  const link = (token: string): string =>
    `${server.url}/api/saas/subscriptions/?continuationToken=${token}&api-version=2018-08-31`;

  test('reads every page, whatever the form of its link', async () => {
    server.answer(
      { body: { subscriptions: subscriptions(1, 100), '@nextLink': link('a%2Bb') } },
      { body: { subscriptions: subscriptions(101, 80), '@nextLink': `http:// ${link('c')}` } },
      { body: { subscriptions: subscriptions(181, 3), '@nextLink': '' } },
    );
    const pages = await allPages();
    const ids = pages.flatMap((page) => page.subscriptions.map(({ id }) => id));
    expect(new Set(ids).size).toBe(183);
    const tokens = server.requests.map(({ query }) => query.get('continuationToken'));
    expect(tokens).toEqual([null, 'a+b', 'c']);
    expect(server.requests.every(({ headers }) => headers.authorization)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['an empty body', undefined],
    ['an empty object', {}],
    ['no items', { subscriptions: [], '@nextLink': null }],
  ])('treats %s as an empty list', async (_, body) => {
    server.answer({ body });
    expect(await allPages()).toEqual([{ subscriptions: [], unreadable: [], next: undefined }]);
  });

  test('reports an entry without an id, and reads the others', async () => {
    server.answer({ body: { subscriptions: [{ name: 'broken' }, ...subscriptions(1, 2)] } });
    const [page] = await allPages();
    expect(page?.subscriptions).toHaveLength(2);
    expect(page?.unreadable).toEqual([{ name: 'broken' }]);
  });

  test('does not follow a link to another host, and ends with a fault', async () => {
    await using foreign = await startLocalServer();
    server.answer({
      body: {
        subscriptions: subscriptions(1, 1),
        '@nextLink': `${foreign.url}/api/saas/subscriptions?continuationToken=x`,
      },
    });
    await expect(allPages()).rejects.toMatchObject({ code: 'marketplace.unexpected-answer' });
    expect(foreign.requests).toEqual([]);
  });

  test('can continue from the link of an earlier page', async () => {
    server.answer(
      { body: { subscriptions: subscriptions(1, 1), '@nextLink': `http:// ${link('a%2Bb')}` } },
      { body: { subscriptions: subscriptions(2, 1) } },
      { body: { subscriptions: subscriptions(2, 1) } },
    );
    const [first, second] = await allPages();
    expect(await allPages(first?.next)).toEqual([second]);
    const asked = server.requests.map(({ query }) => query.get('continuationToken'));
    expect(asked).toEqual([null, 'a+b', 'a+b']);
  });

  test('continues only from a link to its own host', async () => {
    const from = 'https://elsewhere.example/api/saas/subscriptions?continuationToken=x';
    await expect(allPages(from)).rejects.toMatchObject({ code: 'marketplace.unexpected-answer' });
    expect(server.requests).toEqual([]);
  });

  test('ends with a fault if a page links back to an earlier one', async () => {
    server.answer({ body: { subscriptions: subscriptions(1, 1), '@nextLink': link('same') } });
    await expect(allPages()).rejects.toMatchObject({ code: 'marketplace.unexpected-answer' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('reading', () => {
  test('a subscription that Microsoft does not know is undefined', async () => {
    server.answer({ status: 404 });
    expect(await fulfillment.get(ID, {})).toBeUndefined();
  });

  test.each([400, 404])('an operation answered with %i is not confirmed', async (status) => {
    server.answer({ status, body: { message: 'unknown' } });
    expect(await fulfillment.getOperation(ID, OP, {})).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });

  test('a failed call for an operation is a fault, never "not confirmed"', async () => {
    server.answer({ status: 403 });
    await expect(fulfillment.getOperation(ID, OP, {})).rejects.toMatchObject({ retry: 'later' });
  });

  test.each<[string, unknown]>([
    ['wrapped', { operations: [operation] }],
    ['bare', [operation]],
  ])('operations in a %s list are read', async (_, body) => {
    server.answer({ body });
    expect(await fulfillment.listOperations(ID, {})).toMatchObject([{ id: OP }]);
  });

  test.each<[string, object]>([
    ['{}', { body: {} }],
    ['an empty body', {}],
    ['an empty list', { body: { operations: [] } }],
    ['404', { status: 404 }],
  ])('%s means no operations', async (_, answer) => {
    server.answer(answer);
    expect(await fulfillment.listOperations(ID, {})).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['an empty body', undefined],
    ['a bare list', []],
  ])('%s means no plans', async (_, body) => {
    server.answer({ body });
    expect(await fulfillment.listAvailablePlans(ID, undefined, {})).toEqual([]);
  });
});

describe('changing', () => {
  test('the operation id is the last segment of any Operation-Location', async () => {
    for (const host of ['https://marketplaceapi.microsoft.com', 'https://elsewhere.example']) {
      const operationLocation = `${host}/api/saas/subscriptions/${ID}/operations/${OP.toUpperCase()}?api-version=2018-08-31`;
      server.answer({
        status: 202,
        headers: { 'operation-location': operationLocation, 'retry-after': '5' },
      });
      expect(await fulfillment.cancel(ID, {})).toEqual({
        operationId: OP,
        operationLocation,
        retryAfterMs: 5_000,
      });
    }
    expect(server.requests).toHaveLength(2);
  });

  test('an accepted change without an operation id is a fault with an unknown outcome', async () => {
    server.answer({ status: 202 });
    await expect(fulfillment.changeQuantity(ID, 5, {})).rejects.toMatchObject({
      code: 'marketplace.unexpected-answer',
      outcomeUnknown: true,
    });
  });

  test('an activation needs only a successful status', async () => {
    server.answer({ status: 200, body: 'OK, not JSON' });
    await fulfillment.activate({ subscriptionId: ID, planId: 'gold', quantity: null }, {});
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ planId: 'gold' });
  });

  test('answering a finished operation is a conflict, and is not repeated', async () => {
    server.answer({ status: 409, body: { message: 'request-id' } });
    await expect(fulfillment.updateOperation(ID, OP, 'Failure', {})).rejects.toMatchObject({
      code: 'marketplace.conflict',
      retry: 'never',
    });
    expect(server.requests).toHaveLength(1);
  });
});

test.each(['ab cd', 'zeilen\numbruch', 'ü', '', 'x'.repeat(8_193)])(
  'a purchase token that does not fit in a header is refused like a damaged one',
  async (token) => {
    await expect(fulfillment.resolve(token, {})).rejects.toMatchObject({
      code: 'marketplace.bad-request',
      retry: 'never',
    });
    expect(server.requests).toEqual([]);
  },
);
