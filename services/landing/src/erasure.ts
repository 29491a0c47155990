import { landingErasures } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { erasePersons } from './store/visits.ts';
import type { Db } from './db/schema.ts';

/**
 * Follows the worker's word that an ended subscription's personal data is erased. Repeating it changes
 * nothing, so no inbox is needed.
 */
export async function consumeErasures(db: Db, bus: Bus): Promise<AsyncDisposable> {
  return await bus.consume(landingErasures, ({ subscription }) =>
    erasePersons(db, subscription.id),
  );
}
