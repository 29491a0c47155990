import { PATIENCE_MS } from '@landfall/config/patience';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSilentProxy } from '@landfall/servers/silent-proxy';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { inTransaction, openDatabase, withOneRepeat } from '../src/database/database.ts';
import { testLog, type TestTables } from './fixture.ts';

const STATEMENT_TIMEOUT_MS = 1000;

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase({ services: ['landing'] });
});
afterAll(() => server[Symbol.asyncDispose]());

function open(url: string, maxConnections: number) {
  return openDatabase<TestTables>({
    url,
    service: 'landing',
    log: testLog(),
    maxConnections,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
}

test(
  'a statement on a silent connection is a fault, and the pool can open another connection',
  async () => {
    await using proxy = await startSilentProxy(server.urlFor('landing'));
    await using database = await open(proxy.url, 1);
    const one = () => sql<{ one: number }>`select 1 as one`.execute(database.kysely);
    await one();
    expect(proxy.fallSilent()).toBe(1);

    await expect(one()).rejects.toMatchObject({ code: 'database.unavailable', retry: 'later' });

    expect((await one()).rows).toEqual([{ one: 1 }]);
  },
  PATIENCE_MS,
);

test(
  'after one silent connection, idle ones are replaced too: a single repetition succeeds',
  async () => {
    await using proxy = await startSilentProxy(server.urlFor('landing'));
    await using database = await open(proxy.url, 4);
    const slowly = () => sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.1)`;
    await Promise.all([1, 2, 3, 4].map(() => slowly().execute(database.kysely)));
    expect(database.pool.totalCount).toBe(4);
    expect(proxy.fallSilent()).toBe(4);

    const { rows } = await withOneRepeat(() => slowly().execute(database.kysely));

    expect(rows).toHaveLength(1);
  },
  PATIENCE_MS,
);

test(
  'a transaction fails and is undone when its connection falls silent',
  async () => {
    await using proxy = await startSilentProxy(server.urlFor('landing'));
    await using database = await open(proxy.url, 1);
    await sql`create table kept (id int)`.execute(database.kysely);

    const broken = inTransaction(database, async (trx) => {
      await sql`insert into kept values (1)`.execute(trx);
      proxy.fallSilent();
      await sql`insert into kept values (2)`.execute(trx);
    });

    await expect(broken).rejects.toMatchObject({ code: 'database.unavailable' });
    expect((await sql`select id from kept`.execute(database.kysely)).rows).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  'PostgreSQL ends a slow statement itself, and the connection is kept',
  async () => {
    await using database = await open(server.urlFor('landing'), 1);
    const pid = async () =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.kysely)).rows;
    const before = await pid();

    const slow = sql`select pg_sleep(60)`.execute(database.kysely);

    await expect(slow).rejects.toMatchObject({ code: 'database.unavailable' });
    expect(await pid()).toEqual(before);
  },
  PATIENCE_MS,
);

test(
  'an idle connection does not count as silent',
  async () => {
    await using database = await open(server.urlFor('landing'), 1);
    const client = await database.pool.connect();
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    const startedAt = performance.now();

    await until('it has rested for longer than a statement may take', () => {
      return performance.now() - startedAt > 2 * STATEMENT_TIMEOUT_MS;
    });

    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(errors).toEqual([]);
    client.release();
  },
  PATIENCE_MS,
);

test(
  'a pool with silent connections can be closed',
  async () => {
    await using proxy = await startSilentProxy(server.urlFor('landing'));
    const database = await open(proxy.url, 1);
    proxy.fallSilent();

    await expect(database[Symbol.asyncDispose]()).resolves.toBeUndefined();
  },
  PATIENCE_MS,
);
