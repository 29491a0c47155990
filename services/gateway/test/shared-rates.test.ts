import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { createSharedRates } from '../src/limits/shared-rates.ts';
import type { Db } from '../src/db/schema.ts';
import { bootGateway, makeKey, openGatewayDatabase, rawRequest, silent } from './fixture.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let database: TestDatabase;
let nats: TestNats;
let ingest: Upstream;
let db: Db;

beforeAll(async () => {
  [database, nats, ingest] = await Promise.all([
    testDatabase({ services: ['gateway'] }),
    testNats(),
    startUpstream(),
  ]);
  // The first start creates the tables.
  await (await bootGateway({ database, nats }))[Symbol.asyncDispose]();
  db = await openGatewayDatabase(database);
});
afterAll(async () => {
  for (const part of [db, ingest, nats, database]) await part[Symbol.asyncDispose]();
});

/** A rate at which nothing comes back while a test runs. */
const SLOW = 0.001;
const rowsOf = () => db.kysely.selectFrom('rateBuckets').select('name').execute();

test('what one process gives out, another one knows a moment later', async () => {
  await using a = createSharedRates({ db, log: silent });
  await using b = createSharedRates({ db, log: silent });
  const [here, there] = [a.limit('one', 2), b.limit('one', 2)];
  for (let n = 0; n < 10; n += 1) expect(here.take('caller')).toBe(0);
  expect(there.take('caller', 9)).toBe(0);
  await a.sync();
  await b.sync();
  // Ten are allowed in five seconds, and nine too many were given out. By its own count, the second one would have one left.
  expect(there.take('caller')).toBeGreaterThan(0);
  expect(there.take('another')).toBe(0);
});

test('a caller that uses little causes no statement', async () => {
  await using rates = createSharedRates({ db, log: silent });
  const limit = rates.limit('few', 500);
  for (let n = 0; n < 200; n += 1) limit.take('visitor');
  for (let n = 0; n < 300; n += 1) limit.take('busy');
  await rates.sync();
  const names = (await rowsOf()).map(({ name }) => name);
  expect(names).toContain('few busy');
  expect(names).not.toContain('few visitor');
});

test('without PostgreSQL each process limits by itself, and shares what was taken afterwards', async () => {
  const closed = await openGatewayDatabase(database);
  await closed[Symbol.asyncDispose]();
  let current = closed;
  const changing = {
    get kysely() {
      return current.kysely;
    },
  } as Db;
  await using rates = createSharedRates({ db: changing, log: silent });
  const limit = rates.limit('away', SLOW);
  expect(limit.take('caller')).toBe(0);
  await rates.sync();
  expect(limit.take('caller')).toBeGreaterThan(0);
  expect((await rowsOf()).map(({ name }) => name)).not.toContain('away caller');

  current = db;
  await rates.sync();
  expect((await rowsOf()).map(({ name }) => name)).toContain('away caller');
});

test('two gateways share the rate of a key', async () => {
  const env = { RATE_PER_KEY: '2' };
  await using first = await bootGateway({ database, nats }, env);
  await using second = await bootGateway({ database, nats }, env);
  const key = await makeKey(db, scopes);
  const ask = (gateway: typeof first) =>
    rawRequest(gateway, '/trpc/audit.list?input=%7B%7D', {
      headers: { authorization: `Bearer ${key.text}` },
    });
  const used = await Promise.all(Array.from({ length: 20 }, () => ask(first)));
  expect(used.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(10);
  await expect
    .poll(async () => (await rowsOf()).map(({ name }) => name))
    .toContain(`caller ${key.id}`);

  // The second one alone would let ten pass at once.
  expect((await ask(second)).status).toBe(200);
  const refused = await until('the second one refuses a call', async () => {
    const answers = await Promise.all([ask(second), ask(second)]);
    return answers.find(({ status }) => status === 429);
  });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.headers['ratelimit']).toMatch(/^"rate";r=0;t=\d+$/);
});

test('the keys of one publisher share a rate, which leaves the others theirs', async () => {
  await using gateway = await bootGateway({ database, nats }, { RATE_PER_PUBLISHER: '0.001' });
  const ask = async (key: { text: string }) =>
    rawRequest(gateway, '/v1/audit', { headers: { authorization: `Bearer ${key.text}` } });
  const contoso = [await makeKey(db, scopes, 'contoso'), await makeKey(db, scopes, 'contoso')];
  expect((await ask(contoso[0]!)).status).toBe(200);
  const refused = await ask(contoso[1]!);
  expect(refused.status).toBe(429);
  expect(refused.headers['ratelimit']).toMatch(/^"rate";r=0;t=\d+$/);
  expect(refused.body).toContain('this publisher');
  expect((await ask(await makeKey(db, scopes, 'fabrikam'))).status).toBe(200);
});

test('under overload the API is refused, and webhook calls from the same address are served', async () => {
  ingest.answerWith((_req, res) => res.end());
  const env = { RATE_PER_ADDRESS: '1' };
  await using gateway = await bootGateway({ database, nats, ingest: ingest.url }, env);
  const flood = Array.from({ length: 200 }, () => rawRequest(gateway, '/trpc/audit.list'));
  const webhooks = Array.from({ length: 200 }, () =>
    rawRequest(gateway, '/webhook', {
      method: 'POST',
      headers: { authorization: 'Bearer genuine' },
      body: '{}',
    }),
  );
  const refused = (await Promise.all(flood)).filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(180);
  expect(new Set((await Promise.all(webhooks)).map(({ status }) => status))).toEqual(
    new Set([200]),
  );
  // What is counted for webhook calls is in no table.
  expect((await rowsOf()).every(({ name }) => !/token|webhook/.test(name))).toBe(true);
});
