import { sql, type RawBuilder } from 'kysely';
import type { subscriptionProcedures } from '@landfall/contracts/subscription-procedures';
import type { z } from 'zod';
import type { Db } from '../db/schema.ts';
import { recordColumns, toRecord, type SubscriptionRecord } from './subscriptions.ts';

type Input = z.output<(typeof subscriptionProcedures)['subscriptions']['list']['input']>;
type CountInput = z.output<(typeof subscriptionProcedures)['subscriptions']['count']['input']>;

/** What a list of subscriptions is limited to. */
export type SubscriptionFilter = CountInput;
export type SubscriptionSort = Input['sort'];

/** Where a page begins: the sort key and id of the last row before it. */
export interface SortedPosition {
  readonly key: string;
  readonly id: string;
}

export interface ListedSubscription {
  readonly record: SubscriptionRecord;
  readonly key: string;
}

/** The `total` of a list stops here, because it is read with the first page. */
const MAX_TOTAL = 10_000;
/** Every word of a search needs a look into the index. Nobody types more. */
const MAX_TERMS = 8;

/** One in a hundred rows of a large installation. Reading that many in order finds a page soon. */
const MANY = 1_000;

/** The sort key of each order as text, how a key is compared, and the direction. */
const orders = {
  newest: { column: sql.ref('created_at'), cast: sql`timestamptz`, isUp: false },
  name: { column: sql.ref('name_key'), cast: sql`text`, isUp: true },
  endsAt: { column: sql.ref('ends_key'), cast: sql`text`, isUp: true },
  status: { column: sql.ref('status'), cast: sql`text`, isUp: true },
} as const;

/** One page of the matching subscriptions, in a stable order. */
export async function listSubscriptions(
  db: Db['kysely'],
  filter: SubscriptionFilter,
  page: {
    readonly sort: SubscriptionSort;
    readonly after: SortedPosition | undefined;
    readonly limit: number;
  },
): Promise<ListedSubscription[]> {
  const { column, cast, isUp } = orders[page.sort];
  let query = (await matching(db, filter))
    .select(recordColumns)
    .select(['nameKey', 'endsKey', 'status'])
    .orderBy(column, isUp ? 'asc' : 'desc')
    .orderBy('id', isUp ? 'asc' : 'desc')
    .limit(page.limit);
  if (page.after) {
    const { key, id } = page.after;
    const comparison = isUp ? sql`>` : sql`<`;
    query = query.where(sql<boolean>`(${column}, id) ${comparison} (${key}::${cast}, ${id})`);
  }
  const rows = await query.execute();
  return rows.map((row) => {
    const { nameKey, endsKey, status, createdAt } = row;
    const keys = { newest: createdAt.toISOString(), name: nameKey, endsAt: endsKey, status };
    const key = keys[page.sort];
    return { record: toRecord(row), key };
  });
}

/** How many match, at most `most`. */
export async function countSubscriptions(
  db: Db['kysely'],
  filter: SubscriptionFilter,
  most = MAX_TOTAL,
): Promise<number> {
  const found = (await matching(db, filter)).select('id').limit(most).as('found');
  const { count } = await db
    .selectFrom(found)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function matching(db: Db['kysely'], filter: SubscriptionFilter) {
  const { publisherId, status, offerId, planId, isTestPurchase, activation, provisioning } = filter;
  const { search, waitsFor, renewsBefore, endsBefore, updatedSince } = filter;
  const equal = { publisherId, status, offerId, planId, isTestPurchase, activation, provisioning };
  let query = db.selectFrom('subscriptions');
  for (const [column, value] of Object.entries(equal)) {
    if (value === undefined) continue;
    query = query.where(sql.ref(column), '=', value);
  }
  if (search !== undefined) query = query.where(await found(db, search, publisherId));
  if (waitsFor) query = query.where(waits[waitsFor]);
  if (renewsBefore) query = query.where(ending(renewsBefore, { renews: true }));
  if (endsBefore) query = query.where(ending(endsBefore, { renews: false }));
  if (updatedSince) query = query.where('updatedAt', '>=', new Date(updatedSince));
  return query;
}

/**
 * The condition of a search. Few matches are looked up first, by the index of words. Many are checked while the rows are read in
 * their order: the planner cannot tell the two apart.
 */
async function found(
  db: Db['kysely'],
  search: string,
  publisherId: string | undefined,
): Promise<RawBuilder<boolean>> {
  const ids = await idsBehind(db, search);
  const matches = sql<boolean>`words @@ lower(${termsOf(search)})::tsquery`;
  let probe = db
    .selectFrom('subscriptions')
    .select('id')
    .where(matches)
    .limit(MANY + 1);
  if (publisherId !== undefined) probe = probe.where('publisherId', '=', publisherId);
  const rows = await probe.execute();
  if (rows.length > MANY) return sql`(${matches} or id = any(${ids}))`;
  return sql`id = any(${[...ids, ...rows.map(({ id }) => id)]})`;
}

/** Subscriptions of the operation or change with this id. */
async function idsBehind(db: Db['kysely'], search: string): Promise<string[]> {
  const id = search.trim();
  const { rows } = await sql<{ id: string }>`
    select subscription_id as id from operations where operation_id = any(${[id, id.toLowerCase()]})
    union select subscription_id from changes where operation_id = any(${[id, id.toLowerCase()]})
    union select subscription_id from changes where id = ${isUuid(id) ? id : null}::uuid
    limit ${MAX_TERMS}
  `.execute(db);
  return rows.map((row) => row.id);
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

/** A full-text query: each word of the search is the beginning of a word of the subscription. */
function termsOf(search: string): string {
  const terms = search.trim().split(/\s+/u).slice(0, MAX_TERMS);
  return terms.map((term) => `'${term.replaceAll(/['\\]/g, '$&$&')}':*`).join(' & ');
}

const IN_FORCE = sql`status in ('Subscribed', 'Suspended')`;

function ending(before: string, { renews }: { readonly renews: boolean }): RawBuilder<boolean> {
  return sql`(${IN_FORCE} and ends_key < ${new Date(before).toISOString()}
    and (state ->> 'autoRenew') ${renews ? sql`=` : sql`is distinct from`} 'true')`;
}

/**
 * Of the declined purchases, an operator has to look at those that Microsoft refused to end. Those that Microsoft only keeps
 * (`without-effect`) lapse by themselves.
 */
const waits: Readonly<Record<NonNullable<Input['waitsFor']>, RawBuilder<boolean>>> = {
  publisher: sql`activation = 'awaiting-approval'`,
  product: sql`activation = 'provisioning'`,
  microsoft: sql`id in (
    select id from subscriptions where activation in ('requested', 'confirming')
    union all select subscription_id from changes where state in ('requested', 'sent'))`,
  customer: sql`(status in ('PendingFulfillmentStart', 'NotStarted') and activation = 'none')`,
  operator: sql`id in (
    select id from subscriptions where activation = 'failed' and status <> 'Unsubscribed'
    union all select id from subscriptions where activation = 'declined' and status <> 'Unsubscribed'
      and (select state = 'failed' and failure <> 'without-effect' from changes
        where subscription_id = subscriptions.id and kind = 'Unsubscribe'
        order by requested_at desc limit 1)
    union all select subscription_id from tasks where dead_at is not null)`,
};
