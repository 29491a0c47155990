import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds the oldest open notification, which monitoring reads every few seconds. */
export const oldestNotificationMigration: Migration = {
  async up(db) {
    await sql`
      create index tasks_open_notifications on tasks (created_at)
      where kind = 'notification' and done_at is null and dead_at is null`.execute(db);
  },
};
