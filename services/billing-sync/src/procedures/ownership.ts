import type { BillingProcedures } from '@landfall/contracts/billing-procedures';
import type { OwnershipOf } from '@landfall/contracts/procedures';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { publisherOf, subscriptionKey } from '../store/subscriptions.ts';

/** Which publisher owns a subscription. The router limits publishers' keys by it. */
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
      log.warn({ security: true, ...attempt }, "a key asked for another publisher's data"),
  };
}
