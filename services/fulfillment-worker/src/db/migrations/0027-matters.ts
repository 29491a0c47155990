import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Indexes for what needs a person: each holds only the few rows that are wrong, or is in order of a deadline. */
export const mattersMigration: Migration = {
  async up(db) {
    const statements = [
      `create index timers_by_deadline on timers (kind, deadline)
        where kind in ('configurationEnd', 'suspensionEnd')`,
      `create index subscriptions_provisioning on subscriptions (provisioning, updated_at)
        where provisioning in ('requested', 'failed')`,
      `create index subscriptions_missing on subscriptions (missing_at) where missing_at is not null`,
      `create index subscriptions_unrecognised on subscriptions (updated_at)
        where state ->> 'unrecognisedStatus' is not null`,
      `create index operations_overruled on operations (settled_at) where outcome = 'overruled'`,
      `create index timeline_doubts on timeline (at) where kind in
        ('operationUnconfirmed', 'operationContradicted', 'publisherContradicted', 'actionUnrecognised')`,
      `create index changes_failed on changes (settled_at) where state = 'failed'`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
