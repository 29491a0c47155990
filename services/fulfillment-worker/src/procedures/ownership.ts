import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { OwnershipOf } from '@landfall/contracts/procedures';
import { ownerOfNameless, type WorkerDeps } from '../publishers.ts';
import {
  publisherIdOf,
  publisherIdOfChange,
  publisherIdOfSubscription,
} from '../store/ownership.ts';

/** Which publisher owns a thing of this service. The router limits publishers' keys by it. */
export function fulfillmentOwnership(
  deps: Pick<WorkerDeps, 'db' | 'log' | 'publishers'>,
): OwnershipOf<FulfillmentProcedures> {
  const { log } = deps;
  const db = deps.db.kysely;
  return {
    publisherOf: {
      subscription: (id) => publisherIdOfSubscription(db, id.toLowerCase()),
      change: (id) => publisherIdOfChange(db, id),
      run: async (id) => {
        const owner = await publisherIdOf(db, 'reconciliationRuns', id);
        return owner === null ? await ownerOfNameless(deps) : owner;
      },
      destination: (id) => publisherIdOf(db, 'destinations', id),
      delivery: (id) => publisherIdOf(db, 'deliveries', id),
      listener: (id) => publisherIdOf(db, 'listeners', id),
    },
    onForeign: (attempt) =>
      log.warn({ security: true, ...attempt }, "a key asked for another publisher's data"),
  };
}
