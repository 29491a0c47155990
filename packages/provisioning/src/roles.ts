import { Client } from 'pg';

import {
  grantDatabase,
  provisionService,
  type Provisioning,
  type ServiceDatabase,
} from './role-statements.ts';
import { startFault } from './start-fault.ts';

// Advisory lock key: the letters "landfall" as a number. All provisioning on one server must use the same key.
const lockKey = '7809644606330596460';
// SQLSTATEs of CREATE DATABASE: not permitted (42501), and created by another session meanwhile (42P04, 23505).
const refused = '42501';
const alreadyThere = new Set(['42P04', '23505']);
// Classes of SQLSTATEs with which a server turns a login away: invalid authorization, and unknown database.
const loginRefused = /^(28|3D|42)/;

/**
 * Creates the database, and for every service a role and a schema that only this role may use. Returns the
 * URL of each service, with its password. Safe to repeat and to run in parallel; changes only what differs.
 * Works as a superuser, and as the admin of a managed server (CREATEROLE and CREATEDB, or an existing database
 * that it owns). If all roles are prepared, it needs none of these rights. In a database that also holds other
 * tables, the rights of PUBLIC stay. Throws the fault `not_permitted`, which says what to correct or what a DBA
 * has to do. `adminVariable` is the environment variable with `adminUrl`. Needs a direct connection, not a pooler.
 */
export async function provisionRoles(
  adminUrl: string,
  wanted: Provisioning,
  { adminVariable = 'DATABASE_URL' }: { readonly adminVariable?: string } = {},
): Promise<Record<string, string>> {
  await using admin = await session(adminUrl).catch((error: unknown) => {
    throw loginRefused.test(sqlState(error) ?? '') ? notLetIn(adminVariable, error) : error;
  });
  await admin.client.query(`SELECT pg_advisory_lock(${lockKey})`);
  try {
    await createDatabase(admin.client, wanted.database);
    await using target = await session(withDatabase(adminUrl, wanted.database));
    for (const service of wanted.services) {
      await provisionService(target.client, service, () => canLogIn(adminUrl, wanted, service));
    }
    await grantDatabase(target.client, wanted);
  } catch (error) {
    throw sqlState(error) === refused ? notPermitted(wanted, adminVariable, error) : error;
  } finally {
    await admin.client.query(`SELECT pg_advisory_unlock(${lockKey})`);
  }
  return Object.fromEntries(
    wanted.services.map((service) => [service.name, serviceUrl(adminUrl, wanted, service)]),
  );
}

/** `url` with another database. Everything else stays, including the TLS parameters. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** The SQLSTATE of an error from PostgreSQL; undefined if it has none, or a code of the system such as ECONNREFUSED. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : undefined;
}

async function createDatabase(admin: Client, database: string): Promise<void> {
  const known = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (known.rowCount) return;
  try {
    await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(database)}`);
  } catch (error) {
    if (!alreadyThere.has(sqlState(error) ?? '')) throw error;
  }
}

async function canLogIn(adminUrl: string, wanted: Provisioning, service: ServiceDatabase) {
  try {
    await using login = await session(serviceUrl(adminUrl, wanted, service));
    return (await login.client.query('SELECT 1')).rowCount === 1;
  } catch {
    return false;
  }
}

function serviceUrl(adminUrl: string, wanted: Provisioning, service: ServiceDatabase): string {
  const url = new URL(withDatabase(adminUrl, wanted.database));
  url.username = encodeURIComponent(service.role);
  url.password = encodeURIComponent(service.password);
  return url.href;
}

async function session(url: string): Promise<AsyncDisposable & { readonly client: Client }> {
  const client = new Client({ connectionString: url });
  // If the connection breaks between two statements, the next statement fails. Without a listener, the process would end.
  client.on('error', () => undefined);
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

function notLetIn(adminVariable: string, cause: unknown) {
  const why = cause instanceof Error ? cause.message : String(cause);
  return startFault(
    'not_permitted',
    {
      what: 'PostgreSQL refused the login.',
      why: `${why} (SQLSTATE ${sqlState(cause)})`,
      next: `correct the user, password and database name in ${adminVariable}`,
    },
    cause,
  );
}

function notPermitted(wanted: Provisioning, adminVariable: string, cause: unknown) {
  const roles = wanted.services.map((service) => `${service.role} with schema ${service.schema}`);
  return startFault(
    'not_permitted',
    {
      what: `The database ${wanted.database} could not be prepared.`,
      why: `${cause instanceof Error ? cause.message : String(cause)} (SQLSTATE ${refused})`,
      next:
        `use a role with CREATEDB and CREATEROLE in ${adminVariable}, or ask a DBA to create the database and the ` +
        `roles (each with LOGIN, its password, CONNECT and a schema that it owns): ${roles.join(', ')}`,
    },
    cause,
  );
}
