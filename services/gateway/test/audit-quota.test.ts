import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Db } from '../src/db/schema.ts';
import { runUpkeep } from '../src/audit/upkeep.ts';
import { bootGateway, makeKey, openGatewayDatabase, silent, type Gateway } from './fixture.ts';

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

function entriesOf({ id }: { id: string }) {
  return db.kysely
    .selectFrom('auditEntries')
    .select(['times', 'procedure'])
    .where('actor', '=', `key ${id}`)
    .execute();
}

/** Entries, and what is only counted. */
async function timesOf({ id }: { id: string }): Promise<number> {
  const counted = await db.kysely
    .selectFrom('auditRefusals')
    .select('times')
    .where('actor', '=', `key ${id}`)
    .execute();
  const all = [...(await entriesOf({ id })), ...counted];
  return all.reduce((sum, { times }) => sum + times, 0);
}

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

  await expect.poll(() => timesOf(key)).toBe(500);
  const entries = await entriesOf(key);
  // Fifty in each hour, and the test may run at the end of one.
  expect(entries.length).toBeLessThanOrEqual(100);

  const anHourLater = new Date(Date.now() + 60 * 60 * 1000);
  const upkeep = {
    db,
    log: silent,
    machineNow: () => anHourLater,
    config: { KEEP_AUDIT_DAYS: 400 },
  };
  await runUpkeep(upkeep, new AbortController().signal);
  const all = await entriesOf(key);
  expect(all.reduce((sum, { times }) => sum + times, 0)).toBe(500);
  expect(all.length - entries.length).toBeLessThanOrEqual(2);
});

test('calls of procedures that do not exist do not fill the audit log, however long and however many', async () => {
  const key = await makeKey(db, ['usage:read'], 'contoso');
  const invented = (number: number) =>
    fetch(`${gateway.url}/trpc/usage.${randomBytes(3_000).toString('hex')}${number}?input={}`, {
      headers: { authorization: `Bearer ${key.text}` },
    });
  for (let tried = 0; tried < 100; tried += 25) {
    const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => invented(index)));
    for (const { status } of answers) expect(status).toBe(404);
    await expect.poll(() => timesOf(key)).toBe(tried + 25);
  }
  const entries = await entriesOf(key);
  expect(entries.every(({ procedure }) => procedure === 'unknown')).toBe(true);
  expect(entries.length).toBeLessThan(90);
});
