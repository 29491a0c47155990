import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';

/** Replaces a person's name where the column needs a value. */
const ERASED = 'erased';

/**
 * Removes personal data outside the subscription's own state: the buyer's answers, who approved changes, and
 * the people in events to the product, whether delivered or not. The caller holds the subscription's lock.
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
  await sql`
    update product_events
    set body = ((body::jsonb #- '{subscription,beneficiary,objectId}') - 'answers'::text)::text
    where id in (select event_id from deliveries where subscription_id = ${subscriptionId}
      union all select event_id from listener_events where subscription_id = ${subscriptionId})
  `.execute(trx);
}
