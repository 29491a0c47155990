import { MAX_SEATS } from '@landfall/domain/change.ts';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import type { Plan } from './subscriptions.ts';

type Held = Pick<SubscriptionView, 'planId' | 'quantity'>;

export interface PlanChoice {
  readonly current: Plan | undefined;
  /** Plans to move to, in Microsoft's order. */
  readonly targets: readonly Plan[];
  /** Plans that need another number of seats first. */
  readonly unfit: readonly Plan[];
}

/** Sorts the plans that Microsoft lists by whether the subscription can move to them as it is. */
export function planChoice(plans: readonly Plan[], { planId, quantity }: Held): PlanChoice {
  const others = plans.filter((plan) => plan.planId !== planId);
  return {
    current: plans.find((plan) => plan.planId === planId),
    targets: others.filter((plan) => fits(plan, quantity)),
    unfit: others.filter((plan) => !fits(plan, quantity)),
  };
}

function fits(plan: Plan, quantity: number | null): boolean {
  if (quantity === null || !plan.isPricePerSeat) return true;
  const { min, max } = seatBounds(plan);
  return quantity >= min && quantity <= max;
}

export interface SeatBounds {
  readonly min: number;
  readonly max: number;
}

export function seatBounds(plan: Plan | undefined): SeatBounds {
  return { min: Math.max(1, plan?.minQuantity ?? 1), max: plan?.maxQuantity ?? MAX_SEATS };
}

/** The number of seats that a form's text means, where it is one that the plan has and another than now. */
export function wantedSeats(
  text: string,
  { bounds, quantity }: { bounds: SeatBounds; quantity: number | null },
): number | undefined {
  if (!/^\s*\d{1,7}\s*$/.test(text)) return undefined;
  const seats = Number(text);
  const isPossible = seats >= bounds.min && seats <= bounds.max && seats !== quantity;
  return isPossible ? seats : undefined;
}
