import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { notFound } from '@landfall/contracts/ownership';
import { overage, reportableQuantity } from '@landfall/domain/usage';
import type { Db } from '../db/schema.ts';
import { subscriptionKey } from '../store/subscriptions.ts';
import { termUsage } from '../store/term-usage.ts';

/** Usage of the present term as the customer sees it: used, included, and above the included quantity. */
export function usageSummary(deps: {
  readonly db: Db;
  readonly now: () => Date;
}): Handler<(typeof billingProcedures)['usage']['summary']> {
  return async ({ subscriptionId }) => {
    const id = subscriptionKey(subscriptionId);
    const usage = await termUsage(deps.db.kysely, id, deps.now());
    if (!usage) return notFound('subscription');
    return {
      termStart: usage.termStart?.toISOString(),
      termEnd: usage.termEnd?.toISOString(),
      isTest: usage.isTest,
      dimensions: usage.dimensions.map(({ planId, dimension, used, included, refused }) => ({
        planId,
        dimension,
        included,
        used: reportableQuantity(used),
        overage: reportableQuantity(overage(used, 0, included)),
        refused: reportableQuantity(refused),
      })),
    };
  };
}
