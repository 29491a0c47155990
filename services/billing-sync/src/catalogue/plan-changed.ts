import type { Trx } from '../db/schema.ts';
import type { PlanKey } from '../store/catalogue.ts';
import { publishersOfPlan } from '../store/catalogue-readings.ts';
import { releaseHeld } from '../store/due-hours.ts';
import { requeueRefused } from '../store/refused-hours.ts';

/**
 * Call it after a change of a plan, its overrides or its meters. Held usage of the plan is rated again, and hours that
 * Microsoft refused are sent once more. An empty publisher id means every publisher.
 */
export async function planChanged(trx: Trx, plan: PlanKey, now: Date): Promise<void> {
  const { offerId, planId } = plan;
  await releaseHeld(trx, plan, now);
  const publisherIds =
    plan.publisherId === '' ? await publishersOfPlan(trx, plan) : [plan.publisherId];
  for (const publisherId of publisherIds) {
    await requeueRefused(trx, { publisherId, offerId, planId }, now);
  }
}
