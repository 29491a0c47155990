import { randomBytes } from 'node:crypto';

import { services, type ServiceName } from '@landfall/contracts/services';
import { Client } from 'pg';
import { inject } from 'vitest';

import { provisionRoles, withDatabase } from '@landfall/provisioning/roles';
import { startFault } from '@landfall/provisioning/start-fault';
import { throwAwayNats, throwAwayPostgres } from './throw-away-servers.ts';
import type { ProvidedPostgres } from './provided-context.ts';

export type TestDatabase = AsyncDisposable & {
  /** The URL with the service's own role and its schema as search path. */
  urlFor(service: ServiceName): string;
  /** This database, as superuser. */
  readonly adminUrl: string;
  /** Cuts every connection to this database, as a restart of the server would. */
  dropConnections(): Promise<void>;
};

/** A test's own server, so that stopping it does not affect other tests. */
export type TestServer = AsyncDisposable & {
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts the server again on the same port, with the same data. */
  restart(): Promise<void>;
};

export type TestPostgres = TestDatabase & TestServer;
export type TestNats = TestServer & {
  /** The operator's URL, with all permissions. */
  readonly url: string;
  /** The URL with the service's own user and permissions, for a service under test. */
  urlFor(service: ServiceName): string;
};

/**
 * A new, empty database with the services' roles and schemas, on the cluster that `vitest-setup.ts`
 * started, or on the one at TEST_DATABASE_URL. For one test file or one test.
 */
export async function testDatabase(
  options: { readonly services?: readonly ServiceName[] } = {},
): Promise<TestDatabase> {
  return freshDatabase(inject('postgres'), options.services);
}

/**
 * The test's own PostgreSQL, for tests that stop, kill or restart it. It takes half a second to
 * create; to cut connections, use `testDatabase().dropConnections()`.
 */
export async function testPostgres(
  options: { readonly services?: readonly ServiceName[] } = {},
): Promise<TestPostgres> {
  const server = await throwAwayPostgres();
  const { adminUrl } = server;
  const database = await freshDatabase({ adminUrl, rolePassword: 'own' }, options.services);
  return Object.assign(database, {
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
}

/**
 * The test's own nats-server with JetStream, or the one at TEST_NATS_URL, which cannot be
 * restarted.
 */
export async function testNats(): Promise<TestNats> {
  const given = process.env['TEST_NATS_URL'];
  if (given) return foreignNats(given);
  return throwAwayNats();
}

async function freshDatabase(
  server: ProvidedPostgres,
  wanted: readonly ServiceName[] | undefined,
): Promise<TestDatabase> {
  const database = `test_${randomBytes(6).toString('hex')}`;
  // Copying files is ten times faster than PostgreSQL's default, and as good if nothing is kept.
  await asAdmin(server.adminUrl, async (admin) => {
    await admin.query(`CREATE DATABASE ${database} TEMPLATE template0 STRATEGY FILE_COPY`);
  });
  const chosen = services.filter((service) => wanted?.includes(service.name) ?? true);
  const urls = await provisionRoles(server.adminUrl, {
    database,
    services: chosen.map(({ name, schema, role }) => ({
      name,
      schema,
      role,
      password: server.rolePassword,
    })),
  });
  return {
    adminUrl: withDatabase(server.adminUrl, database),
    urlFor(service) {
      const url = urls[service];
      if (!url) throw new Error(`this test database has no role for ${service}`);
      return url;
    },
    dropConnections: () => asAdmin(server.adminUrl, (admin) => dropConnections(admin, database)),
    [Symbol.asyncDispose]: () =>
      asAdmin(server.adminUrl, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      }),
  };
}

async function dropConnections(admin: Client, database: string): Promise<void> {
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    database,
  ]);
}

async function asAdmin(url: string, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function foreignNats(url: string): TestNats {
  const refuse = () =>
    Promise.reject(
      startFault('not_restartable', {
        what: 'The nats-server at TEST_NATS_URL cannot be stopped or restarted.',
        why: 'this test run did not start it',
        next: 'unset TEST_NATS_URL for tests that restart the server',
      }),
    );
  const nothing = () => Promise.resolve();
  return {
    url,
    urlFor: () => url,
    stop: refuse,
    kill: refuse,
    restart: refuse,
    [Symbol.asyncDispose]: nothing,
  };
}
