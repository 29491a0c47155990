import { cut, type Decimal, larger, smaller, sum, ZERO } from './decimal.ts';

/** How much of one dimension a term's price includes. */
export interface Included {
  /** Units per term; null = unlimited. */
  readonly quantity: Decimal | null;
  /** Where the quantity comes from. */
  readonly basis: 'microsoft' | 'override';
}

/** From `from` units of the term on, usage of the meter counts for `dimension`. */
export interface Tier {
  readonly from: Decimal;
  readonly dimension: string;
}

/** What rating must know about a plan and term. */
export interface RatingRules {
  /** Undefined: not known. */
  included(dimension: string): Included | undefined;
  /** Lowest threshold first. Undefined: the meter has no tiers, and its name is the dimension. */
  tiers(meter: string): readonly Tier[] | undefined;
}

/** Units of a term so far. */
export interface Counter {
  readonly used: Decimal;
  /** Sent to Microsoft, or about to be. */
  readonly reported: Decimal;
  /** Owed, but too small to report yet. */
  readonly remainder: Decimal;
}

export interface CounterKey {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly termStart: Date;
  /** `meter`: usage of a meter with tiers. `dimension`: usage that counted for one of Microsoft's dimensions. */
  readonly kind: 'dimension' | 'meter';
  readonly name: string;
}

/** A counter after rating. */
export type CounterState = CounterKey &
  Counter & {
    /** The included quantity that was applied last. Undefined for a meter. */
    readonly included?: Included | undefined;
  };

/** Usage that is due, with the plan and the term by which it is rated. */
export interface UnratedHour {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly termStart: Date;
  readonly meter: string;
  /** Units that have not been rated. */
  readonly fresh: Decimal;
}

/** What became of units of one dimension. `used = included + reported + remainder` always. */
export interface RatedUnits {
  readonly dimension: string;
  readonly used: Decimal;
  readonly included: Decimal;
  /** The part that is sent to Microsoft. */
  readonly reported: Decimal;
  /** How much the counter's remainder grew; negative if an earlier remainder is reported now. */
  readonly remainder: Decimal;
  /** The included quantity that was applied; null = unlimited. */
  readonly includedQuantity: Decimal | null;
  /** `tier`: below the first threshold of a meter with tiers, where usage is free. */
  readonly basis: Included['basis'] | 'tier';
}

export const EMPTY: Counter = { used: ZERO, reported: ZERO, remainder: ZERO };

/** Microsoft's prices have two decimals, so a millionth of a unit costs nothing. */
const REPORTED_DECIMALS = 6;

/** A JSON number is a double to most readers, and a double keeps 15 digits exactly. */
const REPORTED_DIGITS = 15;

export function counterKey(of: CounterKey): string {
  return JSON.stringify([of.subscriptionId, of.planId, of.termStart.getTime(), of.kind, of.name]);
}

/**
 * Rates usage in the given order. With a constant included quantity, each counter's `reported` plus `remainder` is exactly its
 * usage above that quantity, in any order of hours. A raised quantity stops reporting until it is used up. A lowered one
 * never bills units that were included before. Usage that reaches a dimension with an unknown included quantity is held, and
 * none of it is counted.
 *
 * Counters are found by {@link counterKey}; a missing one is empty. Returns the counters that changed.
 */
export function rateHours<Hour extends UnratedHour>(
  hours: readonly Hour[],
  rulesOf: (hour: Hour) => RatingRules | undefined,
  counters: ReadonlyMap<string, Counter>,
): {
  readonly rated: readonly { readonly hour: Hour; readonly units: readonly RatedUnits[] }[];
  readonly held: readonly Hour[];
  readonly counters: ReadonlyMap<string, CounterState>;
} {
  const changed = new Map<string, CounterState>();
  const find = (key: string) => changed.get(key) ?? counters.get(key) ?? EMPTY;
  const rated: { hour: Hour; units: readonly RatedUnits[] }[] = [];
  const held: Hour[] = [];
  for (const hour of hours) {
    const rules = rulesOf(hour);
    const outcome = rules && rateOne(hour, rules, find);
    if (!outcome) {
      held.push(hour);
      continue;
    }
    for (const counter of outcome.counters) changed.set(counterKey(counter), counter);
    rated.push({ hour, units: outcome.units });
  }
  return { rated, held, counters: changed };
}

/** Every counter that the usage may change. */
export function countersOf(hour: UnratedHour, rules: RatingRules): readonly CounterKey[] {
  const { meter } = hour;
  const tiers = rules.tiers(meter);
  if (!tiers) return [keyOf(hour, 'dimension', meter)];
  const dimensions = new Set(tiers.map(({ dimension }) => dimension));
  return [
    keyOf(hour, 'meter', meter),
    ...[...dimensions].map((dimension) => keyOf(hour, 'dimension', dimension)),
  ];
}

/** Undefined if an included quantity is not known. */
function rateOne(
  hour: UnratedHour,
  rules: RatingRules,
  find: (key: string) => Counter,
): { units: RatedUnits[]; counters: CounterState[] } | undefined {
  const { meter, fresh } = hour;
  const tiers = rules.tiers(meter);
  const counters: CounterState[] = [];
  const units: RatedUnits[] = [];
  let allocated = new Map([[meter, fresh]]);
  if (tiers) {
    const key = keyOf(hour, 'meter', meter);
    const before = find(counterKey(key));
    counters.push({ ...key, ...before, used: before.used.plus(fresh) });
    allocated = allocate(tiers, before.used, fresh);
    const free = fresh.minus(sum(allocated.values()));
    const [first] = tiers;
    if (first && free.gt(ZERO)) units.push(freeUnits(first, free));
  }
  for (const [dimension, quantity] of allocated) {
    const included = rules.included(dimension);
    if (!included) return undefined;
    const key = keyOf(hour, 'dimension', dimension);
    const { after, ...result } = count(find(counterKey(key)), quantity, included.quantity);
    const { basis } = included;
    counters.push({ ...key, ...after, included });
    units.push({ dimension, ...result, includedQuantity: included.quantity, basis });
  }
  return { units, counters };
}

/**
 * Splits usage between `before` and `before + fresh` at the thresholds. Usage below the first one is in no dimension.
 */
function allocate(tiers: readonly Tier[], before: Decimal, fresh: Decimal): Map<string, Decimal> {
  const after = before.plus(fresh);
  const allocated = new Map<string, Decimal>();
  for (const [index, { from, dimension }] of tiers.entries()) {
    const next = tiers[index + 1]?.from;
    const end = next ? smaller(after, next) : after;
    const quantity = end.minus(larger(before, from));
    if (quantity.lte(ZERO)) continue;
    allocated.set(dimension, quantity.plus(allocated.get(dimension) ?? ZERO));
  }
  return allocated;
}

function freeUnits({ from, dimension }: Tier, quantity: Decimal): RatedUnits {
  return {
    dimension,
    used: quantity,
    included: quantity,
    reported: ZERO,
    remainder: ZERO,
    includedQuantity: from,
    basis: 'tier',
  };
}

/** Counts units of one dimension. `included` null = unlimited. */
function count(before: Counter, fresh: Decimal, included: Decimal | null) {
  const used = before.used.plus(fresh);
  const billable = included === null ? ZERO : larger(ZERO, used.minus(included));
  const unreported = larger(ZERO, billable.minus(before.reported));
  // Units that were included when they were used stay included.
  const owed = smaller(fresh.plus(before.remainder), unreported);
  // What cannot be sent yet stays owed.
  const reported = cut(owed, { decimals: REPORTED_DECIMALS, digits: REPORTED_DIGITS });
  const after: Counter = {
    used,
    reported: before.reported.plus(reported),
    remainder: owed.minus(reported),
  };
  const remainder = after.remainder.minus(before.remainder);
  return {
    after,
    used: fresh,
    included: fresh.minus(reported).minus(remainder),
    reported,
    remainder,
  };
}

function keyOf(
  { subscriptionId, planId, termStart }: UnratedHour,
  kind: CounterKey['kind'],
  name: string,
): CounterKey {
  return { subscriptionId, planId, termStart, kind, name };
}
