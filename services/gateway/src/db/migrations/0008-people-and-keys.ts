import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Keys that expire and are rotated; people with roles, their sessions and invitations. */
export const peopleAndKeys: Migration = {
  async up(db) {
    await sql`
      alter table api_keys
        add column created_by text,
        add column expires_at timestamptz(3),
        add column former_secret_hash bytea,
        add column former_secret_until timestamptz(3)`.execute(db);
    await sql`create index api_keys_by_time on api_keys (created_at, id)`.execute(db);
    await sql`
      create table operators (
        id uuid primary key default gen_random_uuid(),
        tenant_id text not null,
        object_id text not null,
        publisher_id text,
        role text not null,
        source text not null,
        name text,
        email text,
        created_by text,
        created_at timestamptz(3) not null,
        last_sign_in_at timestamptz(3),
        constraint operators_person
          unique nulls not distinct (tenant_id, object_id, publisher_id, source)
      )`.execute(db);
    await sql`create index operators_by_time on operators (created_at, id)`.execute(db);
    await sql`
      create table operator_sessions (
        token_hash bytea primary key,
        tenant_id text not null,
        object_id text not null,
        name text,
        created_at timestamptz(3) not null,
        last_seen_at timestamptz(3) not null,
        expires_at timestamptz(3) not null
      )`.execute(db);
    await sql`
      create index operator_sessions_by_person
        on operator_sessions (tenant_id, object_id)`.execute(db);
    await sql`
      create table operator_invitations (
        token_hash bytea primary key,
        role text not null,
        publisher_id text,
        created_by text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null
      )`.execute(db);
  },
};
