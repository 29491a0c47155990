import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Timers begin with events, so subscriptions that were pending, suspended or ended before timers existed
 * would never be reminded, checked or erased. Their days count from the timeline. Only retention begins now,
 * because erasure cannot be undone and no one expects it yet.
 */
export const timersOfBeforeMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(statement).execute(db);
  },
};

/** The defaults of the settings at the time: 30 days of grace, 7 of retention, and a day for the product. */
const statement = `
  insert into timers (subscription_id, kind, step, due_at, deadline, correlation_id)
  select known.id, begun.kind, begun.step, begun.due_at, begun.deadline, gen_random_uuid()::text
  from subscriptions as known
  cross join lateral (
    select case when status = 'Suspended'
      then coalesce((select max(at) from timeline
        where subscription_id = known.id and kind = 'suspended'), known.updated_at)
      else known.created_at end + interval '30 days' as ends_at) as grace
  cross join lateral (
    select 'configurationReminder' as kind, day as step, ends_at - (30 - day) * interval '1 day' as due_at,
        ends_at as deadline
      from unnest(array[1, 14, 25, 29]) as day
      where status in ('NotStarted', 'PendingFulfillmentStart')
        and ends_at - (30 - day) * interval '1 day' > now()
    union all
    select 'configurationEnd', 0, ends_at, ends_at
      where status in ('NotStarted', 'PendingFulfillmentStart')
    union all
    select 'suspensionReminder', days, ends_at - days * interval '1 day', ends_at
      from unnest(array[7, 1]) as days
      where status = 'Suspended' and ends_at - days * interval '1 day' > now()
    union all
    select 'suspensionEnd', 0, ends_at, ends_at where status = 'Suspended'
    union all
    select 'retentionEnd', 0, now() + interval '7 days', now() + interval '8 days'
      where status = 'Unsubscribed'
    union all
    select 'sourceOffers', 0, now(), now()
      where status <> 'Unsubscribed' and not (known.state ? 'sourceOffers')) as begun
  where not exists (select from timers where subscription_id = known.id)
    and not exists (select from timeline where subscription_id = known.id and kind = 'erasureDue')
  on conflict do nothing`;
