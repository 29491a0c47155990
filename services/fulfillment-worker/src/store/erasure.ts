import { sql, type RawBuilder } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';

/** Replaces a person's name where the column needs a value. */
const ERASED = 'erased';

/**
 * Removes personal data outside the subscription's own state: the buyer's answers, who approved changes, notes, the words
 * about a decided purchase, and the people in events to the product, whether delivered or not. The caller holds the subscription's lock.
 */
export async function erasePersonalData(trx: Trx, subscriptionId: string): Promise<void> {
  await trx
    .updateTable('subscriptions')
    .set({ answers: null })
    .where('id', '=', subscriptionId)
    .execute();
  await trx
    .updateTable('changes')
    .set({ approvedBy: ERASED })
    .where('subscriptionId', '=', subscriptionId)
    .execute();
  await trx
    .updateTable('approvals')
    .set({ decidedBy: ERASED, reason: null, messageToBuyer: null })
    .where('subscriptionId', '=', subscriptionId)
    .execute();
  await trx.deleteFrom('notes').where('subscriptionId', '=', subscriptionId).execute();
  await erasePeopleOfEvents(
    trx,
    sql`id in (select event_id from deliveries where subscription_id = ${subscriptionId}
      union all select event_id from listener_events where subscription_id = ${subscriptionId})`,
  );
}

/** Removes people and the buyers' answers from events to the product. */
export async function erasePeopleOfEvents(
  db: Db['kysely'],
  which: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    update product_events
    set body = ((body::jsonb #- '{subscription,beneficiary,objectId}') - array['answers', 'person'])::text
    where ${which}
  `.execute(db);
}

/** Removes a person's addresses from the recipients of mails. */
export async function eraseRecipients(
  db: Db['kysely'],
  which: RawBuilder<unknown>,
  pattern: string | null,
): Promise<void> {
  await sql`
    update destinations
    set recipients = array(select one from unnest(recipients) as one where one !~* ${pattern}::text)
    where ${which}
  `.execute(db);
}

/** Ids of the subscriptions in these rows. */
export async function subscriptionIdsIn(
  db: Db['kysely'],
  which: RawBuilder<unknown>,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from subscriptions where ${which} order by id
  `.execute(db);
  return rows.map(({ id }) => id);
}
