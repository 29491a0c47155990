import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { traceParentMigration } from '@landfall/service-kit/outbox';

/** Where a fact, a task and an event belong in a recorded trace. Most are in none, and a null takes no room in the row. */
export const traceParentsMigration: Migration = {
  async up(db) {
    await traceParentMigration.up(db);
    await sql`alter table tasks add column trace_parent text`.execute(db);
    await sql`alter table product_events add column trace_parent text`.execute(db);
  },
};
