import { type Decimal, larger, smaller, ZERO } from '@landfall/domain/decimal';
import {
  type Counter,
  type CounterKey,
  counterKey,
  EMPTY,
  rateHours,
  type UnratedHour,
} from '@landfall/domain/rating';
import type { PlanRates } from '../store/catalogue.ts';

/** Usage of one dimension of one plan in a term. */
export interface TermLine {
  readonly planId: string;
  readonly dimension: string;
  readonly used: Decimal;
  /** Null: unlimited. Undefined: not known. */
  readonly included: Decimal | null | undefined;
  /** Billed, or about to be. Undefined while `included` is. */
  readonly overage: Decimal | undefined;
}

/** Usage of one day that is not in the ledger yet. */
export interface UnratedDay {
  readonly planId: string;
  readonly dimension: string;
  readonly day: string;
  readonly used: Decimal;
}

type Hour = UnratedHour & { readonly hour: Date };

/**
 * The usage of a term as if everything were rated now: from its counters, and from its unrated usage. Usage that cannot be
 * rated yet counts as used. The free units below the first tier of a meter belong to that tier's dimension, as in the
 * ledger.
 */
export function termLines(options: {
  readonly counters: ReadonlyMap<string, CounterKey & Counter>;
  readonly unrated: readonly Hour[];
  readonly ratesOf: (planId: string) => PlanRates | undefined;
  /** Dimensions and meters of the plan in force. They have a line even without usage. */
  readonly ofPlan: {
    readonly subscriptionId: string;
    readonly planId: string;
    readonly termStart: Date;
    readonly names: Iterable<string>;
  };
}): { readonly lines: readonly TermLine[]; readonly days: readonly UnratedDay[] } {
  const { counters, unrated, ratesOf, ofPlan } = options;
  const {
    rated,
    held,
    counters: changed,
  } = rateHours(unrated, ({ planId }) => ratesOf(planId), counters);
  const lines = new Map<string, Line>();
  const lineOf = (planId: string, dimension: string) => {
    const key = JSON.stringify([planId, dimension]);
    const line = lines.get(key) ?? emptyLine(planId, dimension, ratesOf(planId));
    lines.set(key, line);
    return line;
  };
  for (const counter of new Map<string, CounterKey & Counter>([...counters, ...changed]).values()) {
    if (counter.kind === 'dimension') {
      const line = lineOf(counter.planId, counter.name);
      line.used = line.used.plus(counter.used);
      line.overage = line.overage.plus(counter.reported).plus(counter.remainder);
    } else {
      addFreeUnits(lineOf, counter, ratesOf(counter.planId));
    }
  }
  const { names, ...standing } = ofPlan;
  for (const name of names) {
    const rates = ratesOf(standing.planId);
    const tiers = rates?.tiers(name);
    const key = { ...standing, kind: 'meter', name } as const;
    if (!tiers) lineOf(standing.planId, name);
    else if (!counters.has(counterKey(key)) && !changed.has(counterKey(key))) {
      addFreeUnits(lineOf, { ...key, ...EMPTY }, rates);
    }
    for (const tier of tiers ?? []) lineOf(standing.planId, tier.dimension);
  }
  const days = rated.flatMap(({ hour, units }) =>
    units.map(({ dimension, used }) => ({
      planId: hour.planId,
      dimension,
      day: dayOf(hour),
      used,
    })),
  );
  for (const hour of held) {
    const line = lineOf(hour.planId, hour.meter);
    line.used = line.used.plus(hour.fresh);
    days.push({ planId: hour.planId, dimension: hour.meter, day: dayOf(hour), used: hour.fresh });
  }
  return { lines: [...lines.values()].map(finish), days };
}

interface Line {
  readonly planId: string;
  readonly dimension: string;
  used: Decimal;
  included: Decimal | null | undefined;
  overage: Decimal;
}

function emptyLine(planId: string, dimension: string, rates: PlanRates | undefined): Line {
  const included = rates?.included(dimension)?.quantity;
  return { planId, dimension, used: ZERO, included, overage: ZERO };
}

/** Units below the first threshold count as used and included. */
function addFreeUnits(
  lineOf: (planId: string, dimension: string) => Line,
  meter: CounterKey & Counter,
  rates: PlanRates | undefined,
): void {
  const [first] = rates?.tiers(meter.name) ?? [];
  if (!first) return;
  const line = lineOf(meter.planId, first.dimension);
  line.used = line.used.plus(larger(ZERO, smaller(meter.used, first.from)));
  if (line.included) line.included = line.included.plus(first.from);
}

function finish(line: Line): TermLine {
  return { ...line, overage: line.included === undefined ? undefined : line.overage };
}

function dayOf({ hour }: Hour): string {
  return hour.toISOString().slice(0, 10);
}
