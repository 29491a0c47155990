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

  test('every page is read, however its link is written', async () => {
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
  ])('%s is an empty list', async (_, body) => {
    server.answer({ body });
    expect(await allPages()).toEqual([{ subscriptions: [], unreadable: [], next: undefined }]);
  });

  test('an entry without an id is shown and does not hold up the others', async () => {
    server.answer({ body: { subscriptions: [{ name: 'broken' }, ...subscriptions(1, 2)] } });
    const [page] = await allPages();
    expect(page?.subscriptions).toHaveLength(2);
    expect(page?.unreadable).toEqual([{ name: 'broken' }]);
  });

  test('a link to a foreign host is not called and ends the listing with a fault', async () => {
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

  test('a list is gone on with from the link of a page that was read before', async () => {
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

  test('a link from before is followed to our own host alone', async () => {
    const from = 'https://elsewhere.example/api/saas/subscriptions?continuationToken=x';
    await expect(allPages(from)).rejects.toMatchObject({ code: 'marketplace.unexpected-answer' });
    expect(server.requests).toEqual([]);
  });

  test('a list that leads back to a page it had does not go round for ever', async () => {
    server.answer({ body: { subscriptions: subscriptions(1, 1), '@nextLink': link('same') } });
    await expect(allPages()).rejects.toMatchObject({ code: 'marketplace.unexpected-answer' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('reading', () => {
  test('a subscription Microsoft does not know is undefined', async () => {
    server.answer({ status: 404 });
    expect(await fulfillment.get(ID, {})).toBeUndefined();
  });

  test.each([400, 404])('an operation answered with %i is not confirmed', async (status) => {
    server.answer({ status, body: { message: 'unknown' } });
    expect(await fulfillment.getOperation(ID, OP, {})).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });

  test('an operation that cannot be asked for is a fault, never "not confirmed"', async () => {
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
  ])('%s is no operations', async (_, answer) => {
    server.answer(answer);
    expect(await fulfillment.listOperations(ID, {})).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['an empty body', undefined],
    ['a bare list', []],
  ])('%s is no plans', async (_, body) => {
    server.answer({ body });
    expect(await fulfillment.listAvailablePlans(ID, undefined, {})).toEqual([]);
  });
});

describe('changing', () => {
  test('the operation is known by the last segment of its location, wherever that points', async () => {
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

  test('an acceptance that names no operation is a fault with an unknown outcome', async () => {
    server.answer({ status: 202 });
    await expect(fulfillment.changeQuantity(ID, 5, {})).rejects.toMatchObject({
      code: 'marketplace.unexpected-answer',
      outcomeUnknown: true,
    });
  });

  test('an activation needs no answer but its status', async () => {
    server.answer({ status: 200, body: 'OK, not JSON' });
    await fulfillment.activate({ subscriptionId: ID, planId: 'gold', quantity: null }, {});
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ planId: 'gold' });
  });

  test('an operation that is no longer in progress is a conflict, not a thing to repeat', async () => {
    server.answer({ status: 409, body: { message: 'request-id' } });
    await expect(fulfillment.updateOperation(ID, OP, 'Failure', {})).rejects.toMatchObject({
      code: 'marketplace.conflict',
      retry: 'never',
    });
    expect(server.requests).toHaveLength(1);
  });
});

test.each(['ab cd', 'zeilen\numbruch', 'ü', '', 'x'.repeat(8_193)])(
  'a purchase token that no header can carry is refused like a damaged one',
  async (token) => {
    await expect(fulfillment.resolve(token, {})).rejects.toMatchObject({
      code: 'marketplace.bad-request',
      retry: 'never',
    });
    expect(server.requests).toEqual([]);
  },
);
