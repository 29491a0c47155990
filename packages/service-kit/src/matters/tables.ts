import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { FoundMatter } from '@landfall/contracts/matters';
import type { OutboxTables } from '../outbox/tables.ts';

/** The tables of a service that finds matters; intersect them into the service's interface. */
export interface MatterTables extends OutboxTables {
  openMatters: OpenMattersTable;
}

interface OpenMattersTable {
  id: string;
  kind: string;
  /** Identifies the matter among those of its kind. */
  key: string;
  /** What was published last. */
  content: FoundMatter;
  /** Number of publications with this id. */
  version: number;
  openedAt: Date;
  /** When a finder last found it. Written only for kinds with `closesAfterMs`. */
  foundAt: Date;
}

/** A migration of every service that finds matters. It needs the outbox. */
export const openMattersMigration: Migration = {
  async up(db) {
    await sql`
      create table open_matters (
        id uuid primary key,
        kind text not null,
        key text not null,
        content jsonb not null,
        version integer not null,
        opened_at timestamptz(3) not null,
        found_at timestamptz(3) not null,
        unique (kind, key)
      )`.execute(db);
  },
};
