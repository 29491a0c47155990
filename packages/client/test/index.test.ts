import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { expect, expectTypeOf, test } from 'vitest';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { createRouter, type Handlers } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { Rejection } from '@landfall/contracts/rejections';
import { Fault } from '@landfall/domain/fault';
import { errorDetails } from '../src/errors.ts';
import { createLandfallClient } from '../src/index.ts';

const { report, hours, summary } = billingProcedures.usage;

type Usage = Pick<Handlers<typeof billingProcedures>['usage'], 'report' | 'hours' | 'summary'>;

const usage = {
  eventId: 'e1',
  subscriptionId: 's1',
  dimension: 'd1',
  quantity: 1,
  occurredAt: '2026-11-22T08:00:00.000Z',
};

const take: Usage['report'] = async ({ records }) => ({
  results: records.map(({ eventId }) => ({ eventId, outcome: 'taken' as const })),
});

/** The part of the API that billing-sync serves, over real HTTP. */
async function serve(
  handlers: Partial<Usage> = {},
  /** Answers to the first requests, instead of the API. */
  answers: ((res: ServerResponse) => void)[] = [],
) {
  const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const router = createRouter(
    { usage: { report, hours, summary } },
    {
      usage: {
        report: take,
        hours: async () => ({ items: [] }),
        summary: async () => ({ dimensions: [] }),
        ...handlers,
      },
    },
  );
  const handle = createHTTPHandler({
    router,
    basePath: '/trpc/',
    allowMethodOverride: true,
    createContext: ({ req }) => ({
      caller: { kind: 'api-key', keyId: 'k1', scopes: [...scopes] } as const,
      correlationId: String(req.headers['x-correlation-id']),
      deadline: new Date(Date.now() + 1000),
    }),
  });
  const server = createServer((req, res) => {
    seen.push({ url: req.url, headers: req.headers });
    const instead = answers.shift();
    if (instead) instead(res);
    else handle(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function failureOf(promise: Promise<unknown>) {
  return errorDetails(await promise.catch((error: unknown) => error));
}

test('a call carries the key and a correlation id, and its answer is typed', async () => {
  await using server = await serve();
  const client = createLandfallClient({ url: server.url, apiKey: 'lf_key' });
  const { results } = await client.usage.report.mutate({ records: [usage] });
  expectTypeOf(results[0]!.outcome).toEqualTypeOf<'taken' | 'repeated' | 'refused'>();
  expect(results).toEqual([{ eventId: 'e1', outcome: 'taken' }]);
  expect(server.seen[0]?.headers.authorization).toBe('Bearer lf_key');
  expect(server.seen[0]?.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('the key is never in a URL', async () => {
  await using server = await serve();
  const client = createLandfallClient({ url: server.url, apiKey: 'lf_key' });
  await client.usage.hours.query({});
  expect(server.seen[0]?.url).not.toContain('lf_key');
});

test('what a query asks for is never in a URL, because it may name a person', async () => {
  await using server = await serve();
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  await client.usage.hours.query({ dimension: 'ada@fabrikam.example' });
  expect(server.seen[0]?.url).not.toMatch(/ada|input/);
});

test('calls made at the same time share a request and fail separately', async () => {
  await using server = await serve();
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  const [fit, misfit] = await Promise.allSettled([
    client.usage.hours.query({}),
    client.usage.hours.query({ state: 'x'.repeat(21) }),
  ]);
  expect(server.seen).toHaveLength(1);
  expect(fit).toMatchObject({ status: 'fulfilled', value: { items: [] } });
  expect(misfit).toMatchObject({ status: 'rejected', reason: { data: { code: 'BAD_REQUEST' } } });
});

test('codes distinguish a rejection, a fault and a bug', async () => {
  const causes = {
    rejection: new Rejection('subscription.ended', 'The subscription has ended.'),
    fault: new Fault('database.unavailable', 'x', { retry: 'later', retryAfterMs: 50 }),
    bug: new TypeError('x'),
  };
  await using server = await serve({
    report: async ({ records }) => {
      const cause = causes[records[0]?.eventId as keyof typeof causes];
      if (cause instanceof Rejection) return cause;
      throw cause;
    },
  });
  const client = createLandfallClient({
    url: server.url,
    apiKey: 'k',
    correlationId: () => 'flow-1',
    maxAttempts: 1,
  });
  const fail = (eventId: string) =>
    failureOf(client.usage.report.mutate({ records: [{ ...usage, eventId }] }));
  expect(await fail('rejection')).toEqual({
    code: 'CONFLICT',
    httpStatus: 409,
    isRetryable: false,
    rejection: 'subscription.ended',
    correlationId: 'flow-1',
  });
  expect(await fail('fault')).toEqual({
    code: 'SERVICE_UNAVAILABLE',
    httpStatus: 503,
    isRetryable: true,
    fault: 'database.unavailable',
    retryAfterMs: 50,
    correlationId: 'flow-1',
  });
  expect(await fail('bug')).toEqual({
    code: 'INTERNAL_SERVER_ERROR',
    httpStatus: 500,
    isRetryable: false,
    correlationId: 'flow-1',
  });
});

test('an unreachable or silent server is a fault to retry later, at the latest after the time-out', async () => {
  const away = createLandfallClient({ url: 'http://127.0.0.1:1', apiKey: 'k', maxAttempts: 2 });
  expect(await failureOf(away.usage.hours.query({}))).toMatchObject({ fault: 'http.unreachable' });
  await using server = await serve({ hours: () => new Promise<never>(() => {}) });
  const silent = createLandfallClient({ url: server.url, apiKey: 'k', timeoutMs: 100 });
  expect(await failureOf(silent.usage.hours.query({}))).toMatchObject({
    httpStatus: 503,
    fault: 'http.unreachable',
  });
});

const drop = (res: ServerResponse) => void res.destroy();
const later = (res: ServerResponse) =>
  void res.writeHead(503, { 'content-type': 'text/html', 'retry-after': '0' }).end('<h1>503</h1>');
const tooMany = (res: ServerResponse) => {
  const data = { code: 'TOO_MANY_REQUESTS', httpStatus: 429, retryAfterMs: 300 };
  const error = { message: 'Too many calls.', code: -32029, data };
  res.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
};

test('a command is sent again with the same key after a lost answer, a 503 and a 429', async () => {
  await using server = await serve({}, [drop, later, tooMany]);
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  const startedAt = performance.now();
  await client.usage.report.mutate({ records: [usage] });
  const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(4);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set(keys).size).toBe(1);
  // The last pause is at least as long as Landfall asked for.
  expect(performance.now() - startedAt).toBeGreaterThan(300);
});

test('a command whose lost attempt is still carried out waits for its answer', async () => {
  const running = (res: ServerResponse) => {
    const data = { code: 'CONFLICT', httpStatus: 409, rejection: 'idempotency.in-progress' };
    const error = { message: 'It is being carried out.', code: -32009, data };
    res.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  };
  await using server = await serve({}, [drop, running]);
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  const { results } = await client.usage.report.mutate({ records: [usage] });
  expect(results).toHaveLength(1);
  expect(server.seen).toHaveLength(3);
});

test('each command has its own request and key, or the key that is given', async () => {
  await using server = await serve();
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  await Promise.all([
    client.usage.report.mutate({ records: [usage] }),
    client.usage.report.mutate({ records: [usage] }),
    client.usage.report.mutate({ records: [usage] }, { idempotencyKey: 'month-end' }),
  ]);
  const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(3);
  expect(keys).toContain('month-end');
});

test('a query is sent again, a refused call is not', async () => {
  const refuse = (res: ServerResponse) =>
    void res.writeHead(403, { 'content-type': 'text/html' }).end('<h1>blocked by a proxy</h1>');
  await using server = await serve({}, [later, refuse]);
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  expect(await failureOf(client.usage.hours.query({}))).toMatchObject({
    httpStatus: 403,
    fault: 'http.foreign-answer',
    isRetryable: false,
  });
  expect(server.seen).toHaveLength(2);
  expect(await client.usage.hours.query({})).toEqual({ items: [] });
});

test('a call never takes longer than its limit, however often it would be sent again', async () => {
  await using server = await serve(
    {},
    Array.from({ length: 100 }, () => later),
  );
  const client = createLandfallClient({
    url: server.url,
    apiKey: 'k',
    timeoutMs: 1_500,
    maxAttempts: 100,
  });
  const startedAt = performance.now();
  expect(await failureOf(client.usage.hours.query({}))).toMatchObject({ isRetryable: true });
  // A hundred attempts with their pauses would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(server.seen.length).toBeGreaterThan(1);
});

test('a signal ends one call of a shared request, and its pauses', async () => {
  const { promise: never } = Promise.withResolvers<never>();
  await using server = await serve({ summary: () => never });
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  const gone = new AbortController();
  const slow = client.usage.summary.query({ subscriptionId: 's1' }, { signal: gone.signal });
  const other = client.usage.summary.query({ subscriptionId: 's2' });
  other.catch(() => undefined);
  gone.abort();
  await expect(slow).rejects.toThrow();

  const muchLater = (res: ServerResponse) =>
    void res.writeHead(503, { 'content-type': 'text/html', 'retry-after': '60' }).end();
  await using away = await serve({}, [muchLater]);
  const soon = AbortSignal.timeout(50);
  const patient = createLandfallClient({ url: away.url, apiKey: 'k', timeoutMs: 120_000 });
  const startedAt = performance.now();
  await expect(patient.usage.hours.query({}, { signal: soon })).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

test('a list is read page by page, as far as its items are wanted', async () => {
  const asked: (string | undefined)[] = [];
  const hour = (subscriptionId: string) => ({
    subscriptionId,
    dimension: 'd',
    planId: 'p',
    hour: '2026-11-22T08:00:00.000Z',
    used: '1',
    reported: '1',
    state: 'open' as const,
    attempts: 0,
  });
  await using server = await serve({
    hours: async ({ cursor }) => {
      asked.push(cursor);
      const page = Number(cursor ?? 1);
      const items = [hour(`${page}a`), hour(`${page}b`)];
      return page < 3 ? { items, nextCursor: String(page + 1) } : { items };
    },
  });
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  const seen: string[] = [];
  for await (const { subscriptionId } of client.usage.hours.each({})) seen.push(subscriptionId);
  expect(seen).toEqual(['1a', '1b', '2a', '2b', '3a', '3b']);
  expect(asked).toEqual([undefined, '2', '3']);
  asked.length = 0;
  for await (const _ of client.usage.hours.each({})) break;
  expect(asked).toEqual([undefined]);
});

test('the fields that are wrong can be read', async () => {
  await using server = await serve();
  const client = createLandfallClient({ url: server.url, apiKey: 'k' });
  const failed = await failureOf(client.usage.hours.query({ limit: 0 }));
  expect(failed?.issues).toEqual([{ path: 'limit', message: expect.stringContaining('limit') }]);
});

test('a client can be returned from an async function', async () => {
  const make = async () => createLandfallClient({ url: 'http://127.0.0.1:1', apiKey: 'k' });
  expect((await make()).usage.report.mutate).toBeTypeOf('function');
});

test('an error that does not come from a call has no details', () => {
  expect(errorDetails(new Error('x'))).toBeUndefined();
  expect(errorDetails('x')).toBeUndefined();
});
