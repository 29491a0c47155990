import { sql } from 'kysely';
import type { UsageRefusalReason } from '@landfall/contracts/usage-procedures';
import { hourOf } from '@landfall/domain/usage';
import type { Db, Trx } from '../db/schema.ts';

/**
 * Rows per publisher and hour. A person reads a few of them; a reporter that invents subscriptions or dimensions
 * must not fill the database. What exceeds it is counted in one row per reason, without subscription and dimension.
 */
const MAX_ROWS_AN_HOUR = 1000;

/** The message lists the plan's dimensions. Thirty of usual length fit. */
const MAX_MESSAGE_LENGTH = 1000;

/** Subscription and dimension of a row that counts what exceeds the limit. No readable record has them. */
const ANY = '';

/** Empty texts: not known, or not readable. */
export interface RefusedRecord {
  readonly publisherId: string;
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly eventId: string | undefined;
  readonly refusal: UsageRefusalReason;
  readonly message: string;
}

/** Adds refused records to the counts of the hour in which they arrived, in the order of the keys. */
export async function countRefusals(
  trx: Trx,
  refused: readonly RefusedRecord[],
  now: Date,
): Promise<void> {
  if (refused.length === 0) return;
  const column = <T>(pick: (record: RefusedRecord) => T) => refused.map(pick);
  const hour = hourOf(now);
  await sql`
    with given as (
      select * from unnest(
        ${column((r) => r.publisherId)}::text[], ${column((r) => r.subscriptionId)}::text[],
        ${column((r) => r.dimension)}::text[], ${column((r) => r.refusal)}::text[],
        ${column((r) => shortened(r.message))}::text[],
        ${column((r) => r.eventId ?? null)}::text[]
      ) with ordinality
        as r (publisher_id, subscription_id, dimension, refusal, message, event_id, place)
    ), keys as (
      select g.publisher_id, g.subscription_id, g.dimension, g.refusal, old.refusal is not null as is_old,
             row_number() over (partition by g.publisher_id, old.refusal is null) as rank
      from (select distinct publisher_id, subscription_id, dimension, refusal from given) g
      left join usage_refusals old on old.hour = ${hour}
        and (old.publisher_id, old.subscription_id, old.dimension, old.refusal)
          = (g.publisher_id, g.subscription_id, g.dimension, g.refusal)
    ), filled as (
      select publisher_id, count(*) as used from usage_refusals
      where hour = ${hour} and publisher_id in (select publisher_id from given) group by 1
    ), kept as (
      select publisher_id, subscription_id, dimension, refusal,
             is_old or coalesce(used, 0) + rank <= ${MAX_ROWS_AN_HOUR} as is_kept
      from keys left join filled using (publisher_id)
    ), sums as (
      select g.publisher_id, case when is_kept then g.subscription_id else ${ANY} end as subscription_id,
             case when is_kept then g.dimension else ${ANY} end as dimension, g.refusal,
             (array_agg(g.message order by place desc))[1] as message, count(*) as records,
             (array_agg(g.event_id order by place desc) filter (where g.event_id is not null))[1]
               as last_event_id
      from given g
      join kept using (publisher_id, subscription_id, dimension, refusal)
      group by 1, 2, 3, 4
    )
    insert into usage_refusals as r (publisher_id, subscription_id, dimension, refusal, hour, message,
      records, last_event_id, last_at)
    select publisher_id, subscription_id, dimension, refusal, ${hour}, message, records, last_event_id,
           ${now}
    from sums order by publisher_id, subscription_id, dimension, refusal
    on conflict (publisher_id, hour, subscription_id, dimension, refusal) do update set
      message = excluded.message, records = r.records + excluded.records,
      last_event_id = coalesce(excluded.last_event_id, r.last_event_id),
      last_at = excluded.last_at`.execute(trx);
}

/** Place of a row in the list. */
export type RefusalCursor = readonly [
  hour: string,
  publisherId: string,
  subscriptionId: string,
  dimension: string,
  refusal: string,
];

/** Counts of refused records after the cursor, latest hour first. */
export async function selectRefusals(
  db: Db['kysely'],
  filter: {
    readonly publisherId: string | undefined;
    readonly subscriptionId: string | undefined;
    readonly refusal: UsageRefusalReason | undefined;
  },
  page: { readonly after: RefusalCursor | undefined; readonly limit: number },
) {
  let query = db
    .selectFrom('usageRefusals')
    .selectAll()
    .orderBy('hour', 'desc')
    .orderBy('publisherId')
    .orderBy('subscriptionId')
    .orderBy('dimension')
    .orderBy('refusal')
    .limit(page.limit);
  const { publisherId, subscriptionId, refusal } = filter;
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (subscriptionId !== undefined) query = query.where('subscriptionId', '=', subscriptionId);
  if (refusal !== undefined) query = query.where('refusal', '=', refusal);
  if (page.after) {
    const [hour, ...rest] = page.after;
    query = query.where(
      sql<boolean>`hour <= ${hour}::timestamptz and (hour < ${hour}::timestamptz
        or (publisher_id, subscription_id, dimension, refusal)
          > (${sql.join(rest.map((text) => sql`${text}::text`))}))`,
    );
  }
  return query.execute();
}

function shortened(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH
    ? message
    : `${message.slice(0, 999).toWellFormed()}…`;
}
