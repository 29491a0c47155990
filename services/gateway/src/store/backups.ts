import { sql, type Kysely } from 'kysely';
import type { BackupsTable, Db, GatewayTables } from '../db/schema.ts';

/** Stores a backup. A later report about the same backup replaces its note, and may add that it was restored. */
export async function insertBackup(db: Db, backup: BackupsTable): Promise<void> {
  await db.kysely
    .insertInto('backups')
    .values(backup)
    .onConflict((conflict) =>
      conflict.column('takenAt').doUpdateSet((row) => ({
        recordedAt: row.ref('excluded.recordedAt'),
        note: row.ref('excluded.note'),
        wasRestored: sql<boolean>`backups.was_restored or excluded.was_restored`,
        recordedBy: row.ref('excluded.recordedBy'),
      })),
    )
    .execute();
}

export interface LastBackups {
  readonly takenAt: Date | undefined;
  /** When the newest backup was taken that was restored as a test. */
  readonly restoredAt: Date | undefined;
}

export async function lastBackups(db: Db): Promise<LastBackups> {
  const last = await db.kysely
    .selectFrom('backups')
    .select(({ fn }) => [
      fn.max('takenAt').as('takenAt'),
      fn.max('takenAt').filterWhere('wasRestored', '=', true).as('restoredAt'),
    ])
    .executeTakeFirst();
  return { takenAt: last?.takenAt ?? undefined, restoredAt: last?.restoredAt ?? undefined };
}

/** The newest backup, and when the first API key was made, which is when Landfall was installed. Reads one row of two indexes. */
export async function lastBackup(
  db: Kysely<GatewayTables>,
): Promise<{ readonly takenAt: Date | undefined; readonly installedAt: Date | undefined }> {
  const { rows } = await sql<{ takenAt: Date | null; installedAt: Date | null }>`
    select (select max(taken_at) from backups) as taken_at,
      (select min(created_at) from api_keys) as installed_at`.execute(db);
  return { takenAt: rows[0]?.takenAt ?? undefined, installedAt: rows[0]?.installedAt ?? undefined };
}
