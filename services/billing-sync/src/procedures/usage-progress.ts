import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import { SUMMARY_DAYS } from '@landfall/contracts/pages';
import type { Handler } from '@landfall/contracts/procedures';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { Db } from '../db/schema.ts';
import { countUsageDays, oldestUnsent } from '../store/readings.ts';

/** How far the usage of the last days has come, and when Microsoft stops taking the oldest of it. */
export function usageProgress(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handler<(typeof billingProcedures)['usage']['progress']> {
  const { db, now } = deps;
  return async ({ publisherId }) => {
    const at = now();
    const [days, oldest] = await Promise.all([
      countUsageDays(db.kysely, { days: SUMMARY_DAYS, until: at, publisherId }),
      oldestUnsent(db, at, publisherId),
    ]);
    const deadline = oldest && new Date(oldest.getTime() + USAGE_WINDOW_MS);
    return { days: [...days], nextDeadlineAt: deadline?.toISOString() };
  };
}
