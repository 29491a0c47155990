import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';

/** Stands where a person was named and a value is needed. */
const ERASED = 'erased';

/**
 * Removes what our tables know of people beside the subscription's own state: the buyer's answers,
 * who approved changes, and what events to the product say of people, whether they have arrived or not. The
 * row of the subscription is locked by the caller.
 */
export async function erasePersonalData(trx: Trx, subscriptionId: string): Promise<void> {
  await trx
    .updateTable('subscriptions')
    .set({ answers: null })
    .where('id', '=', subscriptionId)
    .execute();
  await trx
    .updateTable('changes')
    .set({ approved_by: ERASED })
    .where('subscription_id', '=', subscriptionId)
    .execute();
  await sql`
    update product_events
    set body = ((body::jsonb #- '{subscription,beneficiary,objectId}') - 'answers'::text)::text
    where id in (select event_id from deliveries where subscription_id = ${subscriptionId})
  `.execute(trx);
}
