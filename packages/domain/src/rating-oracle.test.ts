import { describe, expect, test } from 'vitest';
import { seeded } from '../test/given.ts';
import { decimal, decimalText, sum } from './decimal.ts';
import { rateHours, type RatingRules, type UnratedHour } from './rating.ts';

/**
 * Rating is compared with an oracle that shares no code with it. The oracle walks along the usage of a term grain by
 * grain, in whole numbers, and notes for each grain whether it is billed.
 */

const STORIES = 3_000;
const PATIENCE_MS = 60_000;

/** The quantities of a story are whole numbers of this grain, so that the oracle's walk stays short. */
const GRAINS = ['1', '0.5', '0.000001', '0.0000001', '0.000000000001'] as const;
const PLANS = ['starter', 'growth'] as const;
const TERMS = ['2026-01-06', '2026-02-06', '2026-03-06'].map((day) => new Date(day));
const METERS = ['reports', 'calls'] as const;
const DIMENSIONS = ['reports', 'calls-1', 'calls-2'] as const;
/** `calls` has tiers. */
const TIERS: readonly { readonly from: number; readonly dimension: string }[] = [
  { from: 5, dimension: 'calls-1' },
  { from: 12, dimension: 'calls-2' },
  { from: 30, dimension: 'reports' },
];

/** Included grains by plan and dimension; null = unlimited. */
type Plans = Record<string, number | null>;

interface Use {
  readonly planId: string;
  readonly termStart: Date;
  readonly meter: string;
  readonly grains: number;
}

interface Story {
  readonly grain: string;
  readonly uses: readonly Use[];
  /** The included quantities in force for each use. */
  readonly plans: readonly Plans[];
}

function tell(seed: number, changes: boolean): Story {
  const pick = seeded(seed);
  const plansNow = (): Plans =>
    Object.fromEntries(
      PLANS.flatMap((planId) =>
        DIMENSIONS.map((name) => [`${planId}/${name}`, pick([0, 0, 1, 3, 7, 20, null])]),
      ),
    );
  let plans = plansNow();
  const length = pick([1, 2, 5, 10, 30]);
  const uses: Use[] = [];
  const inForce: Plans[] = [];
  for (let index = 0; index < length; index += 1) {
    if (changes && pick([true, false, false])) plans = plansNow();
    uses.push({
      planId: pick(PLANS),
      termStart: pick(TERMS),
      meter: pick(METERS),
      grains: pick([1, 1, 2, 3, 8, 15]),
    });
    inForce.push(plans);
  }
  return { grain: pick(GRAINS), uses, plans: inForce };
}

/** Billed grains per plan, term and dimension. A grain is billed if it is above what was included when it was used. */
function oracle({ uses, plans }: Story): Map<string, number> {
  const ofMeter = new Map<string, number>();
  const ofDimension = new Map<string, number>();
  const billed = new Map<string, number>();
  for (const [index, { planId, termStart, meter, grains }] of uses.entries()) {
    for (let grain = 0; grain < grains; grain += 1) {
      const term = `${planId} ${termStart.toISOString()}`;
      let dimension: string | undefined = meter;
      if (meter === 'calls') {
        const position = ofMeter.get(term) ?? 0;
        ofMeter.set(term, position + 1);
        dimension = TIERS.findLast(({ from }) => from <= position)?.dimension;
      }
      if (dimension === undefined) continue;
      const key = `${term} ${dimension}`;
      const usedBefore = ofDimension.get(key) ?? 0;
      ofDimension.set(key, usedBefore + 1);
      const included = plans[index]?.[`${planId}/${dimension}`];
      if (included === undefined || included === null) continue;
      const billable = Math.max(0, usedBefore + 1 - included);
      const before = billed.get(key) ?? 0;
      if (billable > before) billed.set(key, before + 1);
    }
  }
  return billed;
}

function rulesOf(story: Story, index: number, planId: string): RatingRules {
  const times = (grains: number) => decimal(story.grain).times(grains);
  return {
    included(dimension) {
      const grains = story.plans[index]?.[`${planId}/${dimension}`];
      if (grains === undefined) return undefined;
      return { quantity: grains === null ? null : times(grains), basis: 'override' };
    },
    tiers: (meter) =>
      meter === 'calls'
        ? TIERS.map(({ from, dimension }) => ({ from: times(from), dimension }))
        : undefined,
  };
}

type IndexedHour = UnratedHour & { readonly index: number };

/** Rates the uses of a story in batches of random sizes. */
function rateStory(story: Story, seed: number) {
  const pick = seeded(seed);
  let counters: ReturnType<typeof rateHours>['counters'] = new Map();
  const units = [];
  const hours = story.uses.map((use, index): IndexedHour => ({
    ...use,
    subscriptionId: 's1',
    fresh: decimal(story.grain).times(use.grains),
    index,
  }));
  for (let from = 0; from < hours.length;) {
    const size = pick([1, 2, 7, 50]);
    const batch = hours.slice(from, from + size);
    const result = rateHours(batch, (one) => rulesOf(story, one.index, one.planId), counters);
    counters = new Map([...counters, ...result.counters]);
    for (const { hour, units: ofHour } of result.rated) {
      const used = sum(ofHour.map((one) => one.used));
      if (!used.eq(hour.fresh)) throw new Error(`${used.toFixed()} of ${hour.fresh.toFixed()}`);
      units.push(...ofHour);
    }
    from += size;
  }
  return { counters: [...counters.values()], units };
}

/** An exact decimal as a whole number of 10^-18, so that sums of 10^-12 are exact. */
function whole(text: string): bigint {
  const [, sign, integer = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const value = BigInt(integer + fraction.padEnd(18, '0'));
  return sign === '-' ? -value : value;
}

const wholeOf = (value: { toFixed(): string }) => whole(value.toFixed());

/** A millionth of a unit: what is smaller cannot be reported. */
const MILLIONTH = whole('0.000001');

/** Throws at the first difference. `expect` for each of a million units would take a minute. */
function compare(story: Story, seed: number, name: string): void {
  const check = (is: boolean, what: string) => {
    if (!is) throw new Error(`${name}: ${what}`);
  };
  const expected = oracle(story);
  const { counters, units } = rateStory(story, seed);
  const grain = whole(story.grain);
  for (const { kind, name: dimension, planId, termStart, reported, remainder } of counters) {
    if (kind === 'meter') continue;
    const key = `${planId} ${termStart.toISOString()} ${dimension}`;
    const owed = wholeOf(reported) + wholeOf(remainder);
    check(owed === grain * BigInt(expected.get(key) ?? 0), `${key} owes ${owed}`);
    const isSmall = wholeOf(remainder) >= 0n && wholeOf(remainder) < MILLIONTH;
    check(isSmall, `${key} has the remainder ${remainder.toFixed()}`);
  }
  let reportedInAll = 0n;
  for (const { used, included, reported, remainder } of units) {
    const parts = wholeOf(included) + wholeOf(reported) + wholeOf(remainder);
    check(wholeOf(used) === parts, `used ${used.toFixed()} is not the sum of its parts`);
    check(wholeOf(included) >= 0n, `included ${included.toFixed()}`);
    check(wholeOf(reported) % MILLIONTH === 0n, `reported ${reported.toFixed()}`);
    reportedInAll += wholeOf(reported);
  }
  const counted = counters.reduce((total, one) => total + wholeOf(one.reported), 0n);
  check(reportedInAll === counted, `reported ${reportedInAll}, counted ${counted}`);
}

describe('rating bills exactly the grains that the oracle bills', () => {
  test(
    `in ${STORIES} stories of several plans, terms and meters with tiers`,
    () => {
      for (let seed = 1; seed <= STORIES; seed += 1)
        compare(tell(seed, false), seed, `story ${seed}`);
    },
    PATIENCE_MS,
  );

  test(
    `in ${STORIES} stories in which included quantities change within the term`,
    () => {
      for (let seed = 1; seed <= STORIES; seed += 1) {
        compare(changing(seed), seed, `changing story ${seed}`);
      }
    },
    PATIENCE_MS,
  );

  test(
    'in any order of hours, as long as the included quantities stay the same',
    () => {
      for (let seed = 1; seed <= STORIES; seed += 1) {
        const story = tell(seed * 13, false);
        const shuffled = { ...story, uses: shuffle(story.uses, seed) };
        expect(totals(shuffled, seed + 1), `story ${seed}`).toEqual(totals(story, seed));
      }
    },
    PATIENCE_MS,
  );
});

test('a ten-millionth of a unit an hour is billed to the last whole millionth', () => {
  const HOURS = 8_760;
  const uses = Array.from({ length: HOURS }, () => {
    return { planId: 'starter', termStart: TERMS[0]!, meter: 'reports', grains: 1 };
  });
  const plans = uses.map(() => ({ 'starter/reports': 0 }));
  const { counters } = rateStory({ grain: '0.0000001', uses, plans }, 1);
  expect(counters.map((one) => decimalText(one.reported))).toEqual(['0.000876']);
  expect(counters.map((one) => decimalText(one.remainder))).toEqual(['0']);
});

/** Stories in which the remainder plays no part, because the oracle decides grain by grain. */
function changing(seed: number): Story {
  return { ...tell(seed * 7, true), grain: seeded(seed)(['1', '0.5', '0.000001']) };
}

function totals(story: Story, seed: number) {
  const { counters } = rateStory(story, seed);
  return Object.fromEntries(
    counters
      .map((one): [string, string] => [
        `${one.planId} ${one.termStart.toISOString()} ${one.kind} ${one.name}`,
        `${decimalText(one.used)} ${decimalText(one.reported)} ${decimalText(one.remainder)}`,
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const pick = seeded(seed * 101);
  const left = [...items];
  const shuffled: T[] = [];
  while (left.length > 0) {
    const index = pick([...left.keys()]);
    shuffled.push(...left.splice(index, 1));
  }
  return shuffled;
}
