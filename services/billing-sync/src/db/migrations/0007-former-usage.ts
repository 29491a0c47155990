import { sql } from 'kysely';

const ACTIVE = sql`v.status not in ('NotStarted', 'PendingFulfillmentStart')`;

/** Copies the former tables (`old_…`) into the ledger's, and drops them. Nothing is counted or sent again. */
export const copyFormerUsage = [
  // Facts brought the unit of a term, but it was not kept. Microsoft's terms have these lengths, give or take a day.
  sql`update subscriptions set term_unit = case
      when term_end - term_start between interval '27 days' and interval '32 days' then 'P1M'
      when term_end - term_start between interval '363 days' and interval '367 days' then 'P1Y'
      when term_end - term_start between interval '728 days' and interval '732 days' then 'P2Y'
      when term_end - term_start between interval '1093 days' and interval '1098 days' then 'P3Y' end`,
  sql`update subscription_versions v set term_unit = s.term_unit, term_end = s.term_end
    from subscriptions s where s.id = v.subscription_id and s.term_start = v.term_start`,

  sql`do $$
    declare
      month timestamp;
      partitioned text;
    begin
      for month in
        select distinct date_trunc('month', hour at time zone 'UTC') from (
          select hour from old_usage_records
          union select hour from old_usage_hours
          union select hour from old_submission_rows
          union select from_hour from adjustments) as hours
      loop
        foreach partitioned in array array['usage_records', 'meter_hours', 'usage_hours',
          'ledger_entries', 'submission_rows']
        loop
          execute format('create table %I partition of %I for values from (%L) to (%L)',
            partitioned || '_' || to_char(month, 'YYYY_MM'), partitioned,
            month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
        end loop;
      end loop;
    end $$`,

  // The plan and term by which the former version rated each hour, or would have rated it.
  sql`create table old_ratings as
    select k.subscription_id, k.dimension, k.hour,
      coalesce(h.publisher_id, s.publisher_id, '') as publisher_id,
      coalesce(case when h.counted > 0 then h.plan_id end, plan.plan_id, first.plan_id, h.plan_id,
        s.plan_id, '') as plan_id,
      coalesce(term.start, to_timestamp(0)) as term_start,
      (select max(v.term_unit) from subscription_versions v
        where v.subscription_id = k.subscription_id and v.term_start = term.start) as term_unit
    from (select subscription_id, dimension, hour from old_usage_records
          union select subscription_id, dimension, hour from old_usage_hours
          union select subscription_id, dimension, from_hour from adjustments) as k
    left join subscriptions s on s.id = k.subscription_id
    left join old_usage_hours h using (subscription_id, dimension, hour)
    left join lateral (
      select v.plan_id from subscription_versions v
      where v.subscription_id = k.subscription_id and v.occurred_at <= k.hour and ${ACTIVE}
      order by v.version desc limit 1) plan on true
    left join lateral (
      select v.plan_id from subscription_versions v
      where v.subscription_id = k.subscription_id and ${ACTIVE}
      order by v.version limit 1) first on true
    left join lateral (
      select coalesce(max(v.term_start) filter (where v.term_start <= k.hour), min(v.term_start)) as start
      from subscription_versions v
      where v.subscription_id = k.subscription_id and ${ACTIVE}) term on true`,
  sql`alter table old_ratings add primary key (subscription_id, dimension, hour)`,
  sql`analyze old_ratings`,

  // An id longer than 200 UTF-16 units holds the publisher's id and the event id as JSON.
  sql`create table old_ids as
    select event_id as claim_id,
      case when length(event_id) + regexp_count(event_id, '[\\U00010000-\\U0010ffff]') > 200 then trim(event_id)::jsonb ->> 1 else event_id end as event_id
    from old_usage_records`,
  sql`alter table old_ids add primary key (claim_id)`,
  sql`insert into usage_claims (publisher_id, event_id, content_hash, taken_at)
    select k.publisher_id, i.event_id, r.content_hash, r.taken_at
    from old_usage_records r join old_ids i on i.claim_id = r.event_id
    join old_ratings k using (subscription_id, dimension, hour)
    order by r.taken_at
    on conflict do nothing`,
  sql`insert into usage_records (subscription_id, publisher_id, event_id, meter, hour, plan_id, term_start,
      term_unit, quantity, occurred_at, taken_at)
    select r.subscription_id, k.publisher_id, i.event_id, r.dimension, r.hour, k.plan_id, k.term_start,
      k.term_unit, r.quantity, r.occurred_at, r.taken_at
    from old_usage_records r join old_ids i on i.claim_id = r.event_id
    join old_ratings k using (subscription_id, dimension, hour)
    order by r.taken_at`,

  sql`insert into meter_hours (subscription_id, meter, hour, plan_id, term_start, term_unit, publisher_id,
      used, counted, state, first_used_at, last_used_at, due_at)
    select h.subscription_id, h.dimension, h.hour, k.plan_id, k.term_start, k.term_unit, k.publisher_id,
      h.used, h.counted, case when h.used = h.counted then 'rated' else 'open' end,
      h.first_used_at, h.last_used_at, h.due_at
    from old_usage_hours h join old_ratings k using (subscription_id, dimension, hour)
    where h.used > 0`,

  // An hour that was open gets its row when it is rated, unless it has rated units already.
  sql`insert into usage_hours (subscription_id, dimension, hour, publisher_id, plan_id, used, reported, billed,
      state, status, usage_event_id, problem, first_used_at, last_used_at, sealed, in_doubt, attempts,
      next_attempt_at, submission_id, settled_at)
    select h.subscription_id, h.dimension, h.hour, k.publisher_id, k.plan_id, h.counted, h.reported,
      case when h.state = 'settled' then h.reported
           when h.status = 'Duplicate' then (
             select r.kept_quantity from old_submission_rows r
             where r.subscription_id = h.subscription_id and r.dimension = h.dimension
               and r.hour = h.hour and r.kept_quantity is not null limit 1) end,
      case when h.state <> 'open' then h.state
           when h.reported = 0 then 'settled'
           when s.status = 'Suspended' then 'held' else 'closed' end,
      h.status, h.usage_event_id, h.problem, h.first_used_at, h.last_used_at, h.sealed, h.in_doubt,
      h.attempts,
      case when h.state <> 'open' then h.next_attempt_at when h.reported > 0 then h.due_at end,
      h.submission_id,
      case when h.state <> 'open' then h.settled_at when h.reported = 0 then h.last_used_at end
    from old_usage_hours h join old_ratings k using (subscription_id, dimension, hour)
    left join subscriptions s on s.id = h.subscription_id
    where h.state <> 'open' or h.counted > 0 or h.reported > 0`,

  // Rated units of each hour, without the units that other hours passed to it.
  sql`insert into ledger_entries (at, kind, publisher_id, subscription_id, meter, dimension, plan_id, term_start,
      term_unit, hour, to_hour, used, included, reported, remainder)
    select coalesce(settled_at, due_at), 'rated', owner, subscription_id, dimension, dimension,
      plan_id, term_start, term_unit, hour, hour, counted, counted - own, own, 0
    from (
      select h.*, k.publisher_id as owner, k.term_start, k.term_unit,
        least(h.counted, greatest(0, h.reported - coalesce(a.quantity, 0))) as own
      from old_usage_hours h join old_ratings k using (subscription_id, dimension, hour)
      left join (
        select subscription_id, dimension, to_hour as hour, sum(quantity) as quantity from adjustments
        where reason <> 'late' and to_hour is not null group by 1, 2, 3
      ) a using (subscription_id, dimension, hour)
      where h.counted > 0
    ) as rated`,
  // Late units with an hour to go to were counted there. The others were never rated, and are not billed.
  sql`insert into ledger_entries (at, kind, publisher_id, subscription_id, meter, dimension, plan_id, term_start,
      term_unit, hour, to_hour, used, included, reported, remainder, reason)
    select a.at, 'rated', k.publisher_id, a.subscription_id, a.dimension, a.dimension, k.plan_id,
      k.term_start, k.term_unit, a.from_hour, null, a.quantity, 0, a.quantity, 0, 'late'
    from adjustments a
    join old_ratings k on k.subscription_id = a.subscription_id and k.dimension = a.dimension
      and k.hour = a.from_hour
    where a.reason = 'late' and a.to_hour is null`,
  sql`insert into ledger_entries (at, kind, publisher_id, subscription_id, meter, dimension, plan_id, term_start,
      term_unit, hour, to_hour, used, included, reported, remainder, reason)
    select a.at, case when a.to_hour is null then 'given-up' else 'moved' end, k.publisher_id,
      a.subscription_id, a.dimension, a.dimension, k.plan_id, k.term_start, k.term_unit, a.from_hour,
      a.to_hour, 0, 0, a.quantity, 0, a.reason
    from adjustments a
    join old_ratings k on k.subscription_id = a.subscription_id and k.dimension = a.dimension
      and k.hour = a.from_hour
    where a.to_hour is null or a.reason <> 'late'
    order by a.id`,

  sql`insert into term_counters (subscription_id, plan_id, kind, name, term_start, used, reported)
    select c.subscription_id, c.plan_id, 'dimension', c.dimension, c.term_start, c.used, coalesce(
      (select sum(l.reported) from ledger_entries l
       where l.subscription_id = c.subscription_id and l.plan_id = c.plan_id
         and l.dimension = c.dimension and l.term_start = c.term_start and l.kind = 'rated'
         and l.to_hour is not null), 0)
    from old_term_counters c`,

  sql`insert into overrides (publisher_id, offer_id, plan_id, term_unit, dimension, included, since)
    select '', offer_id, plan_id, '', dimension, included, updated_at from dimensions
    union all
    select publisher_id, offer_id, plan_id, '', dimension, included, updated_at from publisher_dimensions`,

  sql`insert into submission_rows (submission_id, subscription_id, dimension, hour, plan_id, quantity,
      effective_start, status, usage_event_id, kept_quantity)
    select submission_id, subscription_id, dimension, hour, plan_id, quantity, effective_start, status,
      usage_event_id, kept_quantity
    from old_submission_rows`,

  sql`drop table old_usage_records, old_usage_hours, old_term_counters, old_submission_rows, adjustments,
    dimensions, publisher_dimensions, old_ratings, old_ids`,
];
