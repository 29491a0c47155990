import { Validator, type SpecData } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { openApiDocument } from '../src/rest/openapi.ts';
import { operations } from '../src/rest/operations.ts';
import { fieldsOf } from '../src/rest/read-input.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveFulfillment,
  testBus,
  type Gateway,
} from './fixture.ts';

const CHANGE = '3c6e1f58-9b27-4d0a-a8e4-5f7b2d91c036';

let resources: AsyncDisposableStack;
let gateway: Gateway;
let key: string;
let reader: string;
/** Every input that reached the worker. */
let inputs: unknown[];

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await testDatabase({ services: ['gateway'] }));
  const nats = opened.use(await testNats());
  gateway = opened.use(await bootGateway({ database, nats }));
  const db = opened.use(await openGatewayDatabase(database));
  key = (await makeKey(db, ['subscriptions:read', 'subscriptions:write'])).text;
  reader = (await makeKey(db, ['subscriptions:read'])).text;
  const bus = opened.use(await testBus(nats));
  opened.use(
    serveFulfillment(bus, {
      subscriptions: {
        list: async (input) => {
          inputs.push(input);
          return { items: [] };
        },
        get: async () => new Rejection('subscription.not-found', 'This subscription is unknown.'),
        changePlan: async (input) => {
          inputs.push(input);
          return { changeId: CHANGE, state: 'requested' };
        },
      },
    }),
  );
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

async function ask(
  path: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string>; as?: string } = {},
) {
  inputs = [];
  const { method = 'GET', body, headers = {}, as = key } = options;
  const answer = await rawRequest(gateway, path, {
    method,
    headers: {
      authorization: `Bearer ${as}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { ...answer, json: answer.body === '' ? undefined : (JSON.parse(answer.body) as unknown) };
}

test('a query takes its input from the URL, with the types of its schema', async () => {
  const answer = await ask('/v1/subscriptions?limit=7&isTestPurchase=false&offerId=12');

  expect(answer).toMatchObject({ status: 200, json: { items: [] } });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  expect(inputs).toEqual([
    expect.objectContaining({ limit: 7, isTestPurchase: false, offerId: '12' }),
  ]);
});

test("a search takes its input from a JSON body, and a person's address is refused in a URL", async () => {
  const body = { search: 'ada@fabrikam.example', limit: 7 };

  const searched = await ask('/v1/subscriptions/search', { method: 'POST', body });
  expect(searched).toMatchObject({ status: 200, json: { items: [] } });
  expect(inputs).toEqual([expect.objectContaining(body)]);

  const inUrl = await ask('/v1/subscriptions?search=ada%40fabrikam.example');
  expect(inUrl).toMatchObject({ status: 400, json: { detail: expect.any(String) } });
  expect(inUrl.body).toContain('POST /v1/subscriptions/search');
  expect(inUrl.body).not.toContain('ada');
  expect(inputs).toEqual([]);
});

test('over tRPC, a query may come by POST, and a command never by GET', async () => {
  const search = { search: 'ada@fabrikam.example' };

  const query = await ask('/trpc/subscriptions.list', { method: 'POST', body: search });
  expect([query.status, inputs]).toEqual([200, [expect.objectContaining(search)]]);

  const command = encodeURIComponent(JSON.stringify({ subscriptionId: 'a', planId: 'pro' }));
  const wrong = await ask(`/trpc/subscriptions.changePlan?input=${command}`);
  expect([wrong.status, inputs]).toEqual([405, []]);
});

test('a command takes its input from the path and the JSON body', async () => {
  const body = { planId: 'pro', approvedBy: 'orders@contoso.com' };

  const answer = await ask('/v1/subscriptions/a%20b/change-plan', { method: 'POST', body });

  expect(answer).toMatchObject({ status: 200, json: { changeId: CHANGE, state: 'requested' } });
  expect(inputs).toEqual([{ subscriptionId: 'a b', ...body }]);
});

test('a failed call is a problem with the codes that tRPC has, and an address that explains them', async () => {
  const { status, json, headers } = await ask('/v1/subscriptions/unknown');

  expect(status).toBe(404);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(json).toMatchObject({
    type: '/docs/errors#subscription.not-found',
    title: 'Not found',
    status: 404,
    detail: 'This subscription is unknown.',
    code: 'NOT_FOUND',
    rejection: 'subscription.not-found',
    correlationId: expect.any(String),
  });
  const page = await rawRequest(gateway, '/docs/errors');
  expect(page.body).toContain('id="subscription.not-found"');
});

test.each([
  ['an unknown parameter', '/v1/subscriptions?plannId=pro', 'Did you mean "planId"?'],
  ['a number that is none', '/v1/subscriptions?limit=many', '"limit" must be a number, not text.'],
  ['a parameter that is sent twice', '/v1/subscriptions?limit=1&limit=2', 'Send "limit" once.'],
  ['a field of the path as a parameter', '/v1/subscriptions/a?subscriptionId=b', 'in the path'],
])('%s is refused with a sentence', async (_title, path, sentence) => {
  const { status, json } = await ask(path);

  expect(status).toBe(400);
  expect(json).toMatchObject({ detail: expect.stringContaining(sentence) });
  expect(inputs).toEqual([]);
});

test.each([
  ['an unknown field', { planId: 'pro', approvedBy: 'a', plannId: 'x' }, 'Unknown field "plannId"'],
  ['another id than in the path', { subscriptionId: 'b', planId: 'pro' }, 'is in the path'],
  ['a list', [1], 'must be a JSON object'],
])('a body with %s is refused with a sentence', async (_title, body, sentence) => {
  const { status, json } = await ask('/v1/subscriptions/a/change-plan', { method: 'POST', body });

  expect(status).toBe(400);
  expect(json).toMatchObject({ detail: expect.stringContaining(sentence) });
  expect(inputs).toEqual([]);
});

test('a body that is not JSON is answered 415, and a body for a query 400', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = await ask('/v1/subscriptions/a/cancel', { method: 'POST', body: {}, headers });
  const query = await ask('/v1/subscriptions', { body: {} });

  expect([form.status, query.status]).toEqual([415, 400]);
});

test('an unknown address says where the document is; another method is answered with those that exist', async () => {
  const unknown = await ask('/v1/subscriptionz');
  const other = await ask('/v1/subscriptions/a/change-plan', { method: 'PUT', body: {} });
  const list = await ask('/v1/subscriptions', { method: 'DELETE' });

  expect(unknown.status).toBe(404);
  expect(unknown.body).toContain('/openapi.json');
  expect([other.status, other.headers['allow']]).toEqual([405, 'POST']);
  expect([list.status, list.headers['allow']]).toEqual([405, 'GET, HEAD']);
});

test('HEAD is answered like GET without a body', async () => {
  const answer = await ask('/v1/subscriptions', { method: 'HEAD' });

  expect([answer.status, answer.body]).toEqual([200, '']);
  expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
});

test('the address of the API itself says where the list of addresses is', async () => {
  const { status, json } = await ask('/v1');

  expect(status).toBe(404);
  expect(json).toMatchObject({ detail: expect.stringContaining('/openapi.json') });
});

test('a call without a key learns nothing about the address; one without the scope learns which scope is needed', async () => {
  const strange = await ask('/v1/nothing', { as: 'wrong' });
  const known = await ask('/v1/subscriptions', { as: 'wrong' });
  const forbidden = await ask('/v1/subscriptions/a/cancel', {
    method: 'POST',
    body: { approvedBy: 'a' },
    as: reader,
  });

  expect([strange.status, known.status]).toEqual([401, 401]);
  expect(known.headers['www-authenticate']).toBe('Bearer');
  expect(forbidden.status).toBe(403);
  expect(forbidden.json).toMatchObject({ detail: expect.stringContaining('subscriptions:write') });
});

test('a body of more than 1 MB is answered 413', async () => {
  const body = { planId: 'p'.repeat(1024 * 1024), approvedBy: 'a' };

  const { status } = await ask('/v1/subscriptions/a/change-plan', { method: 'POST', body });

  expect(status).toBe(413);
});

test('no two procedures share a route, and no URL has to hold an object', () => {
  const routes = operations.map(
    ({ route }) => `${route.method} ${route.path.replaceAll(/\{\w+\}/g, '{}')}`,
  );
  expect(new Set(routes).size).toBe(routes.length);
  for (const { id, spec, route } of operations) {
    if (!route.isBodiless) continue;
    for (const [name, field] of fieldsOf(spec.input)) {
      const { type } = z.toJSONSchema(field as z.ZodType, { io: 'input' });
      expect(type, `${id}: ${name}`).not.toBe('object');
    }
  }
});

test('the OpenAPI document is valid and is answered 304 to a client that has it', async () => {
  const document = await rawRequest(gateway, '/openapi.json');
  const again = await rawRequest(gateway, '/openapi.json', {
    headers: { 'if-none-match': String(document.headers['etag']) },
  });

  const { valid, errors } = await new Validator().validate(JSON.parse(document.body) as SpecData);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect([again.status, again.body]).toEqual([304, '']);
});

test('the document lets clients ignore fields that a newer version adds to an answer', () => {
  const text = JSON.stringify(openApiDocument('https://landfall.example.com'));

  expect(text).not.toContain('"additionalProperties":false');
});

test('the pages of the document have no inline script or style, and assets are kept by browsers', async () => {
  const page = await rawRequest(gateway, '/docs');
  const asset = /src="(\/docs\/assets\/docs\.js\?v=[^"]+)"/.exec(page.body)?.[1] ?? '';
  const script = await rawRequest(gateway, asset, { headers: { 'accept-encoding': 'gzip' } });

  expect(page.headers['content-security-policy']).toContain("style-src 'self'");
  expect(page.body).not.toMatch(/<script>|<style|style=/);
  expect(script.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'gzip',
  });
  const missing = await rawRequest(gateway, '/docs/assets/package.json');
  const posted = await rawRequest(gateway, '/docs', { method: 'POST' });
  expect([missing.status, posted.status]).toEqual([404, 405]);
});
