import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The oldest notification that is not done, asked for every few seconds by whoever watches. */
export const oldestNotificationMigration: Migration = {
  async up(db) {
    await sql`
      create index tasks_open_notifications on tasks (created_at)
      where kind = 'notification' and done_at is null and dead_at is null`.execute(db);
  },
};
