import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Fault } from '@landfall/domain/fault';
import type { Caller } from './caller.ts';
import {
  command,
  createRouter,
  query,
  RemoteError,
  type Call,
  type Handler,
} from './procedures.ts';
import { Rejection } from './rejections.ts';

const table = {
  things: {
    get: query({
      scope: 'usage:read',
      scopedBy: 'publisher',
      summary: 'Reads.',
      input: z.object({ id: z.string().min(1), publisherId: z.string().optional() }),
      output: z.object({ id: z.string() }),
    }),
    put: command({
      scope: 'usage:write',
      scopedBy: 'publisher',
      summary: 'Writes.',
      input: z.object({ id: z.string() }),
      output: z.object({ saved: z.literal(true) }),
    }),
    own: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'installation',
      summary: 'For our own services.',
      input: z.object({}),
      output: z.object({ ok: z.boolean() }),
    }),
  },
} as const;

const service: Caller = { kind: 'service', name: 'gateway' };
const operator: Caller = { kind: 'api-key', keyId: 'k0', scopes: ['usage:read', 'usage:write'] };
const reader: Caller = { kind: 'api-key', keyId: 'k1', scopes: ['usage:read'] };

function routerWith(get: Handler<(typeof table)['things']['get']>) {
  return createRouter(table, {
    things: {
      get,
      put: async () => ({ saved: true as const }),
      own: async () => ({ ok: true }),
    },
  });
}

const echo = routerWith(async ({ id }) => ({ id }));

const answers = z.object({
  result: z.object({ data: z.unknown() }).optional(),
  error: z.object({ message: z.string(), data: z.record(z.string(), z.unknown()) }).optional(),
});

/** Calls through tRPC's HTTP binding, so the answer is exactly what a caller gets. */
async function ask(
  path: string,
  input: unknown,
  options: { router?: typeof echo; caller?: Caller; type?: 'query' | 'mutation' } = {},
) {
  const { router = echo, caller = operator, type = 'query' } = options;
  const ctx: Call = { caller, correlationId: 'flow-1', deadline: new Date('2026-01-06T10:00:00Z') };
  const url = `http://gateway.test/trpc/${path}`;
  const json = JSON.stringify(input);
  const req =
    type === 'query'
      ? new Request(`${url}?input=${encodeURIComponent(json)}`)
      : new Request(url, {
          method: 'POST',
          body: json,
          headers: { 'content-type': 'application/json' },
        });
  const response = await fetchRequestHandler({
    endpoint: '/trpc',
    router,
    req,
    createContext: () => ctx,
  });
  const { result, error } = answers.parse(await response.json());
  return { answer: result?.data, error };
}

describe('a table of procedures', () => {
  test('becomes the queries and mutations of a router', async () => {
    expect(await ask('things.get', { id: 'a' })).toMatchObject({ answer: { id: 'a' } });
    const saved = await ask('things.put', { id: 'a' }, { type: 'mutation' });
    expect(saved).toMatchObject({ answer: { saved: true } });
    const asked = await ask('things.put', { id: 'a' });
    expect(asked.error?.data['code']).toBe('METHOD_NOT_SUPPORTED');
  });

  test('refuses invalid input before the handler runs', async () => {
    const { error } = await ask('things.get', { id: '' });
    expect(error?.data).toMatchObject({ code: 'BAD_REQUEST', httpStatus: 400 });
  });

  test('explains invalid input in a sentence, and field by field', async () => {
    const { error } = await ask('things.get', { id: 7 });
    const message = '"id" must be text, not a number.';
    expect(error).toMatchObject({ message, data: { issues: [{ path: 'id', message }] } });
  });

  test('refuses unknown fields of callers from outside, where calls enter', async () => {
    const handlers = {
      things: {
        get: async ({ id }: { id: string }) => ({ id }),
        put: async () => ({ saved: true as const }),
        own: async () => ({ ok: true }),
      },
    };
    const entry = createRouter(table, handlers, { isEdge: true, publisherOf: {} });
    const input = { id: 'a', publisherld: 'contoso' };
    const message = 'Unknown field "publisherld". Did you mean "publisherId"?';

    const { error } = await ask('things.get', input, { router: entry });

    expect(error).toMatchObject({
      message,
      data: {
        httpStatus: 400,
        rejection: 'input.unknown-field',
        issues: [{ path: 'publisherld', message }],
      },
    });
  });

  test('lets services and owners of another version send fields that it does not know', async () => {
    const owner = await ask('things.get', { id: 'a', newer: true });
    const own = await ask('things.own', { newer: true }, { caller: service });

    expect([owner.answer, own.answer]).toEqual([{ id: 'a' }, { ok: true }]);
  });

  test('passes the call and its caller to the handler', async () => {
    let seen: Call | undefined;
    const router = routerWith(async ({ id }, call) => {
      seen = call;
      return { id };
    });
    await ask('things.get', { id: 'a' }, { router, caller: reader });
    expect(seen).toMatchObject({ caller: reader, correlationId: 'flow-1' });
  });

  test('does not send an answer that breaks its own contract', async () => {
    const router = routerWith(async () => ({ id: 7 }) as never);
    const { error } = await ask('things.get', { id: 'a' }, { router });
    expect(error?.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 });
  });
});

describe('authorisation', () => {
  test('a key may do only what its scopes allow', async () => {
    expect((await ask('things.get', { id: 'a' }, { caller: reader })).answer).toBeDefined();
    const { error } = await ask('things.put', { id: 'a' }, { caller: reader, type: 'mutation' });
    expect(error?.data).toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 });
  });

  test('a key cannot call an internal procedure, whatever scopes it claims', async () => {
    const forged = { kind: 'api-key', keyId: 'k2', scopes: ['internal'] } as unknown as Caller;
    const { error } = await ask('things.own', {}, { caller: forged });
    expect(error?.data['code']).toBe('FORBIDDEN');
    const own = await ask('things.own', {}, { caller: service });
    expect(own.answer).toEqual({ ok: true });
  });

  test('a service that calledBy does not list is refused', async () => {
    const landing: Caller = { kind: 'service', name: 'landing' };
    for (const [path, caller] of [
      ['things.own', landing],
      ['things.get', service],
    ] as const) {
      const { error } = await ask(path, { id: 'a' }, { caller });
      expect(error?.data).toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 });
      expect(error?.message).toContain(`may not call ${path}`);
    }
  });
});

test('a key that is limited to a publisher is checked before the handler runs', async () => {
  const limited: Caller = { ...reader, publisherId: 'contoso' };
  const seen: unknown[] = [];
  const router = routerWith(async (input) => {
    seen.push(input);
    return { id: input.id };
  });
  const foreign = { id: 'a', publisherId: 'fabrikam' };
  const refused = await ask('things.get', foreign, { router, caller: limited });
  expect(refused.error?.data).toMatchObject({ rejection: 'publisher.not-found', httpStatus: 404 });
  expect(seen).toEqual([]);
  await ask('things.get', { id: 'a' }, { router, caller: limited });
  expect(seen).toEqual([{ id: 'a', publisherId: 'contoso' }]);
});

describe('an error', () => {
  const failing = (failure: unknown) =>
    routerWith(async () => {
      throw failure;
    });

  test('that is a rejection is answered with its code and status', async () => {
    const router = routerWith(async () => new Rejection('subscription.ended', 'It has ended.'));
    const { error } = await ask('things.get', { id: 'a' }, { router });
    expect(error).toMatchObject({
      message: 'It has ended.',
      data: { rejection: 'subscription.ended', httpStatus: 409, correlationId: 'flow-1' },
    });
  });

  test.each([
    ['later', 'SERVICE_UNAVAILABLE', 503],
    ['never', 'BAD_GATEWAY', 502],
  ] as const)(
    'that is a fault with retry %s is answered as %s',
    async (retry, code, httpStatus) => {
      const fault = new Fault('marketplace.away', 'host 10.0.0.7 is down', {
        retry,
        retryAfterMs: 500,
      });
      const { error } = await ask('things.get', { id: 'a' }, { router: failing(fault) });
      expect(error?.data).toMatchObject({
        code,
        httpStatus,
        fault: 'marketplace.away',
        retryAfterMs: 500,
      });
      expect(JSON.stringify(error)).not.toContain('10.0.0.7');
    },
  );

  test('that is a bug reveals no internal detail', async () => {
    const router = failing(new Error('relation "secrets" does not exist'));
    const { error } = await ask('things.get', { id: 'a' }, { router });
    expect(error?.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 });
    expect(error?.data).toMatchObject({ correlationId: 'flow-1' });
    expect(JSON.stringify(error)).not.toContain('secrets');
  });

  test('of another process keeps its code', async () => {
    const remote = new RemoteError('It has ended.', { rejection: 'subscription.ended' });
    const { error } = await ask('things.get', { id: 'a' }, { router: failing(remote) });
    expect(error?.data).toMatchObject({ rejection: 'subscription.ended' });
  });
});
