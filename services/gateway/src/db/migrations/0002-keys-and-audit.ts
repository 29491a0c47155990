import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const keysAndAudit: Migration = {
  async up(db) {
    await sql`
      create table api_keys (
        id text primary key,
        label text not null,
        secret_hash bytea not null,
        scopes text[] not null,
        created_at timestamptz(3) not null,
        last_used_at timestamptz(3),
        revoked_at timestamptz(3)
      )`.execute(db);
    await sql`
      create table audit_log (
        id bigint generated always as identity primary key,
        at timestamptz(3) not null,
        key_id text not null,
        procedure text not null,
        subject text,
        outcome text not null,
        correlation_id text not null
      )`.execute(db);
    await sql`create index audit_log_by_time on audit_log (at, id)`.execute(db);
    await sql`
      create index audit_log_by_subject on audit_log (subject, at, id)
        where subject is not null`.execute(db);
  },
};
