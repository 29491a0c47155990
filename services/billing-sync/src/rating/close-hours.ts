import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../db/schema.ts';
import { rateHours } from '@landfall/domain/rating';
import { lockCounters, saveRatedHours, takeDueHours } from '../store/due-hours.ts';

/** Bounds memory and the time for which counters are locked. A million hours are 2,000 batches. */
const CLOSE_BATCH = 500;

/** Rates and closes every hour that is due and returns how many. Other instances may do the same at the same time. */
export async function closeHours(db: Db, now: Date, isStopping: () => boolean): Promise<number> {
  let closed = 0;
  while (!isStopping()) {
    const count = await inTransaction(db, async (trx) => {
      const due = await takeDueHours(trx, now, CLOSE_BATCH);
      if (due.length === 0) return 0;
      const { rated } = rateHours(due, await lockCounters(trx, due));
      await saveRatedHours(trx, { due, rated, now });
      return due.length;
    });
    closed += count;
    if (count < CLOSE_BATCH) break;
  }
  return closed;
}
