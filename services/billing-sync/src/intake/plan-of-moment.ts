import { plansWithin, standingAt } from '@landfall/domain/standing';
import { hourEnd, hourOf } from '@landfall/domain/usage';
import type { PlanKey } from '../store/catalogue.ts';
import type { ReportedOn } from '../store/subscriptions.ts';

/** The dimensions and meters of a plan; undefined if the catalogue does not know the plan yet. */
export type DimensionsOf = (plan: PlanKey) => ReadonlySet<string> | undefined;

/**
 * Plans under which usage of a moment may count: the plan of that moment, then the others that were in force within the same
 * UTC hour. Microsoft takes one row per hour, and after a plan change the new plan may be the only one with the dimension.
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
 * The first plan that has the meter, or else the first one that the catalogue does not know: its usage is held when it is
 * rated, whereas refused usage would be lost. Undefined if no plan has the meter.
 */
export function planWith(
  meter: string,
  plans: readonly PlanKey[],
  dimensionsOf: DimensionsOf,
): PlanKey | undefined {
  const withMeter = plans.find((plan) => dimensionsOf(plan)?.has(meter));
  return withMeter ?? plans.find((plan) => dimensionsOf(plan) === undefined);
}
