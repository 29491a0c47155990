import { sql, type Selectable } from 'kysely';
import {
  EVENT_MATTER_DAYS,
  matterKinds,
  type MatterClosed,
  type MatterKind,
  type MatterOpened,
} from '@landfall/contracts/matters';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Db, Trx } from '../db/schema.ts';
import type { NoticesTable } from '../db/delivery-tables.ts';
import type { DestinationRow } from './destinations.ts';

export type NoticeRow = Selectable<NoticesTable>;

/** A matter that comes and goes rings once in this time. */
const AGAIN_MINUTES = 30;

/** Position of a severity: a higher one is more urgent. */
const rank = (severity: ReturnType<typeof sql>) =>
  sql`array_position(array['info', 'warning', 'critical'], ${severity})`;

/** Stands for every destination in the row that says that a matter is over, if that fact came before the one that opened it. */
const NO_DESTINATION = '00000000-0000-0000-0000-000000000000';

const DAY_MS = 24 * 60 * 60 * 1000;

function isForPerson(kind: string): boolean {
  return Object.hasOwn(matterKinds, kind) && matterKinds[kind as MatterKind].closes === 'person';
}

/** Facts about one matter come in any order, and several at a time. They are taken one after the other. */
async function lockSubject(trx: Trx, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(trx);
}

/**
 * A notice for every destination that wants to know about the matter, in the caller's transaction. An older or repeated fact changes nothing. If a
 * matter that was sent, or that a person closed, becomes more urgent, it is sent again. A matter about the same thing as one that was settled in the last half
 * hour waits for the rest of it; if the end of that one was not sent yet, people still believe it is open, and nothing is sent.
 */
export async function openNotices(trx: Trx, matter: MatterOpened, at: Date): Promise<void> {
  const { id, kind, key, severity, publisherId, offerId, subscriptionId } = matter;
  const offerIds = offerId === undefined ? [] : [offerId, baseOfferId(offerId)];
  const isWorse = sql`notices.state = 'sent'
    and ${rank(sql`excluded.severity`)} > ${rank(sql`notices.sent_severity`)}`;
  // The gateway has opened it again, too.
  const isBack = sql`notices.closed_by = 'person'
    and ${rank(sql`excluded.severity`)} > ${rank(sql`notices.severity`)}`;
  await lockSubject(trx, id);
  await sql`
    with wanted as (
      select id from destinations where channel in ('mail', 'teams', 'slack')
        and not exists (select from notices where destination_id = ${NO_DESTINATION} and subject_id = ${id})
        and (publisher_id is null or publisher_id = ${publisherId ?? null})
        and (matter_kinds is null or ${kind} = any(matter_kinds))
        and (severities = '{}' or ${severity} = any(severities))
        and (offer_ids = '{}' or offer_ids && ${offerIds}::text[])),
    earlier as (
      select distinct on (destination_id) destination_id, notices.id, state, closed_at, sent_at
      from notices join wanted on wanted.id = destination_id
      where kind = ${kind} and key = ${key} and subject_id <> ${id} and sent_at is not null
        and closed_at > ${at}::timestamptz - interval '1 minute' * ${AGAIN_MINUTES}
      order by destination_id, closed_at desc),
    unsettled as (
      update notices set state = 'over', due_at = null, ended_at = ${at}
      where id in (select id from earlier where state = 'closing')),
    placed as (
      select wanted.id as destination_id, earlier.state = 'closing' as is_sent, earlier.sent_at,
        greatest(${at}::timestamptz, earlier.closed_at + interval '1 minute' * ${AGAIN_MINUTES}) as not_before
      from wanted left join earlier on earlier.destination_id = wanted.id)
    insert into notices (destination_id, subject_id, what, kind, key, severity, subscription_id, content, state,
      not_before, due_at, sent_at, sent_severity, created_at)
    select destination_id, ${id}, 'matter', ${kind}, ${key}, ${severity}, ${subscriptionId ?? null},
      ${JSON.stringify(matter)}::jsonb, case when is_sent then 'sent' else 'waiting' end,
      not_before, case when is_sent then null else not_before end,
      case when is_sent then sent_at end, case when is_sent then ${severity} end, ${at}
    from placed
    on conflict (destination_id, subject_id) do update set
      severity = excluded.severity, content = excluded.content,
      not_before = case when ${isWorse} or ${isBack} then ${at} else notices.not_before end,
      due_at = case when ${isWorse} or ${isBack} then ${at} else notices.due_at end,
      state = case when ${isWorse} or ${isBack} then 'waiting' else notices.state end,
      closed_at = case when ${isBack} then null else notices.closed_at end,
      closed_by = case when ${isBack} then null else notices.closed_by end,
      ended_at = case when ${isBack} then null else notices.ended_at end
    where (excluded.content ->> 'version')::int > (notices.content ->> 'version')::int
  `.execute(trx);
}

/**
 * The end of a matter is sent where its beginning was sent. Elsewhere the notice is dropped, or goes into the digest as something
 * that is over. If the fact that opened the matter has not come yet, it will change nothing.
 */
export async function closeNotices(
  trx: Trx,
  { id, kind, by }: Pick<MatterClosed, 'id' | 'kind' | 'by'>,
  at: Date,
): Promise<void> {
  await lockSubject(trx, id);
  if (by === 'itself') {
    await sql`
      insert into notices (destination_id, subject_id, what, kind, severity, content, state, not_before, ended_at, created_at)
      select ${NO_DESTINATION}, ${id}, 'matter', ${kind}, 'info', '{}', 'over', ${at}, ${at}, ${at}
      where not exists (select from notices where subject_id = ${id})
        and exists (select from destinations where channel in ('mail', 'teams', 'slack'))
      on conflict do nothing
    `.execute(trx);
  }
  // What only a person closes has left the list because of its age, and nothing is settled. A day covers the pause between looks.
  const oldest = new Date(at.getTime() - (EVENT_MATTER_DAYS - 1) * DAY_MS).toISOString();
  const isExpired = sql`${by === 'itself' && isForPerson(kind)}
    and sent_at is not null and content ->> 'since' < ${oldest}`;
  const isDropped = sql`(${isExpired} or sent_at is null and digest = 'at-once')`;
  await sql`
    update notices set closed_at = ${at}, closed_by = ${by},
      state = case when ${isDropped} then 'over' when sent_at is not null then 'closing' else 'waiting' end,
      not_before = case when sent_at is not null then ${at} else not_before end,
      due_at = case when ${isDropped} then null when sent_at is not null then ${at} else due_at end,
      ended_at = case when ${isDropped} then ${at}::timestamptz end
    from destinations
    where destinations.id = destination_id and subject_id = ${id} and what = 'matter' and closed_at is null
      and notices.state in ('waiting', 'sent')
  `.execute(trx);
}

/**
 * A person has opened a matter again that a person had closed. Where the end was sent, the matter is sent again; where it was
 * not sent yet, people still believe it is open.
 */
export async function reopenNotices(trx: Trx, id: string, at: Date): Promise<void> {
  await lockSubject(trx, id);
  await sql`
    update notices set closed_at = null, closed_by = null, ended_at = null,
      state = case when state = 'closing' then 'sent' else 'waiting' end,
      not_before = case when state = 'over' then ${at} else not_before end,
      due_at = case when state = 'closing' then null when state = 'over' then ${at} else due_at end
    where subject_id = ${id} and what = 'matter' and closed_by = 'person'
  `.execute(trx);
}

/** The destination's times have changed: the notices that wait are looked at again. */
export async function lookAtNoticesAgain(trx: Trx, destinationId: string): Promise<void> {
  await sql`
    update notices set due_at = not_before where destination_id = ${destinationId} and due_at is not null
  `.execute(trx);
}

/** Enabled destinations with notices to look at. Those of a disabled one wait until it is enabled. */
export async function destinationsWithDueNotices(
  db: Db['kysely'],
  at: Date,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from destinations where state = 'enabled'
      and id = any(array(select destination_id from notices where due_at <= ${at} group by 1))
    order by last_message_at nulls first limit ${limit}
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Locks an enabled destination. Undefined: it is disabled or gone, or another process sends its notices. */
export async function lockEnabledDestination(
  trx: Trx,
  id: string,
): Promise<DestinationRow | undefined> {
  return await trx
    .selectFrom('destinations')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'enabled')
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** The oldest notices to look at. */
export async function dueNotices(
  trx: Trx,
  destinationId: string,
  { at, limit }: { readonly at: Date; readonly limit: number },
): Promise<NoticeRow[]> {
  return await trx
    .selectFrom('notices')
    .selectAll()
    .where('destinationId', '=', destinationId)
    .where('dueAt', '<=', at)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .execute();
}

export async function postponeNotice(trx: Trx, id: string, dueAt: Date): Promise<void> {
  await trx.updateTable('notices').set({ dueAt }).where('id', '=', id).execute();
}

/** They are in a message. A matter that is still open is sent once more when it is settled. */
export async function markSent(trx: Trx, ids: readonly string[], at: Date): Promise<void> {
  await sql`
    update notices set due_at = null, sent_at = ${at}, sent_severity = severity,
      state = case when what = 'event' or closed_at is not null then 'over' else 'sent' end,
      ended_at = case when what = 'event' or closed_at is not null then ${at}::timestamptz end
    where id = any(${ids}::bigint[])
  `.execute(trx);
}

/** Stores a message and its delivery to the destination, or to one of its recipients. */
export async function insertMessage(
  trx: Trx,
  made: {
    readonly destination: DestinationRow;
    readonly recipient: string | undefined;
    readonly eventId: string;
    readonly body: string;
    readonly subscriptionId: string | null;
    readonly at: Date;
  },
): Promise<void> {
  const { destination, recipient, eventId, body, subscriptionId, at } = made;
  await sql`
    with event as (
      insert into product_events (id, body, created_at) values (${eventId}, ${body}, ${at})
      returning id, sequence)
    insert into deliveries (id, destination_id, publisher_id, channel, recipient, event_id, event_sequence,
      type, subscription_id, state, next_attempt_at, created_at)
    select gen_random_uuid(), ${destination.id}, ${destination.publisherId}, ${destination.channel},
      ${recipient ?? null}, id, sequence, 'notice', ${subscriptionId}, 'waiting', ${at}, ${at}
    from event
  `.execute(trx);
  await trx
    .updateTable('destinations')
    .set({ lastMessageAt: at })
    .where('id', '=', destination.id)
    .execute();
}
