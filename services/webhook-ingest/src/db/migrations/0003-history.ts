import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The history of each notification, and replays by hand. */
export const history: Migration = {
  async up(db) {
    await sql`
      alter table notifications
        add column history jsonb not null default '[]',
        add column replays integer not null default 0`.execute(db);
  },
};
