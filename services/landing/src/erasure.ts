import { landingErasures } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { erasePersons, type Db } from './store/visits.ts';

/**
 * Follows the worker's word that an ended subscription's personal data is erased. Repeating it changes
 * nothing, so no inbox is needed.
 */
export async function consumeErasures(db: Db, bus: Bus): Promise<AsyncDisposable> {
  return await bus.consume(landingErasures, ({ subscription }) =>
    erasePersons(db, subscription.id),
  );
}
