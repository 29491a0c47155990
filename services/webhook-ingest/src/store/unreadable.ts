import { sql, type Transaction } from 'kysely';
import type { Db, IngestTables, NotificationsTable } from '../db/schema.ts';

/** More publishers than one installation has. The next look takes the rest. */
const MAX_PUBLISHERS = 100;

/**
 * Publishers with unreadable notifications that no reconciliation was started for, except publishers with a
 * reconciliation since `pausedSince`. Null is the publisher without an id.
 */
export async function listUnreconciled(
  db: Db,
  { at, pausedSince }: { readonly at: Date; readonly pausedSince: Date },
): Promise<readonly (string | null)[]> {
  const { rows } = await sql<{ publisherId: string | null }>`
    select publisher_id from notifications where unreadable
    group by publisher_id
    having bool_or(reconciled_at is null and received_at <= ${at})
      and coalesce(max(reconciled_at) <= ${pausedSince}, true)
    limit ${MAX_PUBLISHERS}`.execute(db.kysely);
  return rows.map((row) => row.publisherId);
}

/** Marks the publisher's unreadable notifications that had arrived by `at`. */
export async function markReconciled(db: Db, publisherId: string | null, at: Date): Promise<void> {
  await sql`
    update notifications set reconciled_at = ${at}
    where unreadable and reconciled_at is null and received_at <= ${at}
      and publisher_id is not distinct from ${publisherId}`.execute(db.kysely);
}

type Unreadable = Pick<
  NotificationsTable,
  'id' | 'publisherId' | 'subscriptionId' | 'problems' | 'receivedAt' | 'verdict'
>;

/** Unreadable notifications since then: the newest ones of each publisher. Reads the index `notifications_unreadable`. */
export async function newestUnreadable(
  trx: Transaction<IngestTables>,
  since: Date,
  limit: number,
): Promise<readonly Unreadable[]> {
  const { rows } = await sql<Unreadable>`
    select id, publisher_id, subscription_id, problems, received_at, verdict from (
      select *, row_number() over (partition by publisher_id order by received_at desc) as place
      from notifications where unreadable and received_at > ${since}
    ) as recent where place <= ${limit}`.execute(trx);
  return rows;
}
