import { fulfillmentMatters } from '@landfall/contracts/streams';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../db/schema.ts';
import { closeNotices, openNotices, reopenNotices } from '../store/notices.ts';

/**
 * Makes notices of what needs a person, for the destinations that want to know. A matter has one notice for each of them, so a
 * repeated fact changes nothing.
 */
export async function consumeMatters(deps: {
  readonly bus: Bus;
  readonly db: Db;
  readonly now: () => Date;
}): Promise<AsyncDisposable> {
  const { bus, db, now } = deps;
  return await bus.consume(fulfillmentMatters, async (fact) => {
    await inTransaction(db, async (trx) => {
      if ('closedAt' in fact) await closeNotices(trx, fact, now());
      else if (fact.reopenedAt !== undefined) await reopenNotices(trx, fact.id, now());
      else await openNotices(trx, fact, now());
    });
  });
}
