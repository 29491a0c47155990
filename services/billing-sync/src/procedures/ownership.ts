import type { BillingProcedures } from '@landfall/contracts/billing-procedures';
import type { OwnershipOf } from '@landfall/contracts/procedures';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { publisherOf, subscriptionKey } from '../store/subscriptions.ts';

/** Whose a subscription is; the router keeps limited keys by it. */
export function billingOwnership({
  db,
  log,
}: {
  readonly db: Db;
  readonly log: Logger;
}): OwnershipOf<BillingProcedures> {
  return {
    publisherOf: { subscription: (id) => publisherOf(db.kysely, subscriptionKey(id)) },
    onForeign: (attempt) =>
      log.warn({ security: true, ...attempt }, 'a key asked for what is not of its publisher'),
  };
}
