import { createServer } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned } from '@landfall/servers/self-signed';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import { bootGateway, makeKey, openGatewayDatabase, rawRequest } from './fixture.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const DAY_MS = 24 * 60 * 60_000;

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
});
afterAll(async () => {
  for (const each of [ingest, db, nats, database]) await each?.[Symbol.asyncDispose]();
});

/** Waits until a metric of the gateway has a value. */
async function valueOf(
  gateway: { metricsUrl: string },
  metric: string,
  wanted: (value: number) => boolean,
) {
  return await until(`${metric} has the value`, async () => {
    const text = await (await fetch(gateway.metricsUrl)).text();
    const [, value] = new RegExp(`^${metric} (\\S+)$`, 'm').exec(text) ?? [];
    return value !== undefined && wanted(Number(value)) && { value: Number(value) };
  });
}

test("calls of Microsoft that fail on our side are counted, and strangers' refused calls are not", async () => {
  await using gateway = await bootGateway({ database, nats, ingest: ingest.url });
  const call = () => rawRequest(gateway, '/webhook', { method: 'POST', body: '{}' });
  ingest.answerWith((_req, res) => res.writeHead(401).end());
  expect((await call()).status).toBe(401);
  ingest.answerWith((_req, res) => res.writeHead(503).end());
  for (let calls = 0; calls < 3; calls += 1) expect((await call()).status).toBe(503);

  await valueOf(gateway, 'landfall_webhook_failed_recently', (value) => value === 3);
});

test("the end of the public address's certificate is reported, although nobody trusts it here", async () => {
  const { certificate, privateKey } = selfSigned(new Date(Date.now() + 10 * DAY_MS));
  const server = createServer({ cert: certificate, key: privateKey }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await using gateway = await bootGateway(
      { database, nats },
      { PUBLIC_URL: `https://localhost:${port}` },
    );
    const { value } = await valueOf(gateway, 'landfall_certificate_days_left', () => true);
    expect(value).toBeGreaterThan(9.9);
    expect(value).toBeLessThanOrEqual(10);
  } finally {
    server.close();
  }
});

test('the age of the last backup counts from the installation until one is recorded', async () => {
  db = await openGatewayDatabase(database);
  await makeKey(db, ['health:write']);
  await db.pool.query(`update api_keys set created_at = now() - interval '3 days'`);
  await using gateway = await bootGateway({ database, nats });
  const days = (least: number) => (seconds: number) =>
    seconds * 1000 > least * DAY_MS && seconds * 1000 < (least + 0.1) * DAY_MS;
  await valueOf(gateway, 'landfall_backup_age_seconds', days(3));

  await db.pool.query(
    `insert into backups (taken_at, recorded_at, was_restored, recorded_by)
      values (now() - interval '1 day', now(), false, 'test')`,
  );

  await valueOf(gateway, 'landfall_backup_age_seconds', days(1));
});
