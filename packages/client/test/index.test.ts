import { createServer, type IncomingHttpHeaders } from 'node:http';
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
async function serve(handlers: Partial<Usage> = {}) {
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
    createContext: ({ req }) => ({
      caller: { kind: 'api-key', keyId: 'k1', scopes: [...scopes] } as const,
      correlationId: String(req.headers['x-correlation-id']),
      deadline: new Date(Date.now() + 1000),
    }),
  });
  const server = createServer((req, res) => {
    seen.push({ url: req.url, headers: req.headers });
    handle(req, res);
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
  });
  const fail = (eventId: string) =>
    failureOf(client.usage.report.mutate({ records: [{ ...usage, eventId }] }));
  expect(await fail('rejection')).toEqual({
    code: 'CONFLICT',
    httpStatus: 409,
    rejection: 'subscription.ended',
    correlationId: 'flow-1',
  });
  expect(await fail('fault')).toEqual({
    code: 'SERVICE_UNAVAILABLE',
    httpStatus: 503,
    fault: 'database.unavailable',
    retryAfterMs: 50,
    correlationId: 'flow-1',
  });
  expect(await fail('bug')).toEqual({
    code: 'INTERNAL_SERVER_ERROR',
    httpStatus: 500,
    correlationId: 'flow-1',
  });
});

test('an unreachable or silent server is a fault to retry later, at the latest after the time-out', async () => {
  const away = createLandfallClient({ url: 'http://127.0.0.1:1', apiKey: 'k' });
  expect(await failureOf(away.usage.hours.query({}))).toMatchObject({ fault: 'http.unreachable' });
  await using server = await serve({ hours: () => new Promise<never>(() => {}) });
  const silent = createLandfallClient({ url: server.url, apiKey: 'k', timeoutMs: 100 });
  expect(await failureOf(silent.usage.hours.query({}))).toMatchObject({
    httpStatus: 503,
    fault: 'http.unreachable',
  });
});

test('an error that does not come from a call has no details', () => {
  expect(errorDetails(new Error('x'))).toBeUndefined();
  expect(errorDetails('x')).toBeUndefined();
});
