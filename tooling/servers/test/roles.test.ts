import { randomBytes } from 'node:crypto';

import { services } from '@landfall/contracts/services';
import { expect, inject, test } from 'vitest';

import { provisionRoles, withDatabase } from '@landfall/provisioning/roles';
import { testDatabase } from '../src/testing.ts';
import { ask } from './ask.ts';

const denied = { code: '42501' };
const server = inject('postgres');

function unique(prefix: string): string {
  return `${prefix}_${randomBytes(4).toString('hex')}`;
}

/** Two services whose roles no other test uses, so that a test affects only itself. */
function twoServices() {
  const tag = unique('');
  return ['north', 'south'].map((name) => ({
    name,
    schema: name,
    role: `${name}${tag}`,
    password: 'first',
  }));
}

async function login(attributes: string): Promise<string> {
  const name = unique('admin');
  await ask(server.adminUrl, `CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${attributes}`);
  const url = new URL(server.adminUrl);
  url.username = name;
  url.password = 'secret';
  return url.href;
}

test("no service can read, write or enter another's schema, nor use public", async () => {
  await using database = await testDatabase();
  for (const { name, schema } of services) {
    await ask(database.urlFor(name), `CREATE TABLE ${schema}.own (id int)`);
  }
  for (const { name, schema } of services) {
    const url = database.urlFor(name);
    for (const other of services.filter((service) => service.name !== name)) {
      await expect(ask(url, `SELECT * FROM ${other.schema}.own`)).rejects.toMatchObject(denied);
      const intrusion = ask(url, `CREATE TABLE ${other.schema}.intruder (id int)`);
      await expect(intrusion).rejects.toMatchObject(denied);
    }
    await expect(ask(url, 'CREATE TABLE public.t (id int)')).rejects.toMatchObject(denied);
    await expect(ask(url, 'CREATE SCHEMA another')).rejects.toMatchObject(denied);
    await expect(ask(url, 'CREATE TEMP TABLE t (id int)')).rejects.toMatchObject(denied);
    expect(await ask(url, 'SELECT count(*)::int FROM own')).toBe(0);
    expect(await ask(url, `SELECT current_schema()`)).toBe(schema);
  }
});

test('another login of the same server cannot connect', async () => {
  await using database = await testDatabase();
  const stranger = withDatabase(await login(''), new URL(database.adminUrl).pathname.slice(1));
  await expect(ask(stranger, 'SELECT 1')).rejects.toMatchObject(denied);
});

test('eight concurrent provisionings give one working result', async () => {
  const wanted = { database: unique('parallel'), services: twoServices() };
  const all = await Promise.all(
    Array.from({ length: 8 }, () => provisionRoles(server.adminUrl, wanted)),
  );
  expect(new Set(all.map((urls) => JSON.stringify(urls))).size).toBe(1);
  for (const url of Object.values(all[0]!)) expect(await ask(url, 'SELECT 1')).toBe(1);
});

test('repeating it keeps the data and sets a changed password', async () => {
  const wanted = { database: unique('again'), services: twoServices() };
  const first = await provisionRoles(server.adminUrl, wanted);
  await ask(first['north']!, 'CREATE TABLE kept AS SELECT 3 AS n');
  const changed = wanted.services.map((service) => Object.assign(service, { password: 'p@ss/2' }));
  const second = await provisionRoles(server.adminUrl, { ...wanted, services: changed });
  expect(await ask(second['north']!, 'SELECT n FROM kept')).toBe(3);
  await expect(ask(first['north']!, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

test('an admin without superuser rights can prepare everything', async () => {
  const admin = await login('CREATEDB CREATEROLE');
  const wanted = { database: unique('managed'), services: twoServices() };
  const urls = await provisionRoles(admin, wanted);
  await ask(urls['north']!, 'CREATE TABLE own (id int)');
  await expect(ask(urls['south']!, 'SELECT * FROM north.own')).rejects.toMatchObject(denied);
  await provisionRoles(admin, wanted);
});

test('a database that a DBA has prepared needs no rights', async () => {
  const wanted = { database: unique('prepared'), services: twoServices() };
  await provisionRoles(server.adminUrl, wanted);
  const guest = await login('');
  await ask(server.adminUrl, `GRANT CONNECT ON DATABASE ${wanted.database} TO PUBLIC`);
  const urls = await provisionRoles(guest, wanted);
  expect(await ask(urls['south']!, 'SELECT current_schema()')).toBe('south');
});

test('an error about missing rights says what a DBA must do, and contains no password', async () => {
  const wanted = { database: unique('refused'), services: twoServices() };
  const refused = provisionRoles(await login(''), wanted);
  await expect(refused).rejects.toMatchObject({ code: 'not_permitted' });
  await expect(refused).rejects.toThrow(/CREATEROLE/);
  await expect(refused).rejects.not.toThrow(/first|secret/);
});

test('an error about a wrong password is clear, and does not contain it', async () => {
  const url = new URL(await login('CREATEDB CREATEROLE'));
  url.password = 'misspelt';
  const attempt = provisionRoles(url.href, { database: unique('db'), services: twoServices() });
  await expect(attempt).rejects.toMatchObject({
    code: 'not_permitted',
    message: expect.stringMatching(/^(?!.*misspelt).*28P01[^]*DATABASE_URL/s) as unknown,
  });
});

test("in a database with other people's tables, everybody keeps the rights they had", async () => {
  const wanted = { database: unique('theirs'), services: twoServices() };
  await ask(server.adminUrl, `CREATE DATABASE ${wanted.database}`);
  const theirs = withDatabase(server.adminUrl, wanted.database);
  await ask(theirs, 'CREATE TABLE public.orders (id int)');
  await ask(theirs, 'GRANT SELECT ON public.orders TO PUBLIC');
  await provisionRoles(server.adminUrl, wanted);
  const guest = withDatabase(await login(''), wanted.database);
  expect(await ask(guest, 'SELECT count(*)::int FROM public.orders')).toBe(0);
  await expect(ask(guest, 'SELECT * FROM north.x')).rejects.toMatchObject(denied);
});

test('connection parameters of the admin URL are in every service’s URL', async () => {
  const url = `${server.adminUrl}?application_name=checked`;
  const urls = await provisionRoles(url, { database: unique('tls'), services: twoServices() });
  expect(await ask(urls['north']!, 'SHOW application_name')).toBe('checked');
});
