import type { Trx } from '../db/schema.ts';

/** Stands where a person was named and a value is needed. */
const ERASED = 'erased';

/**
 * Removes what our tables know of people beside the subscription's own state: the buyer's answers and
 * who approved changes. The row of the subscription is locked by the caller.
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
}
