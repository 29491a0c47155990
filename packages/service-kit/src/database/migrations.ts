import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import pg from 'pg';

/** Building an index on a grown table takes minutes; waiting behind another process does too. */
const MIGRATION_TIMEOUT_MS = 30 * 60 * 1000;

/**
 * Brings a service's schema to the newest of `migrations` (run in order of their names, all in one
 * transaction). Safe when several processes start at once: one works, the others wait and find it
 * done. Forward only. A schema that is already newer than this code is left as it is, so that the
 * version before runs beside the new one during an upgrade.
 */
export async function migrate(
  database: { readonly pool: pg.Pool },
  migrations: Record<string, Migration>,
): Promise<void> {
  const pool = new pg.Pool({
    ...database.pool.options,
    // One for the migration, one for reading the names that are done while it runs.
    max: 2,
    statement_timeout: MIGRATION_TIMEOUT_MS,
  });
  pool.on('error', () => {});
  // One that dies between two statements would end the process; the next statement tells.
  pool.on('connect', (client) => client.on('error', () => {}));
  const kysely = new Kysely<MigrationTable>({ dialect: new PostgresDialect({ pool }) });
  try {
    const schema = await currentSchema(kysely);
    const migrator = new Migrator({
      db: kysely,
      provider: { getMigrations: async () => withNewerOnes(kysely, migrations) },
      migrationTableSchema: schema,
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  } finally {
    await kysely.destroy();
  }
}

interface MigrationTable {
  kysely_migration: { name: string };
}

async function currentSchema(kysely: Kysely<MigrationTable>): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(kysely);
  const schema = rows[0]?.schema;
  if (!schema) throw new Error('the connection has no current schema');
  return schema;
}

/** Names of a later version stand in as done: the migrator refuses names that it does not know. */
async function withNewerOnes(
  kysely: Kysely<MigrationTable>,
  migrations: Record<string, Migration>,
): Promise<Record<string, Migration>> {
  const names = Object.keys(migrations).sort();
  const last = names.at(-1) ?? '';
  const executed = await kysely.selectFrom('kysely_migration').select('name').execute();
  const newer = executed.map(({ name }) => name).filter((name) => name > last);
  const done: Migration = { up: async () => {} };
  return { ...migrations, ...Object.fromEntries(newer.map((name) => [name, done])) };
}
