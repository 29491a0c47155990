import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How the credential does, for all processes together, and which warning of its end was given. */
export const credentialsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table credential_health (
    client_id text primary key,
    last_success_at timestamptz(3),
    last_failure_at timestamptz(3),
    failure text,
    warned_step text,
    warned_on date)`,
];
