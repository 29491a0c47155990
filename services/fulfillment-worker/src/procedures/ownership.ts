import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { OwnershipOf } from '@landfall/contracts/procedures';
import { ownerOfNameless, type WorkerDeps } from '../publishers.ts';

/** Whose the things of this service are, one row by its key each; the router keeps limited keys by it. */
export function fulfillmentOwnership(
  deps: Pick<WorkerDeps, 'db' | 'log' | 'publishers'>,
): OwnershipOf<FulfillmentProcedures> {
  const { log } = deps;
  const db = deps.db.kysely;
  const whose = async (row: Promise<{ publisher_id: string | null } | undefined>) =>
    (await row)?.publisher_id;
  const ownRow = (table: 'reconciliation_runs' | 'destinations' | 'deliveries') => (id: string) =>
    whose(db.selectFrom(table).select('publisher_id').where('id', '=', id).executeTakeFirst());
  return {
    publisherOf: {
      subscription: (id) =>
        whose(
          db
            .selectFrom('subscriptions')
            .select('publisher_id')
            .where('id', '=', id.toLowerCase())
            .executeTakeFirst(),
        ),
      change: (id) =>
        whose(
          db
            .selectFrom('changes')
            .innerJoin('subscriptions', 'subscriptions.id', 'changes.subscription_id')
            .select('subscriptions.publisher_id')
            .where('changes.id', '=', id)
            .executeTakeFirst(),
        ),
      run: async (id) => {
        const owner = await ownRow('reconciliation_runs')(id);
        return owner === null ? await ownerOfNameless(deps) : owner;
      },
      destination: ownRow('destinations'),
      delivery: ownRow('deliveries'),
    },
    onForeign: (attempt) =>
      log.warn({ security: true, ...attempt }, 'a key asked for what is not of its publisher'),
  };
}
