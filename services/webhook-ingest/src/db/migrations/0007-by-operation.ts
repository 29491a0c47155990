import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** For the list of an operation's notifications. */
export const byOperation: Migration = {
  async up(db) {
    await sql`
      create index notifications_by_operation on notifications (operation_id, received_at)
        where operation_id is not null`.execute(db);
  },
};
