import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The columns by which open matters are ordered. */
const ORDER = 'rank, due_key, opened_at, id';

/** The list of what needs a person, of all services; and an index for what the gateway finds itself. */
export const matters: Migration = {
  async up(db) {
    await sql`
      create table matters (
        id uuid primary key,
        owner text not null,
        kind text not null,
        version integer not null,
        publisher_id text,
        offer_id text,
        subscription_id text,
        subject_type text not null,
        subject_id text not null,
        severity text not null,
        rank smallint not null generated always as
          (case severity when 'critical' then 0 when 'warning' then 1 else 2 end) stored,
        params jsonb not null,
        since timestamptz(3) not null,
        opened_at timestamptz(3) not null,
        due_at timestamptz(3),
        due_key timestamptz(3) not null generated always as (coalesce(due_at, 'infinity')) stored,
        assigned_tenant text,
        assigned_object text,
        snoozed_until timestamptz(3),
        closed_at timestamptz(3),
        closed_by text,
        closed_reason text,
        ended_at timestamptz(3)
      )`.execute(db);
    const open = sql.raw('where closed_at is null');
    const order = sql.raw(ORDER);
    await sql`create index matters_open on matters (${order}) ${open}`.execute(db);
    for (const column of ['publisher_id', 'subscription_id', 'offer_id', 'kind']) {
      await sql`
        create index ${sql.ref(`matters_open_by_${column}`)}
          on matters (${sql.ref(column)}, ${order}) ${open}`.execute(db);
    }
    await sql`
      create index matters_assigned on matters (assigned_object, ${order})
        where closed_at is null and assigned_object is not null`.execute(db);
    await sql`create index matters_due on matters (due_at) ${open}`.execute(db);
    const closed = sql.raw('where closed_at is not null');
    await sql`create index matters_closed on matters (closed_at, id) ${closed}`.execute(db);
    for (const column of ['publisher_id', 'subscription_id']) {
      await sql`
        create index ${sql.ref(`matters_closed_by_${column}`)}
          on matters (${sql.ref(column)}, closed_at, id) ${closed}`.execute(db);
    }
    await sql`
      create table matter_events (
        id bigint generated always as identity primary key,
        matter_id uuid not null references matters (id) on delete cascade,
        at timestamptz(3) not null,
        event text not null,
        by text,
        reason text,
        details jsonb
      )`.execute(db);
    await sql`create index matter_events_of_matter on matter_events (matter_id, id)`.execute(db);
    await sql`
      create index api_keys_ending on api_keys (expires_at)
        where revoked_at is null and expires_at is not null`.execute(db);
  },
};
