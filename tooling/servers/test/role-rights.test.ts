import { services } from '@landfall/contracts/services';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from '../src/testing.ts';
import { ask } from './ask.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase()));
afterAll(() => database[Symbol.asyncDispose]());

/** What an intruder in one service would try next. PostgreSQL refuses each with "insufficient privilege". */
const attempts: readonly (readonly [what: string, sql: (self: string, other: string) => string])[] =
  [
    ['create a role', () => 'CREATE ROLE intruder LOGIN'],
    ['become another service', (_self, other) => `SET ROLE ${other}`],
    ['take over the objects of another', (self, other) => `REASSIGN OWNED BY ${other} TO ${self}`],
    ["change another's password", (_self, other) => `ALTER ROLE ${other} PASSWORD 'known'`],
    ['become a superuser', (self) => `ALTER ROLE ${self} SUPERUSER`],
    ['create databases', () => 'CREATE DATABASE another'],
    ['read the hashes of passwords', () => 'SELECT rolpassword FROM pg_authid'],
    ['read a file of the server', () => `SELECT pg_read_file('postgresql.conf')`],
    ['write a file of the server', () => `COPY (SELECT 1) TO '/tmp/intruder'`],
    ['run a program on the server', () => `COPY (SELECT 1) TO PROGRAM 'true'`],
    ['load code into the server', () => `LOAD 'plpgsql'`],
    ['change the settings of the server', () => `ALTER SYSTEM SET log_statement = 'all'`],
    ['reload the settings of the server', () => 'SELECT pg_reload_conf()'],
    ['install an extension', () => 'CREATE EXTENSION dblink'],
    ['read replication slots', () => 'SELECT pg_create_physical_replication_slot($$intruder$$)'],
    [
      'end the sessions of others',
      () => `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'`,
    ],
  ];

describe.each(services)('the role of $name', ({ name }) => {
  const other = services.find((service) => service.name !== name)?.role ?? '';

  test.for(attempts)('cannot %s', async ([, sql]) => {
    const url = database.urlFor(name);
    const self = decodeURIComponent(new URL(url).username);
    await expect(ask(url, sql(self, other))).rejects.toMatchObject({ code: '42501' });
  });

  test('has no attribute beyond a login, and is a member of no other role', async () => {
    const url = database.urlFor(name);
    const attributes = `SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
      FROM pg_roles WHERE rolname = current_user`;
    expect(await ask(url, attributes)).toBe(false);
    const memberships = `SELECT count(*)::int FROM pg_auth_members WHERE member = current_user::regrole`;
    expect(await ask(url, memberships)).toBe(0);
  });
});

test('no role sees the statements of another', async () => {
  const [first, second] = [services[0].name, services[1].name];
  const client = new Client({ connectionString: database.urlFor(first) });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const seenBy = (url: string) =>
      ask(url, `SELECT query FROM pg_stat_activity WHERE pid = ${rows[0]?.pid}`);

    expect(await seenBy(database.adminUrl)).toContain('pg_backend_pid');
    expect(await seenBy(database.urlFor(second))).toBe('<insufficient privilege>');
  } finally {
    await client.end();
  }
});
