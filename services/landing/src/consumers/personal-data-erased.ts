import { landingErasures } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../db/schema.ts';
import { erasePersons } from '../store/visits.ts';

/**
 * Erases our copy of the personal data when the worker has erased an ended subscription's. Repeating it
 * changes nothing, so it needs no inbox.
 */
export async function consumeErasures(db: Db, bus: Bus): Promise<AsyncDisposable> {
  return await bus.consume(landingErasures, ({ subscription }) =>
    erasePersons(db, subscription.id),
  );
}
