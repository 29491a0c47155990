import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rejection } from '@landfall/contracts/rejections';
import { Fault } from '@landfall/domain/fault';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveFulfillment,
  testBus,
  type Gateway,
} from './fixture.ts';

let resources: AsyncDisposableStack;
let gateway: Gateway;
let db: Db;
let apiKey: string;
/** Subscriptions whose cancellation reached the worker, once for each time. */
let reached: string[] = [];
/** What the worker does with a cancellation. */
let cancel: (subscriptionId: string) => Promise<Rejection | undefined> = async () => undefined;

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await testDatabase({ services: ['gateway'] }));
  const nats = opened.use(await testNats());
  gateway = opened.use(await bootGateway({ database, nats }));
  db = opened.use(await openGatewayDatabase(database));
  apiKey = (await makeKey(db, ['subscriptions:write', 'destinations:write'])).text;
  const bus = opened.use(await testBus(nats));
  opened.use(
    serveFulfillment(bus, {
      subscriptions: {
        cancel: async ({ subscriptionId }) => {
          reached.push(subscriptionId);
          const rejection = await cancel(subscriptionId);
          return rejection ?? { changeId: randomUUID(), state: 'requested' };
        },
      },
      destinations: {
        rotateSecret: async ({ destinationId }) => ({
          destination: {
            id: destinationId,
            label: 'product',
            channel: 'product' as const,
            recipients: [],
            matterKinds: [],
            severities: [],
            language: 'en' as const,
            digest: 'at-once' as const,
            digestHour: 8,
            timeZone: 'UTC',
            quietHours: null,
            url: 'https://app.contoso.com/hooks',
            types: [],
            offerIds: [],
            isOrdered: false,
            state: 'enabled' as const,
            secrets: [],
            createdAt: '2026-11-03T10:00:00.000Z',
          },
          secret: 'whsec_of-this-test',
        }),
      },
    }),
  );
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

async function post(path: string, body: object, options: { key: string; as?: string }) {
  const { key, as = apiKey } = options;
  const answer = await rawRequest(gateway, path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${as}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
}

const cancelOf = (id: string, options: { key: string; as?: string }, approvedBy = 'ada') =>
  post(`/v1/subscriptions/${id}/cancel`, { approvedBy }, options);

test('a repeated command gets the first answer and is carried out once, over REST and tRPC', async () => {
  reached = [];
  const first = await cancelOf('a', { key: 'k-1' });
  const again = await cancelOf('a', { key: 'k-1' });
  const overTrpc = await post(
    '/trpc/subscriptions.cancel',
    { approvedBy: 'ada', subscriptionId: 'a' },
    { key: 'k-1' },
  );

  expect(first.status).toBe(200);
  expect(again).toEqual(first);
  expect(overTrpc.json).toEqual({ result: { data: first.json } });
  expect(reached).toEqual(['a']);
});

test('a key is for one call: other input is refused, and other callers have keys of their own', async () => {
  reached = [];
  const other = (await makeKey(db, ['subscriptions:write'])).text;
  await cancelOf('b', { key: 'k-2' });

  const otherInput = await cancelOf('b', { key: 'k-2' }, 'ben');
  const otherCaller = await cancelOf('b', { key: 'k-2', as: other });

  expect(otherInput).toMatchObject({ status: 422, json: { rejection: 'idempotency.reused' } });
  expect(otherCaller.status).toBe(200);
  expect(reached).toEqual(['b', 'b']);
});

test('a repeat of a command that is still running is refused as in progress', async () => {
  reached = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  cancel = () => promise;
  const first = cancelOf('c', { key: 'k-3' });
  await until('the worker has the call', async () => reached.length === 1);

  const again = await cancelOf('c', { key: 'k-3' });
  resolve(undefined);

  expect(again).toMatchObject({ status: 409, json: { rejection: 'idempotency.in-progress' } });
  expect((await first).status).toBe(200);
});

test('a rejection is kept, and a fault is not', async () => {
  reached = [];
  cancel = async () => new Rejection('subscription.ended', 'It has ended.');
  const refused = await cancelOf('d', { key: 'k-4' });
  cancel = async () => {
    throw new Fault('marketplace.away', 'away', { retry: 'later' });
  };
  const failed = await cancelOf('e', { key: 'k-5' });
  cancel = async () => undefined;

  expect(await cancelOf('d', { key: 'k-4' })).toMatchObject({
    status: 409,
    json: { rejection: 'subscription.ended', detail: refused.json['detail'] },
  });
  expect(failed.status).toBe(503);
  expect((await cancelOf('e', { key: 'k-5' })).status).toBe(200);
  expect(reached).toEqual(['d', 'e', 'e']);
});

test('a call that a crash interrupted runs again once its lease has ended', async () => {
  reached = [];
  cancel = async () => undefined;
  await cancelOf('f', { key: 'k-6' });
  await db.kysely
    .updateTable('idempotentCalls')
    .set({ outcome: null, leasedUntil: sql<Date>`now() - interval '1 second'` })
    .where('key', '=', 'k-6')
    .execute();

  expect((await cancelOf('f', { key: 'k-6' })).status).toBe(200);
  expect(reached).toEqual(['f', 'f']);
});

test('an answer with a secret is never stored, and a repeat says what to do', async () => {
  const path = `/v1/destinations/${randomUUID()}/rotate-secret`;
  const first = await post(path, {}, { key: 'k-7' });
  const again = await post(path, {}, { key: 'k-7' });

  expect(first.json['secret']).toBe('whsec_of-this-test');
  expect(again).toMatchObject({ status: 409, json: { rejection: 'idempotency.secret-shown' } });
  const rows = await db.kysely.selectFrom('idempotentCalls').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain('whsec_of-this-test');
});

test('a key for several calls in one request, or a key that is no text, is refused', async () => {
  const batch = await rawRequest(
    gateway,
    '/trpc/subscriptions.cancel,subscriptions.cancel?batch=1',
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': 'k-8',
      },
      body: JSON.stringify({
        0: { subscriptionId: 'g', approvedBy: 'ada' },
        1: { subscriptionId: 'h', approvedBy: 'ada' },
      }),
    },
  );
  const long = await cancelOf('i', { key: 'x'.repeat(201) });

  expect(batch.status).toBe(400);
  expect(batch.body).toContain('Send the command in a request of its own');
  expect(long.status).toBe(400);
});
