import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { MAX_SEATS } from '@landfall/domain/change';
import type { Choices, Message, Plan } from '../clients/subscriptions.ts';

type Held = Pick<SubscriptionView, 'planId' | 'quantity'>;

export interface PlanChoice {
  readonly current: Plan | undefined;
  /** Plans that the subscription can change to, in Microsoft's order. */
  readonly targets: readonly Plan[];
  /** Plans that do not permit the current number of seats. */
  readonly unfit: readonly Plan[];
  /** Plans that the publisher's rules refuse. */
  readonly refused: readonly Plan[];
}

/** Groups Microsoft's plans by whether the subscription can change to them now. */
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

/** A range of seats, including both ends. */
export interface SeatBounds {
  readonly min: number;
  readonly max: number;
}

function seatBounds(plan: Plan | undefined): SeatBounds {
  return { min: Math.max(1, plan?.minQuantity ?? 1), max: plan?.maxQuantity ?? MAX_SEATS };
}

/** The possible numbers of seats, lowest first, and the publisher's reasons against others. */
export interface SeatChoice {
  readonly plan: Plan | undefined;
  readonly ranges: readonly SeatBounds[];
  readonly reasons: readonly Message[];
}

/** The seats that both the plan and the publisher's rules permit. */
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

/** Whether there is another number of seats to choose. */
export function hasOtherSeats(
  { ranges }: Pick<SeatChoice, 'ranges'>,
  quantity: number | null,
): boolean {
  return ranges.some(({ min, max }) => min !== quantity || max !== quantity);
}

/** The number of seats in a form's text, if it is possible and differs from the current one. */
export function wantedSeats(
  text: string,
  { ranges, quantity }: { ranges: readonly SeatBounds[]; quantity: number | null },
): number | undefined {
  if (!/^\s*\d{1,7}\s*$/.test(text)) return undefined;
  const seats = Number(text);
  const isPossible = ranges.some(({ min, max }) => seats >= min && seats <= max);
  return isPossible && seats !== quantity ? seats : undefined;
}
