import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { testAuthority, type TestAuthority } from './authority.ts';
import {
  bootIngest,
  deliver,
  listenToFacts,
  notification,
  operatorClient,
  serveDecisions,
  storedRows,
  testBus,
  type Decide,
  type Ingest,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let ingest: Ingest;
let folder: string;
let aheadMs = 0;

const b = { tenantId: randomUUID(), clientId: randomUUID() };

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  folder = await mkdtemp(path.join(tmpdir(), 'landfall-publishers-'));
  const publishersFile = path.join(folder, 'publishers.json');
  const { tenantId, clientId } = authority;
  // A service that only verifies callers gets no credentials.
  const publishers = [
    { publisherId: 'a', tenantId, clientId },
    { publisherId: 'b', ...b },
  ];
  await writeFile(publishersFile, JSON.stringify({ publishers }));
  const now = () => new Date(Date.now() + aheadMs);
  ingest = await bootIngest({ database, nats, issuer: authority, publishersFile, now });
  bus = await testBus(nats);
});

afterAll(async () => {
  for (const part of [ingest, bus, nats, database, authority]) await part[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const tokenOf = {
  a: () => authority.token(),
  b: () =>
    authority.token({
      aud: b.clientId,
      tid: b.tenantId,
      iss: `${authority.url}/${b.tenantId}/v2.0`,
    }),
};

test('each notification is stored and published with the publisher whose webhook was called', async () => {
  await using facts = await listenToFacts(bus);
  const [toA, toB] = [notification(), notification()];
  expect((await deliver(ingest, await tokenOf.a(), toA)).status).toBe(200);
  expect((await deliver(ingest, await tokenOf.b(), toB)).status).toBe(200);
  const publisherOf = new Map(
    (await storedRows(database)).map((row) => [row.operation_id, row.publisher_id]),
  );
  expect(publisherOf.get(String(toA['id']))).toBe('a');
  expect(publisherOf.get(String(toB['id']))).toBe('b');
  await expect.poll(() => facts.seen.length).toBe(2);
  const published = new Map(facts.seen.map((fact) => [fact.operationId, fact.publisherId]));
  expect(published.get(String(toA['id']))).toBe('a');
  expect(published.get(String(toB['id']))).toBe('b');
  const { items } = await operatorClient(bus).notifications.list.query({
    subscriptionId: String(toB['subscriptionId']),
  });
  expect(items).toMatchObject([{ publisherId: 'b' }]);
});

test('the same operation with a token of another publisher does not replace the genuine one', async () => {
  await using facts = await listenToFacts(bus);
  const genuine = notification();
  for (const token of [tokenOf.a, tokenOf.b, tokenOf.b]) {
    expect((await deliver(ingest, await token(), genuine)).status).toBe(200);
  }
  const rows = (await storedRows(database)).filter((row) => row.operation_id === genuine['id']);
  expect(
    rows.map((row) => [row.publisher_id, row.deliveries]).toSorted((l, r) => (l < r ? -1 : 1)),
  ).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  await expect
    .poll(() =>
      facts.seen
        .filter(({ operationId }) => operationId === genuine['id'])
        .map(({ publisherId }) => publisherId)
        .toSorted((left = '', right = '') => left.localeCompare(right)),
    )
    .toEqual(['a', 'b']);
});

test('a decision is requested for the publisher whose webhook was called', async () => {
  const asked: (string | undefined)[] = [];
  const decide: Decide = async ({ publisherId }) => {
    asked.push(publisherId);
    return { answer: 'accept' };
  };
  await using _worker = serveDecisions(bus, decide);
  const change = notification({ action: 'ChangePlan', status: 'InProgress' });
  expect((await deliver(ingest, await tokenOf.b(), change)).status).toBe(200);
  expect(asked).toEqual(['b']);
});

async function refusedRecently(): Promise<number> {
  // Readings are cached for some seconds.
  aheadMs += 6_000;
  const text = await (await fetch(`${ingest.url}/metrics`)).text();
  return Number(/^landfall_webhook_refused_recently (\d+)$/m.exec(text)?.[1]);
}

test('a publisher with only refused callers raises an alert, although calls of another one pass', async () => {
  const refused = await authority.token({ aud: b.clientId, tid: randomUUID() });
  for (const token of [refused, await tokenOf.a(), refused, await tokenOf.a()]) {
    await deliver(ingest, token, notification());
  }
  expect(await refusedRecently()).toBe(2);
  await deliver(ingest, await tokenOf.b(), notification());
  expect(await refusedRecently()).toBe(0);
});

test('a token with the tenant of one publisher and the application of another is refused and leaves no row', async () => {
  const { tenantId, clientId } = authority;
  const mixed = [
    await authority.token({ aud: b.clientId }),
    await authority.token({
      aud: clientId,
      tid: b.tenantId,
      iss: `${authority.url}/${b.tenantId}/v2.0`,
    }),
    // Tenant and application fit, but the issuer is the tenant of the other publisher.
    await authority.token({
      aud: b.clientId,
      tid: b.tenantId,
      iss: `${authority.url}/${tenantId}/v2.0`,
    }),
  ];
  const before = (await storedRows(database)).length;
  for (const token of mixed) {
    expect((await deliver(ingest, token, notification())).status).toBe(401);
  }
  expect(await storedRows(database)).toHaveLength(before);
});
