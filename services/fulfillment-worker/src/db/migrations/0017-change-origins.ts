import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who requested a change, the values before it, and why it was refused. */
export const changeOriginsMigration: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table changes
    add column origin text not null default 'publisher'
      check (origin in ('customer', 'publisher')),
    add column from_plan_id text,
    add column from_quantity integer,
    add column decision_rule_id text,
    add column decision_reason text,
    add column decision_message jsonb,
    add column failure_detail text`,
  // The manage page has always sent the approver in this form, and nothing else has.
  `update changes set origin = 'customer' where approved_by like 'entra:%'`,

  `alter table operations
    add column origin text check (origin in ('customer', 'publisher', 'marketplace')),
    add column to_plan_id text,
    add column to_quantity integer,
    add column message jsonb`,
];
