import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { traceParentMigration } from '@landfall/service-kit/outbox';

/** Where a notification and a fact belong in a recorded trace. Most are in none, and a null takes no room in the row. */
export const traceParents: Migration = {
  async up(db) {
    await traceParentMigration.up(db);
    await sql`alter table notifications add column trace_parent text`.execute(db);
  },
};
