import { plansWithin, standingAt } from '@landfall/domain/standing';
import { hourEnd, hourOf } from '@landfall/domain/usage';
import type { PlanKey } from '../store/catalogue.ts';
import type { ReportedOn } from '../store/subscriptions.ts';

/** The dimensions and meters of a plan; undefined if the catalogue does not know the plan yet. */
export type DimensionsOf = (plan: PlanKey) => ReadonlySet<string> | undefined;

/**
 * Plans that may rate usage of a moment: the plan of the moment, then the other plans that were in force within the same
 * UTC hour. Microsoft takes one row per hour, and the new plan of a change may be the only one with the dimension.
 */
export function possiblePlans(
  { occurredAt }: { readonly occurredAt: Date },
  of: Pick<ReportedOn, 'publisherId' | 'offerId' | 'planId' | 'versions'>,
): PlanKey[] {
  const { publisherId, offerId, planId, versions } = of;
  const start = hourOf(occurredAt);
  const own = standingAt(versions, occurredAt)?.planId ?? planId;
  const others = plansWithin(versions, { start, end: hourEnd(start) });
  return [...new Set([own, ...others])].map((plan) => ({ publisherId, offerId, planId: plan }));
}

/**
 * The first plan that has the meter, or the first one that is not known: its usage is held when it is rated, but refused
 * it would be lost. Undefined if none of them has the meter.
 */
export function planWith(
  meter: string,
  plans: readonly PlanKey[],
  dimensionsOf: DimensionsOf,
): PlanKey | undefined {
  const withMeter = plans.find((plan) => dimensionsOf(plan)?.has(meter));
  return withMeter ?? plans.find((plan) => dimensionsOf(plan) === undefined);
}
