import { sql, type Generated } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The kit's tables in each service's own schema; intersect them into the service's interface. */
export interface OutboxTables {
  outbox: OutboxTable;
  inbox: InboxTable;
}

interface OutboxTable {
  /** The order of enqueueing. `pg` returns a bigint as text. */
  id: Generated<string>;
  messageId: string;
  subject: string;
  /** JSON, as it is published. */
  body: string;
  correlationId: string;
  causationId: string | null;
  /** Where the fact belongs in a recorded trace, as W3C `traceparent`. Null if it is in none. */
  traceParent: string | null;
  occurredAt: Date;
  /** Set when JetStream has confirmed, with stream and sequence. The row is kept, to publish it again if it is lost. */
  publishedAt: Date | null;
  stream: string | null;
  streamSequence: string | null;
  /** Code of a fault that repeating cannot fix. The row waits for a person. */
  failure: string | null;
}

interface InboxTable {
  consumer: string;
  messageId: string;
  receivedAt: Generated<Date>;
}

/** The first migration of each service, under the name `0001-messaging`. */
export const messagingMigration: Migration = {
  async up(db) {
    await sql`
      create table outbox (
        id bigint generated always as identity primary key,
        message_id text not null unique,
        subject text not null,
        body text not null,
        correlation_id text not null,
        causation_id text,
        occurred_at timestamptz not null,
        published_at timestamptz,
        stream text,
        stream_sequence bigint,
        failure text
      )
    `.execute(db);
    await sql`
      create index outbox_unpublished on outbox (id) where published_at is null and failure is null
    `.execute(db);
    await sql`create index outbox_published on outbox (published_at)`.execute(db);
    await sql`create index outbox_places on outbox (stream, stream_sequence)`.execute(db);
    await sql`
      create table inbox (
        consumer text not null,
        message_id text not null,
        received_at timestamptz not null default now(),
        primary key (consumer, message_id)
      )
    `.execute(db);
    await sql`create index inbox_received on inbox (received_at)`.execute(db);
  },
};

/** Comes after {@link messagingMigration}, in each service under a number of its own. */
export const traceParentMigration: Migration = {
  async up(db) {
    await sql`alter table outbox add column trace_parent text`.execute(db);
  },
};
