import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Health of the credential, shared by all processes, and the last warning before its end. */
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
