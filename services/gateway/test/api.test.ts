import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorDetails } from '@landfall/client/errors';
import { createLandfallClient } from '@landfall/client';
import type { Call } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { scopes } from '@landfall/contracts/scopes';
import { Fault } from '@landfall/domain/fault';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import { revokeKey } from '../src/store/keys.ts';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveBilling,
  serveFulfillment,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;
let calls: Call[];

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
});

afterAll(async () => {
  for (const part of [gateway, bus, db, nats, database]) await part[Symbol.asyncDispose]();
});

beforeEach(() => {
  calls = [];
});

const clientFor = (apiKey: string, at: Gateway = gateway) =>
  createLandfallClient({ url: at.url, apiKey, maxAttempts: 1 });
const detailsOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorDetails(error) ?? error,
  );

/** A worker with an empty list. It records its callers. */
function emptyWorker(): AsyncDisposable {
  return serveFulfillment(bus, {
    subscriptions: {
      list: async (_input, call) => {
        calls.push(call);
        return { items: [] };
      },
      cancel: async (_input, call) => {
        calls.push(call);
        return { changeId: randomUUID(), state: 'requested' };
      },
    },
  });
}

describe('callers', () => {
  test('a key with the scope is let through, and the owner learns which key it was', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['subscriptions:read']);
    await expect(clientFor(key.text).subscriptions.list.query({})).resolves.toEqual({ items: [] });
    expect(calls[0]?.caller).toEqual({
      kind: 'api-key',
      keyId: key.id,
      scopes: ['subscriptions:read'],
    });
  });

  test('the owner gives up before the client does, so that the client learns what happened', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['subscriptions:read']);
    await clientFor(key.text).subscriptions.list.query({});
    // The time that `createLandfallClient` waits for one attempt.
    const clientWaitsMs = 15_000;
    expect(calls[0]!.deadline.getTime() - Date.now()).toBeLessThan(clientWaitsMs);
  });

  test.each([
    ['none', undefined],
    ['one of another form', 'Bearer secret'],
    ['an unknown one', `Bearer lf_${'0'.repeat(16)}_${'x'.repeat(43)}`],
  ])('instead of a key, %s is answered 401 with a hint', async (_title, authorization) => {
    const answer = await rawRequest(gateway, '/trpc/subscriptions.list?input=%7B%7D', {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.body).toContain('API key');
  });

  test('the right id with a wrong secret is answered 401', async () => {
    const key = await makeKey(db, scopes);
    const other = await makeKey(db, scopes);
    const forged = `lf_${key.id}_${other.secret}`;
    await expect(detailsOf(clientFor(forged).subscriptions.list.query({}))).resolves.toMatchObject({
      httpStatus: 401,
    });
  });

  test('a missing scope is answered 403, and the owner is not asked', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['usage:read']);
    await expect(
      detailsOf(clientFor(key.text).subscriptions.list.query({})),
    ).resolves.toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 });
    expect(calls).toEqual([]);
  });

  test('a revoked key stops working within seconds', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['subscriptions:read']);
    const client = clientFor(key.text);
    await client.subscriptions.list.query({});
    await revokeKey(db, key.id, new Date());
    await until('the key is refused', async () => {
      const details = await detailsOf(client.subscriptions.list.query({}));
      return (details as { readonly httpStatus?: number } | undefined)?.httpStatus === 401;
    });
  });

  test('the last use of a key is stored', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['subscriptions:read']);
    await clientFor(key.text).subscriptions.list.query({});
    await until('the last use is stored', async () => {
      const row = await db.kysely
        .selectFrom('apiKeys')
        .select('lastUsedAt')
        .where('id', '=', key.id)
        .executeTakeFirstOrThrow();
      return row.lastUsedAt !== null;
    });
  });

  test('the bootstrap key works at once, is stored hashed, and stays revoked once revoked', async () => {
    await using _worker = emptyWorker();
    const text = `lf_boot${randomUUID().slice(0, 4)}_${'s3cret'.repeat(8)}`;
    const env = { BOOTSTRAP_API_KEY: text };
    {
      await using first = await bootGateway({ database, nats }, env);
      await clientFor(text, first).subscriptions.list.query({});
    }
    const stored = await db.kysely.selectFrom('apiKeys').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain('s3cret');
    await revokeKey(db, text.split('_')[1]!, new Date());
    await using second = await bootGateway({ database, nats }, env);
    await expect(
      detailsOf(clientFor(text, second).subscriptions.list.query({})),
    ).resolves.toMatchObject({ httpStatus: 401 });
    await expect(
      bootGateway({ database, nats }, { BOOTSTRAP_API_KEY: 'lf_weak_tooshorttooshort' }),
    ).rejects.toMatchObject({ code: 'config.bootstrap-key' });
  });
});

describe('procedures', () => {
  test.each(['purchases.resolve', 'decisions.decide'])('%s is not public', async (path) => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, scopes);
    const answer = await rawRequest(gateway, `/trpc/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' },
      body: JSON.stringify({ purchaseToken: 'x' }),
    });
    expect(answer.status).toBe(404);
  });

  test('each namespace reaches its own owner, in one batch', async () => {
    await using _worker = emptyWorker();
    await using _billing = serveBilling(bus, { usage: { hours: async () => ({ items: [] }) } });
    const client = clientFor((await makeKey(db, scopes)).text);
    await expect(
      Promise.all([client.subscriptions.list.query({}), client.usage.hours.query({})]),
    ).resolves.toEqual([{ items: [] }, { items: [] }]);
  });
});

describe('errors arrive with their codes', () => {
  test('a misspelt field is refused before the owner is asked', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['subscriptions:read']);

    const failed = clientFor(key.text).subscriptions.list.query({ plannId: 'pro' } as object);

    await expect(failed).rejects.toThrow('Unknown field "plannId". Did you mean "planId"?');
    expect(await detailsOf(failed)).toMatchObject({
      rejection: 'input.unknown-field',
      issues: [{ path: 'plannId' }],
    });
    expect(calls).toEqual([]);
  });

  test('a rejection', async () => {
    await using _worker = serveFulfillment(bus, {
      subscriptions: { get: async () => new Rejection('subscription.not-found', 'Unknown.') },
    });
    const client = clientFor((await makeKey(db, scopes)).text);
    await expect(
      detailsOf(client.subscriptions.get.query({ subscriptionId: 'x' })),
    ).resolves.toMatchObject({ rejection: 'subscription.not-found', httpStatus: 404 });
  });

  test('a fault, with the time to wait', async () => {
    await using _worker = serveFulfillment(bus, {
      subscriptions: {
        get: async () => {
          throw new Fault('marketplace.throttled', 'inner words', {
            retry: 'later',
            retryAfterMs: 3000,
          });
        },
      },
    });
    const key = await makeKey(db, scopes);
    const answer = await rawRequest(
      gateway,
      `/trpc/subscriptions.get?input=${encodeURIComponent('{"subscriptionId":"x"}')}`,
      {
        headers: { authorization: `Bearer ${key.text}` },
      },
    );
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('3');
    expect(answer.body).toContain('marketplace.throttled');
    expect(answer.body).not.toContain('inner words');
  });

  test('an owner that does not answer', async () => {
    const client = clientFor((await makeKey(db, scopes)).text);
    await expect(detailsOf(client.subscriptions.list.query({}))).resolves.toMatchObject({
      fault: expect.stringMatching(/^rpc\./),
      httpStatus: 503,
    });
  });

  test('a bug, without any detail', async () => {
    await using _worker = serveFulfillment(bus, {});
    const client = clientFor((await makeKey(db, scopes)).text);
    const details = await detailsOf(client.subscriptions.get.query({ subscriptionId: 'x' }));
    expect(details).toMatchObject({ httpStatus: 500 });
    expect(JSON.stringify(details)).not.toContain('no handler in this test');
  });
});

test('the correlation id is sent to the owner, is in errors, and is returned', async () => {
  await using _worker = emptyWorker();
  const key = await makeKey(db, ['subscriptions:read']);
  const correlation = `case-${randomUUID()}`;
  const answer = await rawRequest(gateway, '/trpc/subscriptions.list?input=%7B%7D', {
    headers: { authorization: `Bearer ${key.text}`, 'x-correlation-id': correlation },
  });
  expect(answer.headers['x-correlation-id']).toBe(correlation);
  expect(calls[0]?.correlationId).toBe(correlation);
});

describe('the audit log', () => {
  const auditOf = (keyId: string) =>
    db.kysely.selectFrom('auditEntries').selectAll().where('actor', '=', `key ${keyId}`).execute();

  test('has key, command, subject and outcome, and nothing else of the input', async () => {
    await using _worker = emptyWorker();
    const key = await makeKey(db, ['subscriptions:read', 'subscriptions:write']);
    const client = clientFor(key.text);
    await client.subscriptions.list.query({});
    await client.subscriptions.cancel.mutate({
      subscriptionId: 'sub-1',
      approvedBy: 'ada@fabrikam.example',
    });
    const rows = await auditOf(key.id);
    expect(rows).toMatchObject([
      { procedure: 'subscriptions.cancel', subject: 'sub-1', outcome: 'done' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('fabrikam');
  });

  test('includes refused, rejected and failed commands', async () => {
    const denied = await makeKey(db, ['subscriptions:read']);
    await detailsOf(
      clientFor(denied.text).subscriptions.cancel.mutate({ subscriptionId: 's', approvedBy: 'x' }),
    );
    await until('the call is in the audit log', async () => {
      const rows = await auditOf(denied.id);
      return rows.length === 1 && rows[0]?.outcome === 'FORBIDDEN';
    });
    await using _worker = serveFulfillment(bus, {
      subscriptions: { cancel: async () => new Rejection('subscription.ended', 'It has ended.') },
    });
    const key = await makeKey(db, scopes);
    await detailsOf(
      clientFor(key.text).subscriptions.cancel.mutate({ subscriptionId: 's', approvedBy: 'x' }),
    );
    await until('the call is in the audit log', async () => {
      const rows = await auditOf(key.id);
      return rows.length === 1 && rows[0]?.outcome === 'subscription.ended';
    });
  });
});

describe('limits', () => {
  test('a key over its rate is answered 429 with Retry-After, and other keys are not affected', async () => {
    await using _worker = emptyWorker();
    await using narrow = await bootGateway({ database, nats }, { RATE_PER_KEY: '1' });
    const [busy, calm] = [await makeKey(db, scopes), await makeKey(db, scopes)];
    const list = (key: { text: string }) =>
      rawRequest(narrow, '/trpc/subscriptions.list?input=%7B%7D', {
        headers: { authorization: `Bearer ${key.text}` },
      });
    const answers = await Promise.all(Array.from({ length: 12 }, () => list(busy)));
    const limited = answers.filter((answer) => answer.status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(Number(limited[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await list(calm)).status).toBe(200);
  });

  test('a body above 1 MB is answered 413, with and without a declared length', async () => {
    const key = await makeKey(db, scopes);
    const body = JSON.stringify({ records: 'x'.repeat(1_100_000) });
    const post = (headers: Record<string, string>) =>
      rawRequest(gateway, '/trpc/usage.report', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key.text}`,
          'content-type': 'application/json',
          ...headers,
        },
        body,
      });
    expect((await post({ 'content-length': String(body.length) })).status).toBe(413);
    expect((await post({ 'transfer-encoding': 'chunked' })).status).toBe(413);
  });
});
