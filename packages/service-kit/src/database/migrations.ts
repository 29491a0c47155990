import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresAdapter, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import pg from 'pg';
import { isLockTimeout } from './faults.ts';

/** Building an index on a large table takes minutes, and so does waiting for another process that does it. */
const MIGRATION_TIMEOUT_MS = 30 * 60 * 1000;
/**
 * Everyone who uses a table queues behind a statement that waits to change it. A backup or a long report can hold the table for
 * an hour; webhook calls must not wait for that, so the migration steps aside and begins again.
 */
const TABLE_LOCK_TIMEOUT_MS = 2000;
/** Other transactions continue during this pause. */
const LOCK_RETRY_MS = 3000;

/**
 * Runs the `migrations` that a service's schema lacks, in the order of their names and in one transaction. Safe if
 * several processes start at once: one migrates, the others wait. Begins again while someone else holds a table. Forward only. A schema that is newer than this code
 * stays as it is, so that the previous version can run beside the new one during an upgrade. Returns the names of those
 * that it ran.
 */
export async function migrate(
  database: { readonly pool: pg.Pool },
  migrations: Record<string, Migration>,
): Promise<readonly string[]> {
  const pool = new pg.Pool({ ...database.pool.options, max: 1 });
  pool.on('error', () => {});
  // Without a listener, a loss between two statements would end the process. The next statement then fails.
  pool.on('connect', (client) => client.on('error', () => {}));
  const kysely = new Kysely<MigrationTable>({ dialect: new TransactionDialect({ pool }) });
  const startedAt = performance.now();
  try {
    for (;;) {
      try {
        return await migrateOnce(kysely, migrations);
      } catch (error) {
        const isOver = performance.now() - startedAt > MIGRATION_TIMEOUT_MS;
        if (!isLockTimeout(error) || isOver) throw error;
      }
      await delay(LOCK_RETRY_MS);
    }
  } finally {
    await kysely.destroy();
  }
}

async function migrateOnce(
  kysely: Kysely<MigrationTable>,
  migrations: Record<string, Migration>,
): Promise<readonly string[]> {
  return await kysely.transaction().execute(async (trx) => {
    await limit(trx, 'statement_timeout', MIGRATION_TIMEOUT_MS);
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx);
    await limit(trx, 'lock_timeout', TABLE_LOCK_TIMEOUT_MS);
    const migrator = new Migrator({
      db: trx,
      provider: { getMigrations: async () => withNewerOnes(trx, migrations) },
      migrationTableSchema: await currentSchema(trx),
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error;
    return results.map(({ migrationName }) => migrationName);
  });
}

/** Only for this transaction. */
async function limit(trx: Kysely<MigrationTable>, name: string, ms: number): Promise<void> {
  await sql`select set_config(${name}, ${String(ms)}, true)`.execute(trx);
}

/** The number that Kysely itself locks, as processes of 0.2 did. */
const LOCK = 3_853_314_791_062_309_107n;

/**
 * Leaves the lock to the transaction. Kysely's own belongs to the session, and a pooler gives the session to others while it
 * is held.
 */
class TransactionDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new TransactionLock();
  }
}

class TransactionLock extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
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

/** Adds empty migrations for the finished ones of a newer version, because the migrator refuses unknown names. */
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
