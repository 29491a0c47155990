import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { createMarketplace, type Marketplace } from '../src/client.ts';
import { MAX_ATTEMPTS, type CallRecord } from '../src/http.ts';
import { fixedTokens } from './fixed-tokens.ts';
import {
  startLocalServer,
  type LocalServer,
  type ReceivedRequest,
} from '@landfall/servers/local-server';

const ID = '8151a707-467c-4105-df0b-44c3fca5880d';
const OP = '74dfb4db-c193-4891-827d-eb05fbdc64b0';
const NOW = { 'retry-after': '0' };

let server: LocalServer;
let tokens: ReturnType<typeof fixedTokens>;
let records: CallRecord[];
let marketplace: Marketplace;

beforeEach(async () => {
  server = await startLocalServer();
  tokens = fixedTokens();
  records = [];
  marketplace = createMarketplace({
    baseUrl: `${server.url}/api`,
    tokens,
    onCall: (record) => records.push(record),
  });
});
afterEach(() => server[Symbol.asyncDispose]());

const get = (call = {}) => marketplace.fulfillment.get(ID, call);

describe('repeats', () => {
  test('a read succeeds despite 500, 429 and a broken connection', async () => {
    server.answer(
      { status: 500, headers: NOW, body: { error: { code: 'UnexpectedError' } } },
      { status: 429, headers: NOW },
      { drop: true },
      { body: { id: ID, saasSubscriptionStatus: 'Subscribed' } },
    );
    await expect(get()).resolves.toMatchObject({ status: 'Subscribed' });
    expect(records.map((record) => record.status)).toEqual([500, 429, undefined, 200]);
    expect(records.map((record) => record.attempt)).toEqual([1, 2, 3, 4]);
  });

  test('a call fails after a bounded number of attempts, with the ids that support asks for', async () => {
    server.answer({
      status: 503,
      headers: { ...NOW, 'x-ms-requestid': 'from-microsoft' },
      body: { error: { code: 'UnexpectedError', message: 'm' } },
    });
    await expect(get({ correlationId: 'flow-1' })).rejects.toMatchObject({
      name: 'Fault',
      code: 'marketplace.unavailable',
      retry: 'later',
      status: 503,
      microsoftCode: 'UnexpectedError',
      requestId: 'from-microsoft',
      correlationId: 'flow-1',
      attempts: MAX_ATTEMPTS,
      outcomeUnknown: false,
    });
    expect(server.requests).toHaveLength(MAX_ATTEMPTS);
  });

  test.each([
    ['changePlan', () => marketplace.fulfillment.changePlan(ID, 'gold', {})],
    ['changeQuantity', () => marketplace.fulfillment.changeQuantity(ID, 5, {})],
    ['cancel', () => marketplace.fulfillment.cancel(ID, {})],
  ])('%s is not sent twice if the first may have arrived', async (_, change) => {
    for (const lost of [{ drop: true }, { status: 500, headers: NOW }]) {
      server.requests.length = 0;
      server.answer(lost);
      await expect(change()).rejects.toMatchObject({ outcomeUnknown: true, retry: 'later' });
      expect(server.requests).toHaveLength(1);
    }
  });

  test('a throttled change is sent again, because it had no effect', async () => {
    server.answer(
      { status: 429, headers: NOW },
      { status: 202, headers: { 'operation-location': `${server.url}/x/operations/${OP}` } },
    );
    await expect(marketplace.fulfillment.changePlan(ID, 'gold', {})).resolves.toMatchObject({
      operationId: OP,
    });
  });

  test.each([400, 404, 409, 413])('%i is final', async (status) => {
    server.answer({ status, body: { code: 'Code', message: 'm' } });
    await expect(
      marketplace.fulfillment.activate({ subscriptionId: ID, planId: 'gold' }, {}),
    ).rejects.toMatchObject({ status, retry: 'never', microsoftCode: 'Code' });
    expect(server.requests).toHaveLength(1);
  });

  test('a refusal after a lost attempt has an unknown outcome, because the lost one may have succeeded', async () => {
    server.answer({ drop: true }, { status: 400, body: { code: 'BadRequest' } });
    await expect(
      marketplace.fulfillment.updateOperation(ID, ID, 'Success', {}),
    ).rejects.toMatchObject({ code: 'marketplace.bad-request', outcomeUnknown: true });
  });

  test('an activation whose answer was lost is not sent again without a reading', async () => {
    server.answer({ drop: true }, { status: 200 });
    await expect(
      marketplace.fulfillment.activate({ subscriptionId: ID, planId: 'gold' }, {}),
    ).rejects.toMatchObject({ outcomeUnknown: true });
    expect(server.requests).toHaveLength(1);
  });

  test('a missing token after a lost attempt has an unknown outcome too', async () => {
    const rejected = new Fault('credentials.rejected', 'm', { retry: 'later' });
    let answers = 1;
    const ending = {
      get: () => (answers-- > 0 ? Promise.resolve('token') : Promise.reject(rejected)),
      invalidate: () => undefined,
    };
    const { fulfillment } = createMarketplace({ baseUrl: server.url, tokens: ending });
    server.answer({ drop: true });
    const answer = () => fulfillment.updateOperation(ID, ID, 'Success', {});
    await expect(answer()).rejects.toMatchObject({
      code: 'marketplace.not-authorized',
      outcomeUnknown: true,
      cause: rejected,
    });
    await expect(answer()).rejects.toBe(rejected);
  });

  test('a redirect is not followed', async () => {
    server.answer({ status: 307, headers: { location: `${server.url}/elsewhere` } });
    await expect(marketplace.fulfillment.resolve('token', {})).rejects.toMatchObject({
      code: 'marketplace.unexpected-answer',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a success without valid JSON is not treated as an empty answer', async () => {
    server.answer({ body: '<html>proxy</html>' });
    await expect(get()).rejects.toMatchObject({ code: 'marketplace.unexpected-answer' });
  });
});

/** Long enough for a loaded machine, and half the default limit of a call. */
const SOON_MS = 30_000;

describe('time', () => {
  test('a call ends at its limit if Microsoft does not answer', async () => {
    server.answer({ hang: true });
    const startedAt = performance.now();
    await expect(get({ timeoutMs: 100 })).rejects.toMatchObject({
      code: 'marketplace.timeout',
      retry: 'later',
    });
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  });

  test('a Retry-After beyond the limit is passed to the caller instead of waiting', async () => {
    server.answer({ status: 429, headers: { 'retry-after': '120' } });
    await expect(get({ timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'marketplace.throttled',
      retryAfterMs: 120_000,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('the caller can abort a call', async () => {
    server.answer({ hang: true });
    const controller = new AbortController();
    const call = get({ signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'marketplace.aborted' });
  });

  test('a call without a free slot in time fails as busy', async () => {
    const narrow = createMarketplace({ baseUrl: server.url, tokens, concurrentCalls: 1 });
    server.answer({ hang: true });
    const controller = new AbortController();
    const first = narrow.fulfillment.get(ID, { signal: controller.signal });
    const startedAt = performance.now();
    await expect(narrow.fulfillment.get(ID, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'marketplace.busy',
      outcomeUnknown: false,
    });
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'marketplace.aborted' });
  });
});

describe('the purpose of a call', () => {
  const isDecision = ({ headers }: ReceivedRequest) => headers['x-ms-correlationid'] === 'decision';

  test('gives a decision a slot even if pages and work have used all of theirs', async () => {
    server.answer((request) => (isDecision(request) ? { body: { id: ID } } : { hang: true }));
    const leaving = new AbortController();
    const { signal } = leaving;
    const noisy = Array.from({ length: 200 }, (_, index) =>
      get({ signal, priority: index % 2 === 0 ? 'page' : 'customer' }).catch(() => 'given up'),
    );

    const decided = await get({ priority: 'decision', correlationId: 'decision' });

    expect(decided).toMatchObject({ id: ID });
    leaving.abort();
    await Promise.all(noisy);
  });

  test('lets excess page calls fail as busy at once', async () => {
    server.answer({ hang: true });
    const leaving = new AbortController();
    const { signal } = leaving;
    const codes: unknown[] = [];
    const crowd = Array.from({ length: 200 }, () =>
      get({ signal, priority: 'page' }).catch(({ code }: { code: unknown }) => codes.push(code)),
    );

    await expect.poll(() => codes.length).toBe(200 - 16 - 64);

    expect(new Set(codes)).toEqual(new Set(['marketplace.busy']));
    leaving.abort();
    await Promise.all(crowd);
  });
});

describe('tokens', () => {
  test.each([401, 403])('a %i renews the token, and the call is repeated once', async (status) => {
    server.answer({ status }, { body: { id: ID } });
    await expect(get()).resolves.toMatchObject({ id: ID });
    expect(tokens.refused).toEqual(['token-1']);
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  test('a second refusal is an error, not a loop', async () => {
    server.answer({ status: 403, body: { code: 'Forbidden' } });
    await expect(get()).rejects.toMatchObject({
      code: 'marketplace.not-authorized',
      status: 403,
      microsoftCode: 'Forbidden',
      retry: 'later',
    });
    expect(server.requests).toHaveLength(2);
  });
});

describe('what is sent or logged', () => {
  test('each attempt has its own request id and all share the correlation id', async () => {
    server.answer({ status: 500, headers: NOW }, { body: { id: ID } });
    await get({ correlationId: 'flow-7' });
    const [first, second] = server.requests;
    expect(first?.headers['x-ms-correlationid']).toBe('flow-7');
    expect(second?.headers['x-ms-correlationid']).toBe('flow-7');
    expect(first?.headers['x-ms-requestid']).not.toBe(second?.headers['x-ms-requestid']);
  });

  test('errors and records hold no token, no address and no body', async () => {
    server.answer({ status: 400, body: { message: 'person@example.com', code: 'InvalidValue' } });
    const error: unknown = await marketplace.fulfillment
      .resolve('secret+purchase/token==', {})
      .catch((thrown: unknown) => thrown);
    const shown = JSON.stringify([String(error), error, records]);
    for (const secret of ['secret+purchase', 'token-1', 'person@example.com', '127.0.0.1']) {
      expect(shown).not.toContain(secret);
    }
  });

  test.each(['../../usageEvent', '..', '', 'x', `${ID}/operations`, '%2e%2e'])(
    'the id %j cannot choose another endpoint',
    async (id) => {
      await expect(marketplace.fulfillment.cancel(id, {})).rejects.toMatchObject({
        code: 'marketplace.invalid-id',
        retry: 'never',
      });
      await expect(marketplace.fulfillment.get(id, {})).resolves.toBeUndefined();
      await expect(marketplace.fulfillment.getOperation(ID, id, {})).resolves.toBeUndefined();
      expect(server.requests).toHaveLength(0);
    },
  );

  test('tokens are never sent over http to another machine', () => {
    expect(() => createMarketplace({ baseUrl: 'http://example.com/api', tokens })).toThrow(
      expect.objectContaining({ code: 'config.marketplace-not-https', retry: 'never' }),
    );
  });
});
