import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** Of one subscription. A busy one has a dozen a day. */
const MOST = 200;

export interface NewExchange {
  readonly subscriptionId: string;
  readonly call: string;
  readonly at: Date;
  readonly status: number | undefined;
  readonly failure: string | undefined;
  readonly durationMs: number;
  readonly attempt: number;
  readonly requestId: string;
  readonly correlationId: string;
  readonly cause: string | undefined;
  /** JSON text. */
  readonly sent: string | undefined;
  readonly answer: string | undefined;
}

/** Stores calls in one statement, and removes all but the newest of each subscription. */
export async function insertExchanges(
  db: Db['kysely'],
  exchanges: readonly NewExchange[],
): Promise<void> {
  const column = <Key extends keyof NewExchange>(key: Key) =>
    exchanges.map((exchange) => exchange[key] ?? null);
  await sql`
    insert into exchanges (subscription_id, call, at, status, failure, duration_ms, attempt, request_id,
      correlation_id, cause, sent, answer)
    select subscription_id, call, at, status, failure, duration_ms, attempt, request_id, correlation_id,
      cause, sent::jsonb, answer::jsonb
    from unnest(${column('subscriptionId')}::text[], ${column('call')}::text[],
      ${column('at')}::timestamptz[], ${column('status')}::int[], ${column('failure')}::text[],
      ${column('durationMs')}::int[], ${column('attempt')}::int[], ${column('requestId')}::text[],
      ${column('correlationId')}::text[], ${column('cause')}::text[], ${column('sent')}::text[],
      ${column('answer')}::text[])
      as new (subscription_id, call, at, status, failure, duration_ms, attempt, request_id, correlation_id,
        cause, sent, answer)
  `.execute(db);
  const ids = [...new Set(exchanges.map(({ subscriptionId }) => subscriptionId))];
  await sql`
    delete from exchanges where id = any(array(
      select old.id from unnest(${ids}::text[]) as about (subscription_id) cross join lateral (
        select id from exchanges where subscription_id = about.subscription_id
        order by id desc offset ${MOST}) as old))
  `.execute(db);
}

/** Calls about a subscription, newest first, before an id. */
export async function listExchanges(
  db: Db['kysely'],
  page: {
    readonly subscriptionId: string;
    readonly exchangeId: string | undefined;
    readonly before: number | undefined;
    readonly limit: number;
  },
) {
  let query = db
    .selectFrom('exchanges')
    .selectAll()
    .where('subscriptionId', '=', page.subscriptionId)
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.exchangeId !== undefined) query = query.where('id', '=', page.exchangeId);
  if (page.before !== undefined) query = query.where('id', '<', String(page.before));
  return await query.execute();
}
