import { randomUUID } from 'node:crypto';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { sql, type Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { selfSigned, type SelfSigned } from '@landfall/servers/self-signed';
import { testDatabase, testPostgres } from '@landfall/servers/testing';
import { throwAwayFolder } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { migrate, openDatabase } from '../src/database/database.ts';
import { migratedDatabase, migrations, testLog, type TestTables } from './fixture.ts';

const service = 'landing';

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

test('a write to a read-only server is a fault to retry, and its connection is not used again', async () => {
  await using server = await testDatabase({ services: [service] });
  await using database = await migratedDatabase(server.urlFor(service), service);
  const name = new URL(server.adminUrl).pathname.slice(1);
  const admin = new URL('/postgres', server.adminUrl).href;
  const write = () =>
    database.kysely.insertInto('note').values({ id: randomUUID(), text: 'x' }).execute();
  await write();
  await ask(admin, `alter database "${name}" set default_transaction_read_only = on`);
  await server.dropConnections();

  // The first attempts may meet the dropped connections.
  await until('the server refuses to write', () =>
    write().catch((error: { cause?: { code?: string } }) => {
      expect(error).toMatchObject({ code: 'database.unavailable', retry: 'later' });
      return error.cause?.code === '25006';
    }),
  );
  await ask(admin, `alter database "${name}" reset default_transaction_read_only`);

  await expect(write()).resolves.toBeDefined();
});

test('behind a pooler, nothing is asked of the session: the role has path and limits, statements have no names', async () => {
  await using server = await testDatabase({ services: [service] });
  const options = { url: server.urlFor(service), service, log: testLog() } as const;
  await using database = await openDatabase<TestTables>({ ...options, isPooled: true });
  const done = await migrate(database, migrations);
  expect(done).toEqual(Object.keys(migrations).toSorted());
  const { statement_timeout, options: parameters } = database.pool.options;
  expect([statement_timeout, parameters]).toEqual([undefined, undefined]);

  await database.pool.query({ name: 'named', text: 'select 1' });

  const { rows } = await sql`
    select current_schema() as schema, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle,
      (select count(*)::int from pg_prepared_statements) as prepared,
      (select count(*)::int from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())) as locks
  `.execute(database.kysely);
  expect(rows).toEqual([
    { schema: 'landing', statement: '30s', idle: '30s', prepared: 0, locks: 0 },
  ]);
});

test('with TLS, a service checks the certificate of PostgreSQL against the given authority and the host name', async () => {
  await using server = await testPostgres({ services: [service] });
  const folder = throwAwayFolder();
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const end = new Date(Date.now() + 3_600_000);
  const serve = (isLoopback: boolean) => serveTls(server.adminUrl, selfSigned(end, { isLoopback }));
  const url = (sslmode: string) => `${server.urlFor(service)}?sslmode=${sslmode}`;
  const open = (of: { sslmode: string; certificate?: string }) => {
    const caFile = of.certificate === undefined ? undefined : join(folder, 'ca.pem');
    if (caFile) writeFileSync(caFile, of.certificate ?? '');
    return openDatabase({ url: url(of.sslmode), caFile, service, log: testLog() });
  };
  const refused = { code: 'database.refused', retry: 'never' };

  const certificate = await serve(true);
  await using database = await open({ sslmode: 'verify-full', certificate });
  const { rows } = await database.pool.query(
    'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
  );
  expect(rows).toEqual([{ ssl: true }]);
  await expect(open({ sslmode: 'verify-full' })).rejects.toMatchObject(refused);
  await expect(open({ sslmode: 'require', certificate })).rejects.toMatchObject(refused);
  await expect(open({ sslmode: 'disable', certificate })).rejects.toMatchObject(refused);
  const absent = { url: url('verify-full'), caFile: join(folder, 'absent.pem') };
  await expect(openDatabase({ ...absent, service, log: testLog() })).rejects.toMatchObject(refused);

  const ofAnotherHost = await serve(false);
  const other = open({ sslmode: 'verify-full', certificate: ofAnotherHost });
  await expect(other).rejects.toMatchObject(refused);
});

/** Lets the server use TLS for new connections. Returns the certificate. */
async function serveTls(adminUrl: string, { certificate, privateKey }: SelfSigned) {
  const [row] = await ask(adminUrl, "select current_setting('data_directory') as folder");
  const folder = String(row?.['folder']);
  const { uid, gid } = statSync(folder);
  const files = [join(folder, `${randomUUID()}.crt`), join(folder, `${randomUUID()}.key`)] as const;
  for (const [index, content] of [certificate, privateKey].entries()) {
    const file = files[index] ?? '';
    writeFileSync(file, content, { mode: 0o600 });
    chownSync(file, uid, gid);
  }
  await ask(adminUrl, `alter system set ssl_cert_file = '${files[0]}'`);
  await ask(adminUrl, `alter system set ssl_key_file = '${files[1]}'`);
  await ask(adminUrl, 'alter system set ssl = on');
  await ask(adminUrl, 'select pg_reload_conf()');
  // Each new connection is served by the settings of its moment, which the server reads within milliseconds.
  await until('the certificate is served', async () => {
    const [now] = await ask(adminUrl, "select current_setting('ssl_cert_file') as file");
    return now?.['file'] === files[0];
  });
  return certificate;
}

test('a migration that waits for a table lets others use it meanwhile', async () => {
  await using server = await testDatabase({ services: [service] });
  const url = server.urlFor(service);
  await using database = await migratedDatabase(url, service);
  const reader = new Client({ connectionString: url });
  await reader.connect();
  await reader.query('begin');
  await reader.query('select from landing.note');
  const colour = {
    up: (db: Kysely<unknown>) => db.schema.alterTable('note').addColumn('colour', 'text').execute(),
  };
  const migrating = migrate(database, { ...migrations, '0009-colour': colour });
  migrating.catch(() => undefined);
  await until('the migration waits for the reader', async () => {
    const waiting = `select from pg_locks where relation = 'landing.note'::regclass and not granted`;
    return (await ask(url, waiting)).length > 0;
  });

  // Without the limit, it would stand in the queue behind the migration until the reader has ended.
  await database.kysely.insertInto('note').values({ id: 'meanwhile', text: 'x' }).execute();

  await reader.query('commit');
  await reader.end();
  await expect(migrating).resolves.toEqual(['0009-colour']);
});
