import { standingAt } from '@landfall/domain/standing';
import { hourOf } from '@landfall/domain/usage';
import { NO_TERM, type Trx } from '../db/schema.ts';
import { knownDimensions, type PlanKey } from '../store/catalogue.ts';
import { type AssignedUsage, replaceMeterHours, unratedUsage } from '../store/unrated-usage.ts';
import { reportedSubscriptions } from '../store/subscriptions.ts';
import { planWith, possiblePlans } from './plan-of-moment.ts';

/**
 * Assigns usage that has not been rated to the plan and term of its moment again, because a fact has added a version of
 * the subscription. `from`: the earliest moment at which the version changes something. The subscription must be locked.
 */
export async function reassignUsage(trx: Trx, subscriptionId: string, from: Date): Promise<void> {
  const found = await reportedSubscriptions(trx, [subscriptionId], {
    publisherId: undefined,
    isLocked: true,
  });
  const subscription = found.get(subscriptionId);
  if (!subscription) return;
  const moments = subscription.versions.flatMap(({ occurredAt, termStart }) => [
    occurredAt,
    ...(termStart ? [termStart] : []),
  ]);
  const usage = await unratedUsage(trx, { subscriptionId, from: hourOf(from), moments });
  if (usage.length === 0) return;
  const plans = new Map<string, PlanKey[]>();
  for (const one of usage) {
    plans.set(
      one.firstUsedAt.toISOString(),
      possiblePlans({ occurredAt: one.firstUsedAt }, subscription),
    );
  }
  const dimensionsOf = await knownDimensions(trx, [...plans.values()].flat());
  const assigned = usage.map((one): AssignedUsage => {
    const possible = plans.get(one.firstUsedAt.toISOString()) ?? [];
    const standing = standingAt(subscription.versions, one.firstUsedAt);
    // A meter that no plan has any more was judged when it was taken. It stays with the plan of its moment.
    const plan = planWith(one.meter, possible, dimensionsOf) ?? possible[0];
    return {
      ...one,
      toPlanId: plan?.planId ?? one.planId,
      toTermStart: standing?.termStart ?? NO_TERM,
      toTermUnit: standing?.termUnit ?? null,
    };
  });
  if (assigned.some(isMoved)) await replaceMeterHours(trx, subscriptionId, assigned);
}

function isMoved(usage: AssignedUsage): boolean {
  return (
    usage.planId !== usage.toPlanId ||
    usage.termUnit !== usage.toTermUnit ||
    usage.termStart.getTime() !== usage.toTermStart.getTime()
  );
}
