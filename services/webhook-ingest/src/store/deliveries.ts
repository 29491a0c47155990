import { sql } from 'kysely';
import type { Verdict, Db } from '../db/schema.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { appendedHistory, entriesOf } from './history.ts';

/** A notification after one of its deliveries was stored. */
export interface StoredDelivery {
  readonly id: string;
  readonly verdict: Verdict;
  readonly isFirst: boolean;
}

/**
 * Stores a group of deliveries in one statement. The first delivery of a notification inserts it; further ones are
 * counted. Rows are sorted by key so that statements of several instances cannot deadlock. Deliveries of the same
 * notification are merged, because a statement can update a row only once.
 */
export async function storeDeliveries(
  db: Db,
  deliveries: readonly Delivery[],
): Promise<readonly StoredDelivery[]> {
  const byKey = new Map<string, { first: Delivery; all: Delivery[] }>();
  for (const delivery of deliveries) {
    const merged = byKey.get(delivery.dedupeKey);
    if (merged) merged.all.push(delivery);
    else byKey.set(delivery.dedupeKey, { first: delivery, all: [delivery] });
  }
  const rows = [...byKey.values()].sort((left, right) =>
    left.first.dedupeKey < right.first.dedupeKey ? -1 : 1,
  );
  const column = <T>(of: (delivery: Delivery) => T): T[] => rows.map((row) => of(row.first));
  const { rows: stored } = await db.pool.query<StoredRow>({
    name: 'store-deliveries',
    text: STORE_DELIVERIES,
    values: [
      column((delivery) => delivery.id),
      column((delivery) => delivery.dedupeKey),
      column((delivery) => delivery.operationId ?? null),
      column((delivery) => delivery.subscriptionId ?? null),
      column((delivery) => delivery.action),
      column((delivery) => delivery.planId ?? null),
      column((delivery) => delivery.quantity),
      column((delivery) => delivery.body),
      column((delivery) => JSON.stringify(delivery.problems)),
      column((delivery) => delivery.correlationId),
      column((delivery) => delivery.receivedAt),
      column((delivery) => (delivery.judgement === 'none' ? 'accepted' : 'undecided')),
      rows.map((row) => row.all.length),
      rows.map((row) => JSON.stringify(entriesOf(row.all))),
      column((delivery) => delivery.publisherId ?? null),
      column((delivery) => delivery.isUnreadable),
      column(({ arrival }) => arrival.id),
      column(({ arrival }) => arrival.requestId ?? null),
      column(({ arrival }) => arrival.correlationId ?? null),
    ],
  });
  const storedByKey = new Map(stored.map((row) => [row.dedupeKey, row]));
  return deliveries.map((delivery) => {
    const row = storedByKey.get(delivery.dedupeKey);
    if (!row) throw new Error('the statement returned no row for a delivery');
    return { id: row.id, verdict: row.verdict, isFirst: row.id === delivery.id };
  });
}

interface StoredRow {
  readonly id: string;
  readonly dedupeKey: string;
  readonly verdict: Verdict;
}

const STORE_DELIVERIES = `
  insert into notifications (
    id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body, problems,
    correlation_id, received_at, last_delivered_at, verdict, deliveries, history, publisher_id, unreadable,
    arrival_id, microsoft_request_id, microsoft_correlation_id)
  select id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body,
    problems::jsonb, correlation_id, received_at, received_at, verdict, deliveries, history::jsonb, publisher_id,
    unreadable, arrival_id, microsoft_request_id, microsoft_correlation_id
  from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[],
    $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::int[],
    $14::text[], $15::text[], $16::boolean[], $17::uuid[], $18::text[], $19::text[])
    as delivered (
      id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body, problems,
      correlation_id, received_at, verdict, deliveries, history, publisher_id, unreadable, arrival_id,
      microsoft_request_id, microsoft_correlation_id)
  on conflict (dedupe_key) do update set
    deliveries = notifications.deliveries + excluded.deliveries,
    last_delivered_at = greatest(notifications.last_delivered_at, excluded.last_delivered_at),
    history = ${appendedHistory('notifications', 'excluded.history')}
  returning id, dedupe_key as "dedupeKey", verdict`;

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
