import { prepare } from '@landfall/service-kit/prepared';
import { DUE_IN_MS, released } from './lanes.ts';

/** Columns are named as in JavaScript, because the rows come as JSON. */
const given = `given as materialized (
  select * from jsonb_to_recordset($1::jsonb) as given (place int, "subscriptionId" text, fence bigint, "taskId" bigint,
    "isLast" bool, before int, at timestamptz, "begunAt" timestamptz, version int, state jsonb, "publisherId" text,
    "offerId" text, "planId" text, status text, cancelled text[], "timersBy" text, "operationId" text, action text,
    outcome text, origin text, "toPlanId" text, "toQuantity" int, "effectiveAt" timestamptz))`;

/** The caller holds all locks and has compared the version. */
const locked = `known as materialized (select * from given)`;

/**
 * Locks lanes first, as every other transaction does. Rows that are locked already are skipped, so that one subscription never
 * holds up the others. When Postgres has locked a row, it checks the newest version, not the one in its snapshot.
 */
const guarded = `held as materialized (
  select given.* from given cross join lateral (
    select from lanes where lanes.subscription_id = given."subscriptionId" and lanes.fence = given.fence
    for update skip locked) as lane),
known as materialized (
  select held.* from held cross join lateral (
    select from subscriptions where subscriptions.id = held."subscriptionId"
      and subscriptions.version = held.before and missing_at is null
      and (held.version is null or read_at is null or read_at <= held."begunAt")
    for update skip locked) as record
  where not exists (select from operations where operations.subscription_id = held."subscriptionId"
    and operations.operation_id = held."operationId"
    and (operations.outcome is not null or operations.decision = 'refuse')))`;

const matches = `(destination.publisher_id is null or destination.publisher_id = event."publisherId")
  and ((destination.types = '{}' and event."isForAll") or event.type = any(destination.types))
  and (destination.offer_ids = '{}' or destination.offer_ids && event."offerIds")`;

const writes = `changed as (
  update subscriptions set publisher_id = known."publisherId", offer_id = known."offerId", plan_id = known."planId",
    status = known.status, state = known.state, version = known.version, updated_at = known.at,
    read_at = greatest(read_at, known."begunAt")
  from known where subscriptions.id = known."subscriptionId" and known.state is not null),
read as (
  update subscriptions set read_at = greatest(read_at, known."begunAt")
  from known where subscriptions.id = known."subscriptionId" and known.state is null and known."begunAt" is not null),
recorded as (
  insert into timeline (subscription_id, at, kind, cause, operation_id, correlation_id, details)
  select known."subscriptionId", known.at, entry.kind, cause, entry."operationId", "correlationId", details
  from jsonb_to_recordset($2::jsonb) as entry (place int, "order" int, kind text, cause text, "operationId" text,
    "correlationId" text, details jsonb)
  join known using (place) order by place, "order"
  on conflict do nothing),
announced as (
  insert into outbox (message_id, subject, body, correlation_id, causation_id, occurred_at, trace_parent)
  select "messageId", subject, body, "correlationId", "causationId", "occurredAt", "traceParent"
  from jsonb_to_recordset($3::jsonb) as fact (place int, "order" int, "messageId" text, subject text, body text,
    "correlationId" text, "causationId" text, "occurredAt" timestamptz, "traceParent" text)
  join known using (place) order by place, "order"
  on conflict (message_id) do nothing),
event as materialized (
  select fact.*, known.at from jsonb_to_recordset($4::jsonb) as fact (place int, "order" int, id text, type text,
    "publisherId" text, "offerIds" text[], "subscriptionId" text, "isForAll" boolean, content jsonb, body text,
    "traceParent" text)
  join known using (place)),
wanted as (
  select event.id as event_id, destination.id, destination.publisher_id, destination.channel
  from event join destinations as destination on ${matches}
  where destination.channel = 'product' or (destination.channel = 'customer-mail'
    and event.type = any(destination.types) and destination.disabled_because is distinct from 'operator')),
noticed as (
  insert into notices (destination_id, subject_id, what, kind, severity, subscription_id, content, state, not_before,
    due_at, created_at)
  select destination.id, event.id, 'event', event.type, 'info', event."subscriptionId", event.content, 'waiting',
    event.at, event.at, event.at
  from event join destinations as destination on ${matches}
  where destination.channel in ('mail', 'teams', 'slack') and event.type = any(destination.types)
  on conflict (destination_id, subject_id) do nothing),
listening as (
  select event.id as event_id, destination.id
  from event join listeners as destination on ${matches} where destination.ends_at > now()),
stored as (
  insert into product_events (id, body, created_at, trace_parent)
  select id, body, at, "traceParent" from event
  where id in (select event_id from wanted) or id in (select event_id from listening)
  order by place, "order"
  on conflict (id) do nothing
  returning id, sequence),
heard as (
  insert into listener_events (listener_id, event_sequence, event_id, subscription_id)
  select listening.id, stored.sequence, stored.id, event."subscriptionId"
  from stored join listening on listening.event_id = stored.id join event on event.id = stored.id),
delivered as (
  insert into deliveries (id, destination_id, publisher_id, channel, event_id, event_sequence, type, subscription_id,
    state, next_attempt_at, created_at)
  select gen_random_uuid(), wanted.id, wanted.publisher_id, wanted.channel, stored.id, stored.sequence, event.type,
    event."subscriptionId", 'waiting', event.at, event.at
  from stored join wanted on wanted.event_id = stored.id join event on event.id = stored.id),
timer as materialized (
  select timer.*, known."subscriptionId", known."timersBy"
  from jsonb_to_recordset($5::jsonb) as timer (place int, kind text, step int, "dueAt" timestamptz,
    deadline timestamptz)
  join known using (place)),
cancelled as (
  delete from timers using known where timers.subscription_id = known."subscriptionId"
    and (timers.kind = any(known.cancelled) or exists (select from timer where timer.place = known.place
      and timer.kind = timers.kind and timer.step = timers.step))
  returning timers.id),
-- The count makes Postgres delete first, because a new timer replaces one of the same kind and step.
timed as (
  insert into timers (subscription_id, kind, step, due_at, deadline, correlation_id)
  select "subscriptionId", kind, step, "dueAt", deadline, "timersBy"
  from timer cross join (select count(*) from cancelled) as first),
settled as (
  insert into operations (subscription_id, operation_id, action, origin, to_plan_id, to_quantity, outcome, settled_at,
    effective_at)
  select "subscriptionId", "operationId", action, origin, "toPlanId", "toQuantity", outcome, at, "effectiveAt"
  from known where outcome is not null
  on conflict (subscription_id, operation_id) do update set outcome = excluded.outcome,
    settled_at = excluded.settled_at, effective_at = excluded.effective_at,
    origin = coalesce(operations.origin, excluded.origin),
    to_plan_id = coalesce(operations.to_plan_id, excluded.to_plan_id),
    to_quantity = coalesce(operations.to_quantity, excluded.to_quantity)
  where operations.outcome is null and operations.decision is distinct from 'refuse'
  returning subscription_id, operation_id),
-- If a refusal was stored after the snapshot, the task has not ended. Its handler then settles the operation as overruled.
ended as materialized (
  select known.* from known join settled on settled.subscription_id = known."subscriptionId"
    and settled.operation_id = known."operationId"),
completed as (
  update tasks set done_at = now(), attempts = 0, last_error = null from ended where tasks.id = ended."taskId")`;

export const saveLocked = prepare(
  'save-record',
  `with ${given}, ${locked}, ${writes} select place from known`,
);

export const saveGuarded = prepare(
  'save-last',
  `with ${given}, ${guarded}, ${writes}, released as (
  update lanes set ${released()} from ended where "isLast" and lanes.subscription_id = ended."subscriptionId"
  returning place, ${DUE_IN_MS} as due_in_ms)
select place, due_in_ms as "dueInMs" from ended left join released using (place)`,
);
