import { sql } from 'kysely';
import type { Verdict, Db } from '../db/schema.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { appendedHistory, entriesOf } from './history.ts';

/** A notification after one of its deliveries was stored. */
export interface StoredDelivery {
  readonly id: string;
  readonly verdict: Verdict;
  readonly isFirst: boolean;
  /** The notification became part of this publication only if `isFirst`. Null if it is never published. */
  readonly publicationId: string | null;
}

/** A delivery, and the publication that its notification becomes part of; null if it is never published. */
export interface PublishedDelivery {
  readonly delivery: Delivery;
  readonly publicationId: string | null;
  /** From this time on, the sweep publishes it. */
  readonly sweptFrom: string;
}

/**
 * Stores a group of deliveries and their publications in one statement. The first delivery of a notification inserts it;
 * further ones are counted. Rows are sorted by key so that statements of several instances cannot deadlock. Deliveries of
 * the same notification are merged, because a statement can update a row only once. Safe to repeat.
 */
export async function storeDeliveries(
  db: Pick<Db, 'pool'>,
  deliveries: readonly PublishedDelivery[],
): Promise<readonly StoredDelivery[]> {
  const byKey = new Map<string, { first: PublishedDelivery; all: Delivery[] }>();
  for (const published of deliveries) {
    const { delivery } = published;
    const merged = byKey.get(delivery.dedupeKey);
    if (merged) merged.all.push(delivery);
    else byKey.set(delivery.dedupeKey, { first: published, all: [delivery] });
  }
  const rows = [...byKey.values()].sort((left, right) =>
    left.first.delivery.dedupeKey < right.first.delivery.dedupeKey ? -1 : 1,
  );
  const { rows: stored } = await db.pool.query<StoredRow>({
    name: 'store-deliveries',
    text: STORE_DELIVERIES,
    values: valuesOf(rows),
  });
  const storedByKey = new Map(stored.map((row) => [row.dedupeKey, row]));
  return deliveries.map(({ delivery, publicationId }) => {
    const row = storedByKey.get(delivery.dedupeKey);
    if (!row) throw new Error('the statement returned no row for a delivery');
    return { id: row.id, verdict: row.verdict, isFirst: row.id === delivery.id, publicationId };
  });
}

interface StoredRow {
  readonly id: string;
  readonly dedupeKey: string;
  readonly verdict: Verdict;
}

/**
 * The rows go to PostgreSQL as JSON, which is faster to build and to read than an array for each column. The bodies are one
 * value of bytes, because a text in JSON is escaped character by character here, and unescaped there.
 */
function valuesOf(
  rows: readonly { readonly first: PublishedDelivery; readonly all: Delivery[] }[],
) {
  const bodies: Buffer[] = [];
  let end = 0;
  const columns = rows.map(({ first: { delivery, publicationId, sweptFrom }, all }) => {
    const body = Buffer.from(delivery.body);
    bodies.push(body);
    const start = end + 1;
    end += body.length;
    return {
      id: delivery.id,
      dedupe_key: delivery.dedupeKey,
      operation_id: delivery.operationId,
      subscription_id: delivery.subscriptionId,
      action: delivery.action,
      plan_id: delivery.planId,
      quantity: delivery.quantity,
      body_start: start,
      body_length: body.length,
      problems: delivery.problems,
      correlation_id: delivery.correlationId,
      trace_parent: delivery.traceParent,
      received_at: delivery.receivedAt,
      verdict: delivery.judgement === 'none' ? 'accepted' : 'undecided',
      deliveries: all.length,
      history: entriesOf(all),
      publisher_id: delivery.publisherId,
      unreadable: delivery.isUnreadable,
      arrival_id: delivery.arrival.id,
      microsoft_request_id: delivery.arrival.requestId,
      microsoft_correlation_id: delivery.arrival.correlationId,
      publication_id: publicationId,
      due_at: sweptFrom,
    };
  });
  return [JSON.stringify(columns), Buffer.concat(bodies)];
}

const STORE_DELIVERIES = `
  with delivered as (
    select * from jsonb_to_recordset($1::jsonb) as delivered (
      id uuid, dedupe_key text, operation_id text, subscription_id text, action text, plan_id text,
      quantity float8, body_start int, body_length int, problems jsonb, correlation_id text,
      received_at timestamptz, verdict text, deliveries int, history jsonb, publisher_id text,
      unreadable boolean, arrival_id uuid, microsoft_request_id text, microsoft_correlation_id text,
      publication_id uuid, due_at timestamptz, trace_parent text)),
  stored as (
    insert into notifications (
      id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body, problems,
      correlation_id, received_at, last_delivered_at, verdict, deliveries, history, publisher_id, unreadable,
      arrival_id, microsoft_request_id, microsoft_correlation_id, publication_id, published_at,
      trace_parent)
    select id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity,
      convert_from(substring($2::bytea, body_start, body_length), 'UTF8'), problems,
      correlation_id, received_at, received_at, verdict, deliveries, history, publisher_id, unreadable,
      arrival_id, microsoft_request_id, microsoft_correlation_id, publication_id,
      case when publication_id is not null then received_at end, trace_parent
    from delivered
    on conflict (dedupe_key) do update set
      deliveries = notifications.deliveries + excluded.deliveries,
      last_delivered_at = greatest(notifications.last_delivered_at, excluded.last_delivered_at),
      history = ${appendedHistory('notifications', 'excluded.history')}
    returning id, dedupe_key, verdict),
  published as (
    insert into publications (id, notification_ids, due_at)
    select publication_id, array_agg(id), max(due_at)
    from stored join delivered using (id) where publication_id is not null
    group by publication_id
    on conflict (id) do nothing)
  select id, dedupe_key as "dedupeKey", verdict from stored`;

/**
 * Stores a verdict unless a final one is there, and returns the verdict in force, so that every repeat gets the same
 * answer. Deliveries that waited for the verdict get its answer in their history.
 */
export async function recordVerdict(
  db: Db,
  id: string,
  {
    verdict,
    reason,
    askedAt,
    answeredAt,
  }: {
    readonly verdict: Verdict;
    readonly reason: string | undefined;
    readonly askedAt: Date;
    /** Undefined: the worker did not answer in time. */
    readonly answeredAt: Date | undefined;
  },
): Promise<Verdict> {
  const { rows } = await db.pool.query<{ verdict: Verdict }>({
    name: 'record-verdict',
    text: `
      update notifications set
        verdict = case when verdict = 'undecided' then $2 else verdict end,
        reason = case when verdict = 'undecided' then $3 else reason end,
        asked_at = case when verdict = 'undecided' then $4 else asked_at end,
        answered_at = case when verdict = 'undecided' then $5 else answered_at end,
        history = (
          select coalesce(jsonb_agg(
            case when entry -> 'answer' = 'null' then entry || jsonb_build_object('answer',
              case when $2 = 'undecided' then 503
                when $2 = 'refused' and verdict = 'undecided' or verdict = 'refused' then 400
                else 200 end)
              else entry end order by place), '[]')
          from jsonb_array_elements(history) with ordinality as entries (entry, place))
      where id = $1 returning verdict`,
    values: [id, verdict, reason ?? null, askedAt, answeredAt ?? null],
  });
  return rows[0]?.verdict ?? verdict;
}

/** Notes a 503 for a delivery that was stored after its answer, whatever the verdict is. */
export async function recordUnavailable(db: Db, id: string, receivedAt: Date): Promise<void> {
  await sql`
    update notifications set history = (
      select jsonb_agg(case when entry ->> 'at' = ${receivedAt.toISOString()} and entry ? 'answer'
        then entry || '{"answer": 503}' else entry end order by place)
      from jsonb_array_elements(history) with ordinality as entries (entry, place))
    where id = ${id} and history <> '[]'`.execute(db.kysely);
}
