import { median, spreadOf } from './statistics.ts';

/** What one run of one side measured. */
export interface Measured {
  /** In the unit of the comparison. */
  readonly value: number;
  /** Further figures, for people: percentiles, CPU time, memory, rows. */
  readonly also?: Readonly<Record<string, number | string>>;
}

/** One of the two sides. A run throws unless it has proved that its work was done: by rows, effects or answers. */
export interface Side {
  readonly name: string;
  run(): Promise<Measured>;
}

/** For `/s`, more is better. For `ms`, `s` and `MB`, less is better. */
export type Unit = '/s' | 'ms' | 's' | 'MB';

/** What must be reached. The ratio is our figure divided by the peer's. */
export type Goal =
  | { readonly ratioAtLeast: number }
  | { readonly ratioAtMost: number }
  | { readonly atLeast: number }
  | { readonly atMost: number };

/** One line of the result. */
export interface Result {
  readonly name: string;
  readonly unit: Unit;
  /** Median of our runs. */
  readonly ours: number;
  /** Median of the peer's runs; null if there is no peer. */
  readonly peer: number | null;
  readonly peerName: string | null;
  /** Median of the pairs' ratios. */
  readonly ratio: number | null;
  readonly goal: Goal | null;
  /** Null if there is no goal. */
  readonly met: boolean | null;
  /** Half the distance between the quartiles of our runs, as a share of their median. */
  readonly spread: number;
  readonly also: Readonly<Record<string, number | string>>;
}

export interface BenchContext {
  /** How many pairs of runs a comparison has. */
  readonly pairs: number;
  /** Tells people on standard error what is happening. */
  say(text: string): void;
  /** Takes a finished line of the result. */
  report(result: Result): void;
}

/** One benchmark, which may report several lines. */
export interface Benchmark {
  readonly name: string;
  /** What it measures, in one sentence. */
  readonly about: string;
  run(context: BenchContext): Promise<void>;
}

/**
 * Runs both sides alternately, each first in every other pair, so that a machine that slows down slows both. The first
 * pair warms up and does not count.
 */
export async function compare(
  context: BenchContext,
  comparison: {
    readonly name: string;
    readonly unit: Unit;
    readonly ours: Side;
    readonly peer: Side;
    readonly goal?: Goal;
  },
): Promise<Result> {
  const { name, unit, ours, peer, goal = null } = comparison;
  const pairs: { readonly ours: Measured; readonly peer: Measured }[] = [];
  for (let number = 0; number <= context.pairs; number += 1) {
    const isOursFirst = number % 2 === 0;
    const first = await (isOursFirst ? ours : peer).run();
    const second = await (isOursFirst ? peer : ours).run();
    const pair = isOursFirst ? { ours: first, peer: second } : { ours: second, peer: first };
    const label = number === 0 ? 'warm-up' : `${number} of ${context.pairs}`;
    context.say(
      `${name}, ${label}: ours ${shown(pair.ours)}; ${peer.name} ${shown(pair.peer)} (${unit})`,
    );
    if (number > 0) pairs.push(pair);
  }
  const values = pairs.map((pair) => pair.ours.value);
  const result: Result = {
    name,
    unit,
    ours: median(values),
    peer: median(pairs.map((pair) => pair.peer.value)),
    peerName: peer.name,
    ratio: median(pairs.map((pair) => pair.ours.value / pair.peer.value)),
    goal,
    met: null,
    spread: spreadOf(values),
    also: medianOfEach(pairs.map((pair) => pair.ours.also ?? {})),
  };
  return finish(context, result);
}

/** Measures one side several times, for a goal without a peer. The first run warms up and does not count. */
export async function check(
  context: BenchContext,
  wanted: {
    readonly name: string;
    readonly unit: Unit;
    readonly ours: Side;
    readonly goal?: Goal;
    /** The first run counts too, because a cold start is measured or each run warms up itself. */
    readonly isWarm?: boolean;
  },
): Promise<Result> {
  const { name, unit, ours, goal = null, isWarm = false } = wanted;
  const runs: Measured[] = [];
  for (let number = isWarm ? 1 : 0; number <= context.pairs; number += 1) {
    const run = await ours.run();
    context.say(`${name}, ${number === 0 ? 'warm-up' : number}: ${shown(run)} (${unit})`);
    if (number > 0) runs.push(run);
  }
  const values = runs.map(({ value }) => value);
  return finish(context, {
    name,
    unit,
    ours: median(values),
    peer: null,
    peerName: null,
    ratio: null,
    goal,
    met: null,
    spread: spreadOf(values),
    also: medianOfEach(runs.map((run) => run.also ?? {})),
  });
}

function finish(context: BenchContext, measured: Result): Result {
  const result = { ...measured, met: measured.goal && isMet(measured, measured.goal) };
  context.report(result);
  return result;
}

function isMet({ ours, ratio }: Pick<Result, 'ours' | 'ratio'>, goal: Goal): boolean {
  if ('atLeast' in goal) return ours >= goal.atLeast;
  if ('atMost' in goal) return ours <= goal.atMost;
  if (ratio === null) throw new Error('a goal for a ratio needs a peer');
  return 'ratioAtLeast' in goal ? ratio >= goal.ratioAtLeast : ratio <= goal.ratioAtMost;
}

function shown({ value, also = {} }: Measured): string {
  const more = Object.entries(also).map(([key, figure]) => `${key} ${figure}`);
  return [round(value), ...more].join(', ');
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** The median of each further figure. If the figures are texts, the last one. */
function medianOfEach(
  runs: readonly Readonly<Record<string, number | string>>[],
): Readonly<Record<string, number | string>> {
  const keys = new Set(runs.flatMap((run) => Object.keys(run)));
  return Object.fromEntries(
    [...keys].map((key) => {
      const values = runs.flatMap((run) => run[key] ?? []);
      const numbers = values.filter((value) => typeof value === 'number');
      return [key, numbers.length > 0 ? round(median(numbers)) : (values.at(-1) ?? '')];
    }),
  );
}
