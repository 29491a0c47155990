import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const visitsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      CREATE TABLE visits (
        id uuid PRIMARY KEY,
        support_code text NOT NULL UNIQUE,
        correlation_id uuid NOT NULL,
        token_sealed text,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        subscription_id text,
        plan_id text,
        plan_name text,
        tenant_id text,
        object_id text,
        relation text,
        claimed_by jsonb,
        answers jsonb NOT NULL DEFAULT '{}',
        confirmed_at timestamptz,
        handed_over_at timestamptz,
        hand_over_due_at timestamptz,
        hand_over_attempts integer NOT NULL DEFAULT 0,
        refusal text
      )`.execute(db);
    await sql`CREATE INDEX visits_expiry ON visits (expires_at)`.execute(db);
    await sql`
      CREATE INDEX visits_of_person ON visits (tenant_id, object_id, created_at DESC)
      WHERE subscription_id IS NOT NULL`.execute(db);
    await sql`
      CREATE INDEX visits_to_hand_over ON visits (hand_over_due_at)
      WHERE confirmed_at IS NOT NULL AND handed_over_at IS NULL`.execute(db);
    await sql`
      CREATE TABLE events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        kind text NOT NULL,
        visit_id uuid,
        subscription_id text,
        tenant_id text,
        object_id text,
        correlation_id text NOT NULL,
        detail text
      )`.execute(db);
    await sql`CREATE INDEX events_age ON events (at)`.execute(db);
    await sql`CREATE INDEX events_of_visit ON events (visit_id)`.execute(db);
  },
};
