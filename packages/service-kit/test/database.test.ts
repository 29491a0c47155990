import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { databaseFault, inTransaction, migrate, openDatabase } from '../src/database/database.ts';
import { migratedDatabase, migrations, testLog, type TestTables } from './fixture.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

function open(service: 'webhook-ingest' | 'landing') {
  return openDatabase<TestTables>({ url: server.urlFor(service), service, log: testLog() });
}

test('a service works in its own schema as its own role', async () => {
  await using database = await open('landing');
  const { rows } = await sql<{ schema: string; role: string }>`
    select current_schema() as schema, current_user as role
  `.execute(database.kysely);
  expect(rows).toEqual([{ schema: 'landing', role: 'landfall_landing' }]);
});

test("a service cannot read another's schema", async () => {
  await using ingest = await migratedDatabase(server.urlFor('webhook-ingest'));
  await ingest.kysely.insertInto('note').values({ id: 'theirs', text: 'x' }).execute();
  await using landing = await open('landing');
  await expect(sql`select * from ingest.note`.execute(landing.kysely)).rejects.toMatchObject({
    code: '42501',
  });
});

test("a role without its service's schema is refused at the start", async () => {
  const wrong = openDatabase({
    url: server.urlFor('landing'),
    service: 'webhook-ingest',
    log: testLog(),
  });
  await expect(wrong).rejects.toMatchObject({ code: 'database.schema-missing', retry: 'never' });
});

test('a wrong password is refused at once, with the reason', async () => {
  const url = new URL(server.urlFor('landing'));
  url.password = 'not-the-password';
  const startedAt = performance.now();
  const wrong = openDatabase({ url: url.href, service: 'landing', log: testLog() });
  await expect(wrong).rejects.toMatchObject({ code: 'database.refused', retry: 'never' });
  // It would wait up to a minute for an unavailable database.
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

test('several processes that migrate at once run each migration once', async () => {
  await using fresh = await testDatabase({ services: ['landing'] });
  const url = fresh.urlFor('landing');
  const databases = await Promise.all([1, 2, 3, 4].map(() => migratedDatabase(url, 'landing')));
  const [first] = databases;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(
    first!.kysely,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    '0001-messaging',
    '0002-note',
    '0003-trace-parent',
  ]);
  await Promise.all(databases.map((database) => database[Symbol.asyncDispose]()));
});

test('a migration that fails leaves nothing behind and can be tried again', async () => {
  await using fresh = await testDatabase({ services: ['landing'] });
  await using database = await openDatabase<TestTables>({
    url: fresh.urlFor('landing'),
    service: 'landing',
    log: testLog(),
  });
  const broken = {
    ...migrations,
    '0009-broken': {
      async up() {
        throw new TypeError('broken');
      },
    },
  };
  await expect(migrate(database, broken)).rejects.toThrow('broken');
  await expect(database.kysely.selectFrom('note').selectAll().execute()).rejects.toMatchObject({
    code: '42P01',
  });
  await migrate(database, migrations);
  expect(await database.kysely.selectFrom('note').selectAll().execute()).toEqual([]);
});

test('the loss of a connection between two statements of a migration is thrown, not uncaught', async () => {
  await using fresh = await testDatabase({ services: ['landing'] });
  await using database = await openDatabase<TestTables>({
    url: fresh.urlFor('landing'),
    service: 'landing',
    log: testLog(),
  });
  const cut = async () => {
    await fresh.dropConnections();
    // Waits until the client has noticed. No statement is running at that moment.
    await delay(100);
  };
  const interrupted = {
    ...migrations,
    '0009-cut': {
      up: async (db: Kysely<unknown>) => {
        await cut();
        await sql`select 1`.execute(db);
      },
    },
  };
  await expect(migrate(database, interrupted)).rejects.toThrow();
  await migrate(database, migrations);
});

test('the previous version starts on a schema that is already newer', async () => {
  await using fresh = await testDatabase({ services: ['landing'] });
  await using database = await migratedDatabase(fresh.urlFor('landing'), 'landing');
  const next = {
    up: (db: Kysely<unknown>) => db.schema.alterTable('note').addColumn('colour', 'text').execute(),
  };
  await migrate(database, { ...migrations, '0009-next': next });
  await database.kysely.insertInto('note').values({ id: 'kept', text: 'x' }).execute();

  await migrate(database, migrations);

  const { rows } = await sql`select name from kysely_migration order by name`.execute(
    database.kysely,
  );
  expect(rows.map((row) => (row as { name: string }).name)).toEqual([
    '0001-messaging',
    '0002-note',
    '0003-trace-parent',
    '0009-next',
  ]);
  // The newer version's schema is unchanged, and the older version works with it.
  await database.kysely.insertInto('note').values({ id: 'older', text: 'y' }).execute();
  const notes = await sql`select id, colour from note order by id`.execute(database.kysely);
  expect(notes.rows).toEqual([
    { id: 'kept', colour: null },
    { id: 'older', colour: null },
  ]);
});

test('a transaction that throws changes nothing', async () => {
  await using database = await migratedDatabase(server.urlFor('webhook-ingest'));
  const failing = inTransaction(database, async (trx) => {
    await trx.insertInto('note').values({ id: 'gone', text: 'x' }).execute();
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow(RangeError);
  const left = await database.kysely.selectFrom('note').where('id', '=', 'gone').execute();
  expect(left).toEqual([]);
});

test('after a deadlock the transaction runs again, and both transactions succeed', async () => {
  await using database = await migratedDatabase(server.urlFor('webhook-ingest'));
  await database.kysely
    .insertInto('note')
    .values(['a', 'b'].map((id) => ({ id: `lock-${id}`, text: '' })))
    .execute();
  const bothHoldOne = barrier(2);
  const swap = (first: string, second: string) => {
    let isFirstTry = true;
    return inTransaction(database, async (trx) => {
      await touch(trx, first);
      if (isFirstTry) await bothHoldOne();
      isFirstTry = false;
      await touch(trx, second);
    });
  };
  const touch = (trx: typeof database.kysely, id: string) =>
    trx
      .updateTable('note')
      .set((row) => ({ text: sql<string>`${row.ref('text')} || 'x'` }))
      .where('id', '=', `lock-${id}`)
      .execute();
  await Promise.all([swap('a', 'b'), swap('b', 'a')]);
  const notes = await database.kysely
    .selectFrom('note')
    .select('text')
    .where('id', 'like', 'lock-%')
    .execute();
  expect(notes.map(({ text }) => text)).toEqual(['xx', 'xx']);
});

test('lost connections are a fault to retry, inside and outside a transaction, and the next statement works', async () => {
  await using database = await migratedDatabase(server.urlFor('webhook-ingest'));
  const started = Promise.withResolvers<void>();
  const sleeping = sql`select pg_sleep(20)`.execute(database.kysely);
  const inside = inTransaction(database, async (trx) => {
    await sql`select 1`.execute(trx);
    started.resolve();
    await sql`select pg_sleep(20)`.execute(trx);
  });
  const outcomes = Promise.allSettled([sleeping, inside]);
  await started.promise;
  await server.dropConnections();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'database.unavailable', retry: 'later' },
    });
  }
  // An idle connection of the pool may hear of its end a moment later.
  await until('the pool has forgotten what was cut', () => database.isReady());
  expect((await sql`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }]);
});

test('only a lost or refusing database is a fault; a violated constraint or a bug is not', async () => {
  await using database = await migratedDatabase(server.urlFor('webhook-ingest'));
  const insert = () =>
    database.kysely.insertInto('note').values({ id: 'twice', text: 'x' }).execute();
  await insert();
  const error: unknown = await insert().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: '23505' });
  expect(databaseFault(error)).toBeUndefined();
  expect(databaseFault(new TypeError('x'))).toBeUndefined();
  const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  expect(databaseFault(refused)).toMatchObject({ code: 'database.unavailable', retry: 'later' });
});

function barrier(count: number): () => Promise<void> {
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived === count) all.resolve();
    return all.promise;
  };
}
