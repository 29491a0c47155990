import type pg from 'pg';
import type { Migration } from 'kysely/migration';
import type { CheckToRun, Finding } from './checks.ts';
import { clockFinding, clockReading } from './clock.ts';

/** The oldest version that is tested. */
const OLDEST_VERSION = 16;
/** The connections of one more instance of a service. Below that, it could not start. */
const FEW_CONNECTIONS = 14;

export interface PostgresChecked {
  readonly database: { readonly pool: pg.Pool };
  readonly migrations: Readonly<Record<string, Migration>>;
  readonly machineNow: () => Date;
}

/** What every service needs of PostgreSQL. Reads settings and catalogues only. */
export function postgresChecks({
  database: { pool },
  migrations,
  machineNow,
}: PostgresChecked): readonly CheckToRun[] {
  return [
    { check: 'postgres.server', run: () => checkVersion(pool) },
    { check: 'postgres.durability', run: () => checkDurability(pool) },
    { check: 'postgres.role', run: () => checkRole(pool) },
    { check: 'postgres.schema', run: () => checkSchema(pool, Object.keys(migrations)) },
    { check: 'postgres.connections', run: () => checkConnections(pool) },
    { check: 'clock.postgres', run: () => checkClock(pool, machineNow) },
  ];
}

async function checkVersion(pool: pg.Pool): Promise<Finding> {
  const { version, number } = await one<{ version: string; number: number }>(
    pool,
    `select current_setting('server_version') as version,
       current_setting('server_version_num')::int / 10000 as number`,
  );
  if (number >= OLDEST_VERSION) return ok(`PostgreSQL ${version} answers.`);
  return {
    severity: 'error',
    finding: `PostgreSQL ${version} is older than ${OLDEST_VERSION}.`,
    nextStep: `Upgrade to PostgreSQL ${OLDEST_VERSION} or newer.`,
  };
}

async function checkDurability(pool: pg.Pool): Promise<Finding> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
     where name in ('fsync', 'full_page_writes', 'synchronous_commit')`,
  );
  const details = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  const off = rows.filter(({ setting }) => setting === 'off').map(({ name }) => name);
  if (off.length === 0) return ok('Committed rows survive a crash of PostgreSQL.', details);
  return {
    severity: 'error',
    finding: `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off.`,
    cause:
      'PostgreSQL then confirms rows that it has not written to the disk. A crash can lose notifications that Microsoft was told had arrived.',
    nextStep: `Set ${off.map((name) => `${name} = on`).join(', ')} in postgresql.conf, and reload PostgreSQL.`,
    details,
  };
}

async function checkRole(pool: pg.Pool): Promise<Finding> {
  const role = await one<Record<string, boolean> & { rolname: string }>(
    pool,
    `select rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
     from pg_roles where rolname = current_user`,
  );
  const rights = Object.entries(rightNames).flatMap(([column, words]) =>
    role[column] === true ? words : [],
  );
  const details = { role: role.rolname };
  if (rights.length === 0) return ok("The service's role has only its own rights.", details);
  return {
    severity: 'warning',
    finding: `The role ${details.role} may ${rights.join(', ')}.`,
    cause: 'A fault in one service could then read or change the tables of the others.',
    nextStep:
      'Create the roles and schemas with the provisioning (docs/going-live.md), and set DATABASE_URL of each service to its own role.',
    details,
  };
}

const rightNames = {
  rolsuper: 'do everything (superuser)',
  rolcreaterole: 'create roles',
  rolcreatedb: 'create databases',
  rolreplication: 'replicate',
  rolbypassrls: 'bypass row security',
} as const;

async function checkSchema(pool: pg.Pool, wanted: readonly string[]): Promise<Finding> {
  const { rows } = await pool.query<{ name: string }>(
    'select name from kysely_migration order by name',
  );
  const done = new Set(rows.map(({ name }) => name));
  const last = wanted.toSorted().at(-1) ?? '';
  const missing = wanted.filter((name) => !done.has(name));
  const newer = [...done].filter((name) => name > last);
  const details = { code: last, database: [...done].at(-1) ?? 'none' };
  if (missing.length > 0) {
    return {
      severity: 'error',
      finding: `The schema lacks ${missing.join(', ')}.`,
      cause: 'The schema was restored from an older backup while the service was running.',
      nextStep: 'Restart the service. It migrates the schema at its start.',
      details,
    };
  }
  if (newer.length === 0) return ok('The schema has the version of the code.', details);
  return {
    severity: 'notice',
    finding: `The schema is newer than this process: it also has ${newer.join(', ')}.`,
    cause: 'A newer version of this service has run. That is normal during an upgrade.',
    nextStep: 'Finish the upgrade, so that all instances have the same version.',
    details,
  };
}

async function checkConnections(pool: pg.Pool): Promise<Finding> {
  const { used, max } = await one<{ used: number; max: number }>(
    pool,
    `select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
       current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int as max`,
  );
  const left = max - used;
  const details = { used: String(used), max: String(max) };
  if (left >= FEW_CONNECTIONS)
    return ok(`PostgreSQL has ${left} of ${max} connections left.`, details);
  return {
    severity: 'warning',
    finding: `PostgreSQL has only ${left} of ${max} connections left.`,
    cause: `One instance of a service uses up to ${FEW_CONNECTIONS}.`,
    nextStep: 'Raise max_connections, or run fewer instances.',
    details,
  };
}

async function checkClock(pool: pg.Pool, machineNow: () => Date): Promise<Finding> {
  // The first statement may open a connection, which would make the second one look slow.
  await pool.query('select 1');
  const before = machineNow().getTime();
  const { at } = await one<{ at: Date }>(pool, 'select clock_timestamp() as at');
  const reading = clockReading({ before, other: at.getTime(), after: machineNow().getTime() });
  return clockFinding(reading, { ours: "The service's clock", other: "PostgreSQL's" });
}

async function one<Row extends object>(pool: pg.Pool, statement: string): Promise<Row> {
  const { rows } = await pool.query<Row>(statement);
  const [row] = rows;
  if (!row) throw new Error('the statement returned no row');
  return row;
}

function ok(finding: string, details?: Finding['details']): Finding {
  return { severity: 'ok', finding, details };
}
