import { Client } from 'pg';
import { expect, test } from 'vitest';

import { testDatabase, testNats, testPostgres } from '../src/testing.ts';
import { ask } from './ask.ts';

test('every test database is empty and its services work in their own schema', async () => {
  await using first = await testDatabase();
  await using second = await testDatabase();
  await ask(first.urlFor('landing'), 'CREATE TABLE visits (id int)');
  expect(await ask(first.urlFor('landing'), 'SELECT count(*)::int FROM visits')).toBe(0);
  await expect(ask(second.urlFor('landing'), 'SELECT count(*) FROM visits')).rejects.toMatchObject({
    code: '42P01',
  });
  expect(await ask(first.urlFor('webhook-ingest'), 'SHOW search_path')).toBe('ingest');
});

test('a disposed test database and its connections no longer exist', async () => {
  const database = await testDatabase({ services: ['gateway'] });
  const url = database.urlFor('gateway');
  const client = new Client({ connectionString: url });
  const cut = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database[Symbol.asyncDispose]();
  await cut;
  await expect(ask(url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

test('dropped connections are cut, and new ones are accepted', async () => {
  await using database = await testDatabase({ services: ['gateway'] });
  const client = new Client({ connectionString: database.urlFor('gateway') });
  const cut = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.dropConnections();
  await cut;
  expect(await ask(database.urlFor('gateway'), 'SELECT 1')).toBe(1);
});

test('a test can kill and restart its own PostgreSQL, and the data is still there', async () => {
  await using postgres = await testPostgres({ services: ['billing-sync'] });
  const url = postgres.urlFor('billing-sync');
  await ask(url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await postgres.kill();
  await expect(ask(url, 'SELECT n FROM kept')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await postgres.restart();
  expect(await ask(url, 'SELECT n FROM kept')).toBe(7);
});

test('two nats-servers of tests run at the same time and restart on their ports', async () => {
  await using first = await testNats();
  await using second = await testNats();
  expect(first.url).not.toBe(second.url);
  await first.kill();
  await first.restart();
  await first.restart();
});
