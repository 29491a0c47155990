import { recurringSchedules } from '@landfall/contracts/recurring-procedures';
import { readDecimal, ZERO } from '@landfall/domain/decimal';
import type { Schedule } from '@landfall/domain/recurrence';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { ChargeRow } from '../store/due-charges.ts';

export type Every = (typeof recurringSchedules)[number];

/** The schedule of a charge; undefined if it follows the terms of subscriptions. */
export function scheduleOf(
  charge: Pick<ChargeRow, 'every' | 'fromAt' | 'untilAt'>,
): Schedule | undefined {
  const every = everyOf(charge);
  if (every === 'term') return undefined;
  return { every, from: charge.fromAt, until: charge.untilAt ?? undefined };
}

export function everyOf({ every }: Pick<ChargeRow, 'every'>): Every {
  const known = recurringSchedules.find((one) => one === every);
  if (!known) throw new Error(`a charge has an unknown schedule: ${every}`);
  return known;
}

export interface WantedCharge {
  readonly subscriptionId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly quantity: string | number;
  readonly from: Date;
  readonly until: Date | undefined;
}

/** A sentence that says what is wrong with a charge and what to do; undefined if nothing is wrong. */
export function chargeFlaw(wanted: WantedCharge): string | undefined {
  const { subscriptionId, offerId, planId, quantity, from, until } = wanted;
  const isOfPlan = offerId !== undefined && planId !== undefined;
  const hasPlanPart = offerId !== undefined || planId !== undefined;
  if (subscriptionId === undefined ? !isOfPlan : hasPlanPart) {
    return 'Name either subscriptionId, or both offerId and planId.';
  }
  if (!readDecimal(quantity)?.gt(ZERO)) {
    return 'The quantity must be above 0, with at most 13 digits before the decimal point and 12 after it.';
  }
  return until && until <= from ? '"until" must be later than "from".' : undefined;
}

/** Checked only for new charges, so that it is safe to repeat a call later. */
export function startFlaw(from: Date, now: Date): string | undefined {
  return now.getTime() - from.getTime() > USAGE_WINDOW_MS
    ? '"from" must be at most 24 hours ago, because Microsoft accepts no older usage. Set it to the next run.'
    : undefined;
}
