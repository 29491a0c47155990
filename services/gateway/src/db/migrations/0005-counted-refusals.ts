import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Refused attempts beyond a quota are counted in one row: `times`, found by `fold_key`. */
export const countedRefusals: Migration = {
  async up(db) {
    await sql`
      alter table audit_log
        add column times integer not null default 1,
        add column fold_key text`.execute(db);
    await sql`
      create unique index audit_log_folded on audit_log (fold_key)
        where fold_key is not null`.execute(db);
    await sql`create index audit_log_refused on audit_log (key_id, at)
      where outcome <> 'done'`.execute(db);
  },
};
