import { standingAt } from '@landfall/domain/standing';
import { hourOf } from '@landfall/domain/usage';
import { NO_TERM, type Trx } from '../db/schema.ts';
import { knownDimensions } from '../store/catalogue.ts';
import {
  type AssignedUsage,
  type UnratedUsage,
  replaceMeterHours,
  unratedUsage,
} from '../store/unrated-usage.ts';
import { reportedSubscriptions } from '../store/subscriptions.ts';
import { planWith, possiblePlans } from './plan-of-moment.ts';

/**
 * Assigns unrated usage to the plan and term of its moment again, after a fact has added a version of the subscription.
 * `from`: the earliest moment for which the version changes something.
 */
export async function reassignUsage(trx: Trx, subscriptionId: string, from: Date): Promise<void> {
  const found = await reportedSubscriptions(trx, [subscriptionId], {
    publisherId: undefined,
    lock: 'alone',
  });
  const subscription = found.get(subscriptionId);
  if (!subscription) return;
  const moments = subscription.versions.flatMap(({ occurredAt, termStart }) =>
    termStart ? [occurredAt, termStart] : [occurredAt],
  );
  const usage = await unratedUsage(trx, { subscriptionId, from: hourOf(from), moments });
  const plansOf = ({ firstUsedAt }: UnratedUsage) =>
    possiblePlans({ occurredAt: firstUsedAt }, subscription);
  const dimensionsOf = await knownDimensions(trx, usage.flatMap(plansOf));
  const assigned = usage.map((one): AssignedUsage => {
    const plans = plansOf(one);
    const standing = standingAt(subscription.versions, one.firstUsedAt);
    // The usage was accepted when a plan had the meter. If none has it now, the usage counts for the plan of its moment.
    const plan = planWith(one.meter, plans, dimensionsOf) ?? plans[0];
    const term = {
      termStart: standing?.termStart ?? NO_TERM,
      termUnit: standing?.termUnit ?? null,
    };
    return { usage: one, to: { planId: plan?.planId ?? one.planId, ...term } };
  });
  if (assigned.some(isMoved)) await replaceMeterHours(trx, subscriptionId, assigned);
}

function isMoved({ usage, to }: AssignedUsage): boolean {
  return (
    usage.planId !== to.planId ||
    usage.termUnit !== to.termUnit ||
    usage.termStart.getTime() !== to.termStart.getTime()
  );
}
