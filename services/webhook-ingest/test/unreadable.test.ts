import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import { testAuthority, type TestAuthority } from './authority.ts';
import {
  bootIngest,
  deliver,
  listenToFacts,
  msPastHourEnd,
  notification,
  serveDecisions,
  storedRows,
  testBus,
  type Ingest,
} from './fixture.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let ingest: Ingest;
let facts: AsyncDisposable & { readonly seen: NotificationReceived[] };
let token: string;
/** How far the service's clock is ahead of ours, so that the tests need not wait for minutes. */
let aheadMs: number;

beforeEach(async () => {
  aheadMs = msPastHourEnd();
  [database, nats, authority] = await Promise.all([
    testDatabase({ services: ['webhook-ingest'] }),
    testNats(),
    testAuthority(),
  ]);
  const now = () => new Date(Date.now() + aheadMs);
  ingest = await bootIngest({ database, nats, issuer: authority, now });
  bus = await testBus(nats);
  facts = await listenToFacts(bus);
  token = await authority.token();
});

afterEach(async () => {
  for (const part of [facts, bus, ingest, nats, database, authority]) {
    await part[Symbol.asyncDispose]();
  }
});

/** A worker that starts reconciliations. A test sets whether its rules could refuse. */
function serveWorker(options: { mayRefuse?: () => boolean } = {}) {
  const reconciled: (string | undefined)[] = [];
  const refuse = async () => ({ answer: 'refuse', reason: 'rule:x' }) as const;
  const serving = serveDecisions(bus, refuse, {
    ...options,
    reconcile: async ({ publisherId }) => {
      reconciled.push(publisherId);
      return {
        runId: randomUUID(),
        state: 'running',
        dryRun: false,
        startedAt: new Date().toISOString(),
        listed: 0,
        unchanged: 0,
        drifted: 0,
        healed: 0,
        errors: 0,
        findings: [],
        coverage: {
          pages: 0,
          isListComplete: false,
          localOnly: 0,
          askedOperations: 0,
          resumed: 0,
          begunAnew: 0,
        },
      };
    },
  });
  return { reconciled, [Symbol.asyncDispose]: () => serving[Symbol.asyncDispose]() };
}

async function send(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(`${ingest.url}/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...headers,
    },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
  return response.status;
}

describe('a compressed body', () => {
  test.each([
    ['gzip', gzipSync, { 'content-encoding': 'gzip' }],
    ['gzip that nothing names', gzipSync, {}],
    ['deflate', deflateSync, { 'content-encoding': 'deflate' }],
    ['brotli', brotliCompressSync, { 'content-encoding': 'br' }],
    ['zstd', zstdCompressSync, { 'content-encoding': 'zstd' }],
    [
      'nothing, although a header says gzip',
      (text: string) => Buffer.from(text),
      { 'content-encoding': 'gzip' },
    ],
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'), {}],
  ] as const)(
    'by %s is refused, accepted and published like a plain one',
    async (_by, pack, headers) => {
      await using _worker = serveWorker();
      const change = notification({ action: 'ChangePlan', status: 'InProgress' });
      expect(await send(pack(JSON.stringify(change)), headers)).toBe(400);
      const renewal = notification({ action: 'Renew' });
      expect(await send(pack(JSON.stringify(renewal)), headers)).toBe(200);
      await until('both facts are published', () => {
        const published = new Set<unknown>(facts.seen.map((fact) => fact.subscriptionId));
        const wanted = new Set([change['subscriptionId'], renewal['subscriptionId']]);
        return published.symmetricDifference(wanted).size === 0;
      });
    },
  );

  test('that would exhaust the memory is not decompressed', async () => {
    await using _worker = serveWorker();
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(bomb)));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect((await storedRows(database))[0]?.problems).toEqual(['body-not-unpacked']);
  });
});

const change = JSON.stringify(notification({ action: 'ChangePlan', status: 'InProgress' }));
const unreadable: readonly (readonly [string, string | Uint8Array])[] = [
  ['a body cut off', change.slice(0, 100)],
  ['a packed body cut off', gzipSync(change).subarray(0, 100)],
  ['no body', ''],
  ['text that is no JSON', '<html>'],
  ['a list', '[1,2]'],
  ['a change without a subscription', JSON.stringify({ id: randomUUID(), action: 'ChangePlan' })],
  [
    'a change with an invalid subscription id',
    JSON.stringify({ id: randomUUID(), action: 'ChangeQuantity', subscriptionId: 'sub-1' }),
  ],
  [
    'a notification without an action',
    JSON.stringify({ id: randomUUID(), subscriptionId: randomUUID() }),
  ],
];

describe('a call that cannot be judged', () => {
  test.each(unreadable)(
    '(%s) is answered 503 if a rule could refuse it, and 200 if none can',
    async (_title, body) => {
      let isStrict = true;
      await using _worker = serveWorker({ mayRefuse: () => isStrict });
      expect(await send(body)).toBe(503);
      expect(await storedRows(database)).toMatchObject([
        { verdict: 'undecided', reason: 'unreadable' },
      ]);
      isStrict = false;
      expect(await send(body)).toBe(200);
      expect(await storedRows(database)).toMatchObject([{ verdict: 'accepted', deliveries: 2 }]);
    },
  );

  test('is answered 503 while the worker cannot tell whether a rule could refuse it', async () => {
    expect(await send('{"action": oops')).toBe(503);
  });
});

describe('a reconciliation', () => {
  test('starts once in ten minutes for all unreadable calls of a publisher, and again for later ones', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'landfall-unreadable-'));
    const publishersFile = path.join(folder, 'publishers.json');
    const other = { tenantId: randomUUID(), clientId: randomUUID() };
    const { tenantId, clientId } = authority;
    const publishers = [
      { publisherId: 'flooded', tenantId, clientId },
      { publisherId: 'quiet', ...other },
    ];
    await writeFile(publishersFile, JSON.stringify({ publishers }));
    const now = () => new Date(Date.now() + aheadMs);
    await ingest[Symbol.asyncDispose]();
    await using both = await bootIngest({ database, nats, issuer: authority, publishersFile, now });
    await using worker = serveWorker();
    const begun = (publisherId: string) =>
      worker.reconciled.filter((named) => named === publisherId).length;
    const issuer = `${authority.url}/${other.tenantId}/v2.0`;
    const quiet = await authority.token({ aud: other.clientId, tid: other.tenantId, iss: issuer });
    const flood = async (calls: number) => {
      for (let call = 0; call < calls; call += 1) await deliver(both, token, `{${randomUUID()}`);
    };

    await flood(1);
    await until('a reconciliation of flooded has started', () => begun('flooded') === 1);
    aheadMs += 5 * MINUTE_MS;
    await flood(50);
    await deliver(both, quiet, 'broken');
    await until('a reconciliation of quiet has started', () => begun('quiet') === 1);
    await flood(1);
    expect(begun('flooded')).toBe(1);

    aheadMs += 6 * MINUTE_MS;
    await until('every call is reconciled', async () =>
      (await storedRows(database)).every((row) => row.reconciled_at !== null),
    );
    expect([begun('flooded'), begun('quiet')]).toEqual([2, 1]);
    await rm(folder, { recursive: true });
  });

  test('starts when the worker is back, for calls that arrived while it was down', async () => {
    expect(await send('{"id": oops')).toBe(503);
    await using worker = serveWorker();
    await until('a reconciliation has started', () => worker.reconciled.length === 1);
  });

  test('does not start for a notification that names its subscription', async () => {
    await using worker = serveWorker();
    const body = notification();
    expect(await send(JSON.stringify(body))).toBe(200);
    await until('the facts are published', () => facts.seen.length === 1);
    expect(await send('broken')).toBe(200);
    await until('a reconciliation has started', () => worker.reconciled.length === 1);
  });
});
