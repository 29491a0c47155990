import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Db } from '../src/db/schema.ts';
import { bootGateway, makeKey, openGatewayDatabase, type Gateway } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  db = await openGatewayDatabase(database);
});
afterAll(async () => {
  for (const part of [gateway, db, nats, database]) await part[Symbol.asyncDispose]();
});

test('five hundred refused calls of a key leave a limited number of audit rows and the exact count', async () => {
  const key = await makeKey(db, ['usage:read']);
  const attempt = () =>
    fetch(`${gateway.url}/trpc/policies.put`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' },
      body: '{}',
    });
  // A few at a time, because this test is not about the rate limit of the key.
  for (let tried = 0; tried < 500; tried += 25) {
    const answers = await Promise.all(Array.from({ length: 25 }, attempt));
    for (const { status } of answers) expect(status).toBe(403);
  }

  const audited = async () => {
    const rows = await db.kysely
      .selectFrom('auditLog')
      .select(['times', 'outcome'])
      .where('keyId', '=', key.id)
      .execute();
    return { rows: rows.length, times: rows.reduce((sum, { times }) => sum + times, 0) };
  };
  await expect.poll(async () => (await audited()).times, { timeout: 60_000 }).toBe(500);
  // Fifty, and any that were written at the same moment as the fiftieth.
  expect((await audited()).rows).toBeLessThan(200);
});

test('calls of procedures that do not exist do not fill the audit log, however long and however many', async () => {
  const key = await makeKey(db, ['usage:read'], 'contoso');
  const invented = (number: number) =>
    fetch(`${gateway.url}/trpc/usage.${randomBytes(3_000).toString('hex')}${number}?input={}`, {
      headers: { authorization: `Bearer ${key.text}` },
    });
  const audited = () =>
    db.kysely
      .selectFrom('auditLog')
      .select(['times', 'procedure'])
      .where('keyId', '=', key.id)
      .execute();
  const times = async () => (await audited()).reduce((sum, row) => sum + row.times, 0);
  for (let tried = 0; tried < 100; tried += 25) {
    const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => invented(index)));
    for (const { status } of answers) expect(status).toBe(404);
    await expect.poll(times, { timeout: 60_000 }).toBe(tried + 25);
  }
  const rows = await audited();
  expect(rows.every(({ procedure }) => procedure === 'unknown')).toBe(true);
  expect(rows.length).toBeLessThan(90);
});
