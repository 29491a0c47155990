import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/schema.ts';

export interface StoredBody {
  readonly id: string;
  readonly body: string;
}

/** Bodies of a subscription's notifications, in the order of their ids, after the id `after`. */
export async function selectBodies(
  db: Db,
  subscriptionId: string,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly StoredBody[]> {
  return db.kysely
    .selectFrom('notifications')
    .select(['id', 'body'])
    .where('subscriptionId', '=', subscriptionId)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute();
}

/** Bodies of the notifications that the condition selects, in the order of their ids. */
export async function selectMatchingBodies(
  db: Db,
  which: RawBuilder<unknown>,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly StoredBody[]> {
  const { rows } = await sql<StoredBody>`
    select id, body from notifications where ${which} and id > ${page.after}::uuid
    order by id limit ${page.limit}`.execute(db.kysely);
  return rows;
}

/** Replaces bodies, in one short transaction. Rows that have the body already are not written. */
export async function replaceBodies(db: Db, bodies: readonly StoredBody[]): Promise<void> {
  await sql`
    update notifications set body = replaced.body
    from jsonb_to_recordset(${JSON.stringify(bodies)}::jsonb) as replaced (id uuid, body text)
    where notifications.id = replaced.id and notifications.body <> replaced.body
  `.execute(db.kysely);
}
