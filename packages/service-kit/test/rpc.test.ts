import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { forwardHandlers } from '../src/rpc/forward.ts';
import { unusedHandlers } from './unused-handlers.ts';
import { errorDetails } from '../src/rpc/errors.ts';
import { procedureClient } from '../src/rpc/nats.ts';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { headerNames } from '@landfall/contracts/envelope';
import type { Caller } from '@landfall/contracts/caller';
import { createRouter, type Call, type Handlers } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { Rejection } from '@landfall/contracts/rejections';
import { Fault } from '@landfall/domain/fault';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { correlationId } from '../src/log/log.ts';
import { procedureTransport, serveProcedures } from '../src/rpc/rpc.ts';
import { testLog } from './fixture.ts';

let nats: TestNats;
let owners: Bus[];
let callers: Bus;

beforeAll(async () => {
  nats = await testNats();
  const connectAs = (name: 'billing-sync' | 'gateway') =>
    connectBus({ url: nats.url, name, log: testLog() });
  owners = [await connectAs('billing-sync'), await connectAs('billing-sync')];
  callers = await connectAs('gateway');
});
afterAll(async () => {
  for (const each of [callers, ...owners, nats]) await each[Symbol.asyncDispose]();
});

const operator: Caller = { kind: 'api-key', keyId: 'k1', scopes: [...scopes] };
const usage = {
  eventId: 'e1',
  subscriptionId: 's1',
  dimension: 'd1',
  quantity: 1,
  occurredAt: '2026-11-22T08:00:00.000Z',
};

type BillingHandlers = Handlers<typeof billingProcedures>;
type Report = BillingHandlers['usage']['report'];
type Hours = BillingHandlers['usage']['hours'];

const take: Report = async ({ records }) => ({
  results: records.map(({ eventId }) => ({ eventId, outcome: 'taken' as const })),
});
const noHours: Hours = async () => ({ items: [] });

function serve(
  handlers: { report?: Report; hours?: Hours },
  how: { bus?: Bus; lines?: string[] } = {},
) {
  const router = createRouter(billingProcedures, {
    ...unusedHandlers,
    usage: {
      ...unusedHandlers.usage,
      report: handlers.report ?? take,
      hours: handlers.hours ?? noHours,
      summary: async () => ({ dimensions: [] }),
    },
  });
  const bus = how.bus ?? owners[0]!;
  return serveProcedures({ owner: 'billing-sync', router, bus, log: testLog(how.lines) });
}

function clientAs(caller: Caller) {
  return procedureClient({
    owner: 'billing-sync',
    transport: procedureTransport(callers),
    caller,
    correlationId,
    timeoutMs: PATIENCE_MS,
  });
}

async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return { ...errorDetails(error), message: error instanceof Error ? error.message : undefined };
}

test('a call is typed on both sides, and carries caller, correlation id, deadline and defaults', async () => {
  const calls: Call[] = [];
  await using _ = serve({
    hours: async ({ limit }, call) => {
      calls.push(call);
      expect(limit).toBe(50);
      expect(correlationId()).toBe('flow-rpc');
      return { items: [], nextCursor: 'more' };
    },
  });
  const page = await clientAs(operator).usage.hours.query(
    {},
    { context: { correlationId: 'flow-rpc' } },
  );
  expectTypeOf(page.nextCursor).toEqualTypeOf<string | undefined>();
  expect(page).toEqual({ items: [], nextCursor: 'more' });
  expect(calls).toMatchObject([{ caller: operator, correlationId: 'flow-rpc' }]);
  const leftMs = calls[0]!.deadline.getTime() - Date.now();
  expect(leftMs).toBeGreaterThan(PATIENCE_MS / 2);
  expect(leftMs).toBeLessThanOrEqual(PATIENCE_MS);
});

test('a rejection is answered with its code and message', async () => {
  await using _ = serve({
    report: async () => new Rejection('subscription.ended', 'The subscription has ended.'),
  });
  const failure = await failureOf(clientAs(operator).usage.report.mutate({ records: [usage] }));
  expect(failure).toMatchObject({
    code: 'CONFLICT',
    httpStatus: 409,
    rejection: 'subscription.ended',
    message: 'The subscription has ended.',
  });
});

test('a fault is answered with its code and whether to retry, without internal detail, and is logged', async () => {
  const lines: string[] = [];
  const faults = {
    later: new Fault('database.unavailable', 'hush', { retry: 'later', retryAfterMs: 7 }),
    never: new Fault('marketplace.refused', 'hush', { retry: 'never' }),
  };
  let next: keyof typeof faults = 'later';
  await using _ = serve({ report: () => Promise.reject(faults[next]) }, { lines });
  const call = () => failureOf(clientAs(operator).usage.report.mutate({ records: [usage] }));
  const later = await call();
  expect(later).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    httpStatus: 503,
    fault: 'database.unavailable',
    retryAfterMs: 7,
  });
  expect(later.message).not.toContain('hush');
  next = 'never';
  expect(await call()).toMatchObject({ httpStatus: 502, fault: 'marketplace.refused' });
  expect(lines.join('')).toContain('procedure met a fault');
});

test('a bug is answered 500 without detail, with the correlation id of its log line', async () => {
  const lines: string[] = [];
  await using _ = serve({ report: () => Promise.reject(new TypeError('hush')) }, { lines });
  const failure = await failureOf(clientAs(operator).usage.report.mutate({ records: [usage] }));
  expect(failure).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 });
  expect(failure.fault).toBeUndefined();
  expect(failure.message).not.toContain('hush');
  expect(lines.join('')).toContain('hush');
  expect(lines.join('')).toContain(failure.correlationId);
});

test('the owner parses input; invalid input is 400 and reaches no handler', async () => {
  await using _ = serve({ report: () => Promise.reject(new Error('reached')) });
  const misfit = clientAs(operator).usage.report.mutate({ records: [] });
  expect(await failureOf(misfit)).toMatchObject({ code: 'BAD_REQUEST', httpStatus: 400 });
});

test('a key without the scope, a service that calledBy does not list, and a call without a caller are refused', async () => {
  await using _ = serve({});
  const key = (scope: 'usage:read' | 'usage:write'): Caller => ({
    kind: 'api-key',
    keyId: 'k1',
    scopes: [scope],
  });
  const report = (caller: Caller) => clientAs(caller).usage.report.mutate({ records: [usage] });
  expect(await failureOf(report(key('usage:read')))).toMatchObject({ httpStatus: 403 });
  expect((await report(key('usage:write'))).results).toHaveLength(1);
  const included = { offerId: 'o', planId: 'p', dimension: 'd', included: null };
  const free = clientAs(key('usage:write')).overrides.put.mutate(included);
  expect(await failureOf(free)).toMatchObject({ httpStatus: 403 });
  const landing: Caller = { kind: 'service', name: 'landing' };
  expect(await failureOf(report(landing))).toMatchObject({ httpStatus: 403 });
  const summary = { subscriptionId: 's1' };
  expect(await clientAs(landing).usage.summary.query(summary)).toEqual({ dimensions: [] });
  const anonymous = await callers.request('rpc.billing-sync.usage.hours', '{"type":"query"}', {
    headers: { [headerNames.correlationId]: 'x' },
    timeoutMs: PATIENCE_MS,
  });
  expect(JSON.parse(anonymous)).toMatchObject({ error: { data: { code: 'UNAUTHORIZED' } } });
});

test('a scope that only a newer gateway knows is ignored, and the other scopes work', async () => {
  await using _ = serve({});
  const held = { kind: 'api-key', keyId: 'k1', scopes: ['usage:read', 'of-tomorrow:write'] };
  const ask = async (path: string, body: string) =>
    JSON.parse(
      await callers.request(`rpc.billing-sync.${path}`, body, {
        headers: { [headerNames.caller]: JSON.stringify(held) },
        timeoutMs: PATIENCE_MS,
      }),
    ) as unknown;

  expect(await ask('usage.hours', '{"type":"query","input":{}}')).toEqual({
    result: { data: { items: [] } },
  });
  const put = { offerId: 'o', planId: 'p', dimension: 'd', included: null };
  expect(
    await ask('overrides.put', JSON.stringify({ type: 'mutation', input: put })),
  ).toMatchObject({ error: { data: { code: 'FORBIDDEN' } } });
});

test('the publisher that a key is limited to reaches the owner', async () => {
  const seen: (string | undefined)[] = [];
  await using _ = serve({
    report: async ({ publisherId }) => {
      seen.push(publisherId);
      return { results: [] };
    },
  });
  const limited: Caller = {
    kind: 'api-key',
    keyId: 'k1',
    scopes: ['usage:write'],
    publisherId: 'contoso',
  };
  await clientAs(limited).usage.report.mutate({ records: [usage] });
  const named = { records: [usage], publisherId: 'fabrikam' };
  expect(await failureOf(clientAs(limited).usage.report.mutate(named))).toMatchObject({
    rejection: 'publisher.not-found',
    httpStatus: 404,
  });
  expect(seen).toEqual(['contoso']);
});

test('a malformed call and an unknown procedure get an answer, not silence', async () => {
  await using _ = serve({});
  const headers = { [headerNames.caller]: JSON.stringify(operator) };
  const ask = async (path: string, body: string) =>
    JSON.parse(
      await callers.request(`rpc.billing-sync.${path}`, body, { headers, timeoutMs: PATIENCE_MS }),
    ) as unknown;
  expect(await ask('usage.hours', 'no json')).toMatchObject({
    error: { data: { httpStatus: 400 } },
  });
  expect(await ask('usage.nothing', '{"type":"query"}')).toMatchObject({
    error: { data: { code: 'NOT_FOUND' } },
  });
});

test('without a running owner a call fails soon, with a fault that says so', async () => {
  const startedAt = performance.now();
  const failure = await failureOf(clientAs(operator).usage.hours.query({}));
  expect(failure).toMatchObject({ httpStatus: 503, fault: 'rpc.no-responder' });
  expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS / 4);
});

test('a call made while the only owner restarts is answered by the new one', async () => {
  const call = clientAs(operator).usage.hours.query({});
  await flush(callers);
  await using _ = serve({});
  expect(await call).toEqual({ items: [] });
});

test('the caller stops waiting at its time-out, and the handler gets an abort signal', async () => {
  const stopped = Promise.withResolvers<void>();
  await using _ = serve({
    hours: async (__, { signal }) => {
      signal?.addEventListener('abort', () => stopped.resolve());
      await stopped.promise;
      return { items: [] };
    },
  });
  const startedAt = performance.now();
  const late = clientAs(operator).usage.hours.query({}, { context: { timeoutMs: 100 } });
  expect(await failureOf(late)).toMatchObject({ code: 'GATEWAY_TIMEOUT', fault: 'rpc.timeout' });
  await stopped.promise;
  // Without its own limit, the call would wait as long as its client allows.
  expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS / 4);
});

test.each([-12_000, 12_000])(
  'a caller with a clock that is %i ms off is answered within its time-out',
  async (offsetMs) => {
    const deadlines: number[] = [];
    await using _ = serve({
      report: async (_input, call) => {
        deadlines.push(call.deadline.getTime() - Date.now());
        return { results: [] };
      },
    });
    const body = JSON.stringify({ type: 'mutation', input: { records: [usage] } });

    const answer = await callers.request('rpc.billing-sync.usage.report', body, {
      headers: {
        [headerNames.caller]: JSON.stringify(operator),
        [headerNames.timeLeft]: String(PATIENCE_MS),
        [headerNames.deadline]: new Date(Date.now() + PATIENCE_MS + offsetMs).toISOString(),
      },
      timeoutMs: PATIENCE_MS,
    });

    expect(JSON.parse(answer)).toMatchObject({ result: { data: { results: [] } } });
    // By the caller's clock, it would be twelve seconds less or more.
    expect(deadlines[0]).toBeGreaterThan(PATIENCE_MS - 10_000);
    expect(deadlines[0]).toBeLessThanOrEqual(PATIENCE_MS);
  },
);

test('a call is not started after its deadline', async () => {
  let isStarted = false;
  await using _ = serve({
    report: async () => {
      isStarted = true;
      return { results: [] };
    },
  });
  const overdue = {
    headers: {
      [headerNames.caller]: JSON.stringify(operator),
      [headerNames.deadline]: new Date(Date.now() - 1).toISOString(),
    },
    timeoutMs: PATIENCE_MS,
  };
  const body = JSON.stringify({ type: 'mutation', input: { records: [usage] } });
  const answer = await callers.request('rpc.billing-sync.usage.report', body, overdue);
  expect(JSON.parse(answer)).toMatchObject({ error: { data: { fault: 'rpc.deadline-passed' } } });
  const past = { context: { deadline: new Date(0) } };
  expect(await failureOf(clientAs(operator).usage.hours.query({}, past))).toMatchObject({
    fault: 'rpc.deadline-passed',
  });
  expect(isStarted).toBe(false);
});

test('an abort ends the wait at once', async () => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  await using _ = serve({
    hours: async () => {
      started.resolve();
      await finish.promise;
      return { items: [] };
    },
  });
  const abort = new AbortController();
  const call = clientAs(operator).usage.hours.query({}, { signal: abort.signal });
  await started.promise;
  abort.abort();
  await expect(call).rejects.toThrow();
  finish.resolve();
});

test('an answer above the limit of NATS is an error that says what to do, and the owner keeps running', async () => {
  await using _ = serve({
    hours: async ({ state }) => ({
      items: [],
      ...(state ? { nextCursor: 'x'.repeat(callers.maxPayloadBytes) } : {}),
    }),
  });
  const huge = clientAs(operator).usage.hours.query({ state: 'huge' });
  expect(await failureOf(huge)).toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    fault: 'rpc.answer-too-large',
  });
  expect(await clientAs(operator).usage.hours.query({})).toEqual({ items: [] });
});

test('a request above the limit of NATS is a fault that is never retried', async () => {
  await using _ = serve({});
  const body = 'x'.repeat(callers.maxPayloadBytes + 1);
  const huge = callers.request('rpc.billing-sync.usage.report', body, {
    headers: {},
    timeoutMs: PATIENCE_MS,
  });
  await expect(huge).rejects.toMatchObject({ code: 'rpc.too-large', retry: 'never' });
});

test('instances of an owner share the calls', async () => {
  const counts = [0, 0];
  const counting = (index: number) => ({
    hours: async () => {
      counts[index] = (counts[index] ?? 0) + 1;
      return { items: [] };
    },
  });
  await using _ = serve(counting(0));
  await using __ = serve(counting(1), { bus: owners[1]! });
  await Promise.all(owners.map(flush));
  const client = clientAs(operator);
  await Promise.all(Array.from({ length: 200 }, () => client.usage.hours.query({})));
  expect(counts[0]! + counts[1]!).toBe(200);
  expect(Math.min(...counts)).toBeGreaterThan(40);
});

test('closing an owner waits for open calls, and later ones go to the other instance', async () => {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const closing = serve({
    hours: async () => {
      started.resolve();
      await finish.promise;
      return { items: [], nextCursor: 'from the closing one' };
    },
  });
  const client = clientAs(operator);
  const inFlight = client.usage.hours.query({});
  await started.promise;
  await using _ = serve({}, { bus: owners[1]! });
  const closed = closing[Symbol.asyncDispose]();
  await Promise.all(owners.map(flush));
  expect((await client.usage.hours.query({})).nextCursor).toBeUndefined();
  finish.resolve();
  expect((await inFlight).nextCursor).toBe('from the closing one');
  await closed;
});

test('a forwarded call looks like a direct one: answer, rejection, fault and caller', async () => {
  const seen: Caller[] = [];
  await using _ = serve({
    hours: async (__, { caller }) => {
      seen.push(caller);
      return { items: [], nextCursor: 'n' };
    },
    report: async ({ records }) => {
      if (records[0]?.eventId === 'fault') throw new Fault('x.away', 'hush', { retry: 'later' });
      return new Rejection('usage.batch-too-large', 'Send fewer records.');
    },
  });
  const key: Caller = { kind: 'api-key', keyId: 'k1', scopes: ['usage:read', 'usage:write'] };
  const router = createRouter(
    billingProcedures,
    forwardHandlers(billingProcedures, () => clientAs(operator)),
  );
  const gateway = router.createCaller({
    caller: key,
    correlationId: 'flow-forward',
    deadline: new Date(Date.now() + PATIENCE_MS),
  });
  expect(await gateway.usage.hours({})).toEqual({ items: [], nextCursor: 'n' });
  expect(seen).toEqual([key]);
  await expect(gateway.usage.report({ records: [usage] })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: 'Send fewer records.',
    cause: { details: { rejection: 'usage.batch-too-large' } },
  });
  const faulty = { ...usage, eventId: 'fault' };
  await expect(gateway.usage.report({ records: [faulty] })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    cause: { details: { fault: 'x.away', correlationId: 'flow-forward' } },
  });
});

/** When the server has answered, it has seen everything that this bus sent before. */
const flush = (bus: Bus) => bus.streamState('none');

test('a query whose connection is lost is asked again, a command is not', async () => {
  await using server = await testNats();
  await using owner = await connectBus({ url: server.url, name: 'billing-sync', log: testLog() });
  await using caller = await connectBus({ url: server.url, name: 'gateway', log: testLog() });
  const asked = { hours: 0, report: 0 };
  const restarted = Promise.withResolvers<void>();
  const received = Promise.withResolvers<void>();
  const note = (what: keyof typeof asked) => {
    asked[what] += 1;
    if (asked.hours > 0 && asked.report > 0) received.resolve();
    return restarted.promise;
  };
  await using _ = serve(
    {
      hours: async (input, call) => (await note('hours'), noHours(input, call)),
      report: async (input, call) => (await note('report'), take(input, call)),
    },
    { bus: owner },
  );
  const { usage: calls } = procedureClient({
    owner: 'billing-sync',
    transport: procedureTransport(caller),
    caller: operator,
    correlationId: () => 'c1',
    timeoutMs: PATIENCE_MS,
  });
  const query = calls.hours.query({});
  const command = calls.report.mutate({ records: [usage] }).catch(errorDetails);
  await received.promise;

  await server.kill();
  expect(await command).toMatchObject({ fault: 'rpc.disconnected' });
  await server.restart();
  restarted.resolve();

  expect(await query).toEqual({ items: [] });
  expect(asked).toEqual({ hours: 2, report: 1 });
});

test('a query is not asked again after its deadline', async () => {
  const times: number[] = [];
  const { usage: calls } = procedureClient({
    owner: 'billing-sync',
    transport: {
      request: async (_subject, _body, { timeoutMs }) => {
        times.push(timeoutMs);
        // As long as the connection stays away.
        await until('the time is over', () => performance.now() - startedAt > CALL_MS);
        throw new Fault('rpc.disconnected', 'the connection to NATS was lost', { retry: 'later' });
      },
    },
    caller: operator,
    correlationId: () => 'c1',
    timeoutMs: CALL_MS,
  });
  const startedAt = performance.now();

  expect(await failureOf(calls.hours.query({}))).toMatchObject({ fault: 'rpc.disconnected' });
  expect(times).toHaveLength(1);
});

const CALL_MS = 50;
