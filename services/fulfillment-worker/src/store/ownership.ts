import type { Db } from '../db/schema.ts';

/** Publisher id of a subscription; undefined if it is unknown. */
export async function publisherIdOfSubscription(
  db: Db['kysely'],
  id: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .select('publisherId')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.publisherId;
}

/** Publisher id of the subscription that a change belongs to; undefined if the change is unknown. */
export async function publisherIdOfChange(
  db: Db['kysely'],
  id: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('changes')
    .innerJoin('subscriptions', 'subscriptions.id', 'changes.subscriptionId')
    .select('subscriptions.publisherId')
    .where('changes.id', '=', id)
    .executeTakeFirst();
  return row?.publisherId;
}

/** Publisher id of a row in a table with its own publisher column; null if the row names none. */
export async function publisherIdOf(
  db: Db['kysely'],
  table: 'reconciliationRuns' | 'destinations' | 'deliveries' | 'listeners',
  id: string,
): Promise<string | null | undefined> {
  const row = await db
    .selectFrom(table)
    .select('publisherId')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.publisherId;
}

/** Whether a subscription of another publisher exists. */
export async function hasOtherPublisher(db: Db['kysely'], publisherId: string): Promise<boolean> {
  // Two ranges of the index; "not equal" would read every row.
  const another = await db
    .selectFrom('subscriptions')
    .select('id')
    .where((is) =>
      is.or([is('publisherId', '<', publisherId), is('publisherId', '>', publisherId)]),
    )
    .limit(1)
    .executeTakeFirst();
  return another !== undefined;
}

/** Publisher ids of all subscriptions, each once, up to `limit`. */
export async function publisherIdsOfSubscriptions(
  db: Db['kysely'],
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .select('publisherId')
    .distinct()
    .limit(limit)
    .execute();
  return rows.map((row) => row.publisherId);
}
