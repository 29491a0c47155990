import { nextOccurrence } from '@landfall/domain/recurrence';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { Trx } from '../db/schema.ts';
import type { PlanKey } from '../store/catalogue.ts';
import { lockChargesOfPlan, repeatCharge } from '../store/due-charges.ts';
import { isFirstActiveVersion } from '../store/subscriptions.ts';
import { scheduleOf } from './schedule.ts';

/**
 * Repeats the moments of a plan's charges since a subscription began, if it has just become known. Until then, no run of
 * it was due. Runs that exist are not repeated. Only the last day counts, because Microsoft accepts no older usage.
 *
 * Call it before the lock on versions is taken: reporting a charge holds the charge and then waits for that lock.
 */
export async function repeatForLateStart(
  trx: Trx,
  subscription: PlanKey & {
    readonly id: string;
    readonly version: number;
    readonly activeSince: Date;
  },
  now: Date,
): Promise<void> {
  const { activeSince } = subscription;
  if (!(await isFirstActiveVersion(trx, subscription))) return;
  const since = Math.max(activeSince.getTime(), now.getTime() - USAGE_WINDOW_MS);
  for (const charge of await lockChargesOfPlan(trx, subscription)) {
    const schedule = scheduleOf(charge);
    const first = schedule && nextOccurrence(schedule, new Date(since - 1));
    const isOver = first && first <= now && (charge.nextAt === null || first < charge.nextAt);
    if (isOver) await repeatCharge(trx, charge.id, first);
  }
}
