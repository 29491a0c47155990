import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The ends of terms for the calendar, and lists in the orders in which the console shows them. */
export const readingListsMigration: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // What the end of the term means. Null if there is no end, or if the subscription is not in force.
  `alter table subscriptions add column term_end_kind text collate "C" generated always as (
    case when status not in ('Subscribed', 'Suspended') or state -> 'term' ->> 'endDate' is null then null
      when coalesce((state -> 'autoRenew')::boolean, false) = false then 'ends'
      when coalesce((state -> 'isFreeTrial')::boolean, false) then 'trialConverts'
      else 'renews' end) stored`,
  // With all columns that the count by day reads, so that it reads the index only.
  `create index subscriptions_term_ends
    on subscriptions (ends_key, term_end_kind, (id collate "C"))
    include (publisher_id, offer_id) where term_end_kind is not null`,
  `create index timers_calendar on timers (deadline, subscription_id)
    where kind in ('provisioningEnd', 'configurationEnd', 'suspensionEnd', 'retentionEnd', 'erasure')`,
  `create index subscriptions_in_order_of_status on subscriptions (status, id)`,
];
