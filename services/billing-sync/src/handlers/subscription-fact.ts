import type { Envelope } from '@landfall/contracts/envelope.ts';
import { billingSubscriptions } from '@landfall/contracts/streams.ts';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts.ts';
import { inTransaction, type Database } from '@landfall/service-kit/database.ts';
import { once } from '@landfall/service-kit/inbox.ts';
import type { BillingDb } from '../db/schema.ts';
import {
  hastenHours,
  holdHours,
  insertVersion,
  releaseHours,
  saveSubscription,
} from '../store/subscriptions.ts';

/**
 * Follows the subscriptions. Every fact carries the whole state, so the highest version wins and a
 * missed or repeated fact does no harm; an older one only adds to what is known of past hours.
 */
export async function projectSubscription(
  deps: { readonly database: Database<BillingDb>; readonly now: () => Date },
  fact: SubscriptionFact,
  envelope: Envelope,
): Promise<void> {
  const { id, status } = fact.subscription;
  await inTransaction(deps.database, async (trx) => {
    if (!(await once(trx, billingSubscriptions.durable, envelope.messageId))) return;
    await insertVersion(trx, fact);
    if (!(await saveSubscription(trx, fact))) return;
    if (status === 'Suspended') await holdHours(trx, id);
    if (status === 'Subscribed') await releaseHours(trx, id, deps.now());
    if (status === 'Unsubscribed') {
      await releaseHours(trx, id, deps.now());
      await hastenHours(trx, id, deps.now());
    }
  });
}
