import { MAX_SEATS } from './change.ts';
import { decideChange, type DecisionPolicy, type PolicyDecision } from './policy.ts';
import type { Subscription } from './subscription.ts';

type Changed = Pick<Subscription, 'publisherId' | 'offerId' | 'planId' | 'quantity'>;
type Refusal = Extract<PolicyDecision, { answer: 'refuse' }>;

/** Seats from `min` to `max`, both inclusive. */
export interface SeatRange {
  readonly min: number;
  readonly max: number;
}

/** Why the rules would refuse a plan; undefined if they would accept it, or the product would decide. */
export function planRefusal(
  policy: DecisionPolicy,
  subscription: Changed,
  planId: string,
): Refusal | undefined {
  const ruling = decideChange(policy, subscription, { action: 'ChangePlan', planId });
  return ruling.answer === 'refuse' ? ruling : undefined;
}

/** What the rules would say about each number of seats, as ranges from the lowest to the highest. */
export function seatRulings(
  policy: DecisionPolicy,
  subscription: Changed,
): { readonly permitted: SeatRange[]; readonly refused: RefusedSeats[] } {
  // The current number is always accepted, as a roll-back. Without it, each range gets the rules' own answer.
  const anyNumber = { ...subscription, quantity: null };
  const starts = rangeStarts(policy);
  const permitted: SeatRange[] = [];
  const refused: RefusedSeats[] = [];
  for (const [place, min] of starts.entries()) {
    const range = { min, max: (starts[place + 1] ?? MAX_SEATS + 1) - 1 };
    const ruling = decideChange(policy, anyNumber, { action: 'ChangeQuantity', quantity: min });
    if (ruling.answer === 'refuse') refused.push({ ...range, refusal: ruling });
    else addRange(permitted, range);
  }
  return { permitted, refused };
}

/** A range of seats that the rules refuse, with the reason. */
export interface RefusedSeats extends SeatRange {
  readonly refusal: Refusal;
}

/** Rulings can change only at the bounds of rules. */
function rangeStarts({ rules }: DecisionPolicy): number[] {
  const bounds = rules.flatMap(({ when }) => {
    if (when.action !== 'ChangeQuantity') return [];
    const { below, above } = when;
    return [...(below === undefined ? [] : [below]), ...(above === undefined ? [] : [above + 1])];
  });
  const inside = bounds.filter((bound) => bound > 1 && bound <= MAX_SEATS);
  return [...new Set([1, ...inside])].toSorted((left, right) => left - right);
}

function addRange(ranges: SeatRange[], range: SeatRange): void {
  const last = ranges.at(-1);
  if (last && last.max + 1 === range.min) ranges[ranges.length - 1] = { ...last, max: range.max };
  else ranges.push(range);
}
