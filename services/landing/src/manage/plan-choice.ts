import { MAX_SEATS } from '@landfall/domain/change';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Choices, Message, Plan } from '../clients/subscriptions.ts';

type Held = Pick<SubscriptionView, 'planId' | 'quantity'>;

export interface PlanChoice {
  readonly current: Plan | undefined;
  /** Plans to move to, in Microsoft's order. */
  readonly targets: readonly Plan[];
  /** Plans that need another number of seats first. */
  readonly unfit: readonly Plan[];
  /** Plans that the publisher's rules refuse. */
  readonly refused: readonly Plan[];
}

/** Sorts the plans that Microsoft lists by whether the subscription can move to them as it is. */
export function planChoice(plans: readonly Plan[], { planId, quantity }: Held): PlanChoice {
  const others = plans.filter((plan) => plan.planId !== planId);
  const permitted = others.filter(({ refusal }) => refusal === undefined);
  return {
    current: plans.find((plan) => plan.planId === planId),
    targets: permitted.filter((plan) => fits(plan, quantity)),
    unfit: permitted.filter((plan) => !fits(plan, quantity)),
    refused: others.filter(({ refusal }) => refusal !== undefined),
  };
}

function fits(plan: Plan, quantity: number | null): boolean {
  if (quantity === null || !plan.isPricePerSeat) return true;
  const { min, max } = seatBounds(plan);
  return quantity >= min && quantity <= max;
}

/** From one number of seats to another, both included. */
export interface SeatBounds {
  readonly min: number;
  readonly max: number;
}

function seatBounds(plan: Plan | undefined): SeatBounds {
  return { min: Math.max(1, plan?.minQuantity ?? 1), max: plan?.maxQuantity ?? MAX_SEATS };
}

/** How many seats there may be, lowest first, and why not others where the publisher says so. */
export interface SeatChoice {
  readonly plan: Plan | undefined;
  readonly ranges: readonly SeatBounds[];
  readonly reasons: readonly Message[];
}

/** What both the plan and the publisher's rules allow. */
export function seatChoice({ plans, seats }: Choices, { planId }: Held): SeatChoice {
  const plan = plans.find((one) => one.planId === planId);
  const bounds = seatBounds(plan);
  const within = ({ min, max }: SeatBounds) => max >= bounds.min && min <= bounds.max;
  const messages = (seats?.refused ?? [])
    .filter(within)
    .flatMap(({ refusal }) => (refusal.message ? [refusal.message] : []));
  return {
    plan,
    ranges: (seats?.permitted ?? [bounds]).filter(within).map(({ min, max }) => ({
      min: Math.max(min, bounds.min),
      max: Math.min(max, bounds.max),
    })),
    reasons: [...new Map(messages.map((one) => [JSON.stringify(one), one])).values()],
  };
}

/** Whether there is any number of seats but the present one to choose. */
export function hasOtherSeats(
  { ranges }: Pick<SeatChoice, 'ranges'>,
  quantity: number | null,
): boolean {
  return ranges.some(({ min, max }) => min !== quantity || max !== quantity);
}

/** The number of seats that a form's text means, where it is one that can be had and another than now. */
export function wantedSeats(
  text: string,
  { ranges, quantity }: { ranges: readonly SeatBounds[]; quantity: number | null },
): number | undefined {
  if (!/^\s*\d{1,7}\s*$/.test(text)) return undefined;
  const seats = Number(text);
  const isPossible = ranges.some(({ min, max }) => seats >= min && seats <= max);
  return isPossible && seats !== quantity ? seats : undefined;
}
