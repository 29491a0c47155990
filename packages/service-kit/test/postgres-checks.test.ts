import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';
import { runChecks } from '../src/checks/checks.ts';
import { postgresChecks } from '../src/checks/postgres.ts';
import { migrate, openDatabase, type Database } from '../src/database/database.ts';
import { createLogger } from '../src/log/log.ts';

const log = createLogger('test', 'silent');
const service = 'landing';
const migrations = { '0001-first': { up: async () => {} } };

let database: TestDatabase;
let db: Database<object>;
beforeAll(async () => {
  database = await testDatabase({ services: [service] });
  db = await openDatabase({ url: database.urlFor(service), service, log });
  await migrate(db, migrations);
});
afterAll(async () => {
  for (const each of [db, database]) await each[Symbol.asyncDispose]();
});

async function found(check: string, changes: Partial<Parameters<typeof postgresChecks>[0]> = {}) {
  const checks = postgresChecks({
    database: db,
    migrations,
    machineNow: () => new Date(),
    ...changes,
  });
  return (await runChecks(checks, { service, log })).find((one) => one.check === check);
}

test("the service's own role is in order, and a superuser is not", async () => {
  expect(await found('postgres.role')).toMatchObject({ severity: 'ok' });

  const url = new URL(database.adminUrl);
  await using admin = await openDatabase({ url: url.href, service, log });
  const role = await found('postgres.role', { database: admin });
  expect(role).toMatchObject({ severity: 'warning' });
  expect(role?.finding).toContain('superuser');
});

test('a schema without the last migration, and one of a newer version, are found', async () => {
  expect(await found('postgres.schema')).toMatchObject({ severity: 'ok' });
  const newer = { ...migrations, '0002-second': { up: async () => {} } };
  expect(await found('postgres.schema', { migrations: newer })).toMatchObject({
    severity: 'error',
    finding: 'The schema lacks 0002-second.',
  });

  await migrate(db, newer);
  expect(await found('postgres.schema')).toMatchObject({
    severity: 'notice',
    finding: 'The schema is newer than this process: it also has 0002-second.',
  });
});

test('a server that confirms rows before they are on the disk is found', async () => {
  const { rows } = await db.pool.query<{ fsync: string }>('show fsync');
  const isDurable = rows[0]?.fsync === 'on';
  expect((await found('postgres.durability'))?.severity).toBe(isDurable ? 'ok' : 'error');

  await db.pool.query('alter role current_user set synchronous_commit = off');
  await using later = await openDatabase({ url: database.urlFor(service), service, log });
  const durability = await found('postgres.durability', { database: later });
  expect(durability?.severity).toBe('error');
  expect(durability?.finding).toContain('synchronous_commit');
  await db.pool.query('alter role current_user reset synchronous_commit');
});

test('the server, its connections and its clock are reported', async () => {
  for (const check of ['postgres.server', 'postgres.connections', 'clock.postgres']) {
    expect(await found(check)).toMatchObject({ severity: 'ok' });
  }
});

test.each([
  [-120_000, 'error', /is 1(19|20)\.\d seconds behind/],
  [120_000, 'error', /is 1(19|20)\.\d seconds ahead of/],
  [-5_000, 'warning', /is [45]\.\d seconds behind/],
  [-400, 'ok', /agrees/],
] as const)('a clock that is off by %i ms is %s', async (offMs, severity, finding) => {
  const machineNow = () => new Date(Date.now() + offMs);
  const clock = await found('clock.postgres', { machineNow });
  expect(clock).toMatchObject({ severity });
  expect(clock?.finding).toMatch(finding);
});

test('a database that is away makes its checks unknown, not good', async () => {
  const gone = await openDatabase({ url: database.urlFor(service), service, log });
  await gone[Symbol.asyncDispose]();
  for (const check of ['postgres.server', 'postgres.schema', 'clock.postgres']) {
    expect(await found(check, { database: gone })).toMatchObject({ severity: 'unknown' });
  }
});
