import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { accept } from './benchmarks/accept.ts';
import { consolePages } from './benchmarks/console.ts';
import { fulfil } from './benchmarks/fulfil.ts';
import { growth } from './benchmarks/growth.ts';
import { landing } from './benchmarks/landing.ts';
import { reconcile } from './benchmarks/reconcile.ts';
import { rpc } from './benchmarks/rpc.ts';
import { start } from './benchmarks/start.ts';
import { tracing } from './benchmarks/tracing.ts';
import { usage } from './benchmarks/usage.ts';
import type { Benchmark, BenchContext, Result } from './harness/compare.ts';
import { jsonLine, textLine } from './harness/report.ts';

/** Every benchmark, in the order in which `npm run bench` runs them. */
const benchmarks: readonly Benchmark[] = [
  accept,
  fulfil,
  rpc,
  landing,
  reconcile,
  usage,
  consolePages,
  start,
  tracing,
  growth,
];

/** Fewer pairs say little about a machine whose speed varies by a tenth. */
const DEFAULT_PAIRS = 5;

const HELP = `Runs the benchmarks: Landfall and a comparable tool in turn.

  npm run bench                      all of them; takes about an hour
  npm run bench -- --only accept     one, or several: --only accept --only rpc
  npm run bench -- --json            one line of JSON for each figure
  npm run bench -- --pairs 3         fewer pairs of runs (default ${DEFAULT_PAIRS})
  npm run bench -- --list            their names

The exit code is 1 if a goal is missed.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    pairs: { type: 'string', default: String(DEFAULT_PAIRS) },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help) return print(HELP);
  if (values.list) {
    return print(benchmarks.map(({ name, about }) => `${name.padEnd(12)} ${about}`).join('\n'));
  }
  if (process.platform !== 'linux') {
    return fail('the benchmarks read CPU time and memory from /proc; run them on Linux');
  }
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1)
    return fail('--pairs must be a whole number, at least 1');
  const unknown = values.only.filter((name) => !benchmarks.some((one) => one.name === name));
  if (unknown.length > 0) {
    const names = benchmarks.map(({ name }) => name).join(', ');
    return fail(`there is no benchmark ${unknown.join(', ')}; the benchmarks are ${names}`);
  }
  const [load = 0] = loadavg();
  if (load > 1) say(`the machine is busy (load ${load.toFixed(1)}); figures will be low`);
  const results: Result[] = [];
  const context: BenchContext = {
    pairs,
    say,
    report(result) {
      results.push(result);
      print(values.json ? jsonLine(result) : textLine(result));
    },
  };
  const chosen = benchmarks.filter(
    ({ name }) => values.only.length === 0 || values.only.includes(name),
  );
  for (const benchmark of chosen) {
    say(`${benchmark.name}: ${benchmark.about}`);
    await benchmark.run(context);
  }
  const missed = results.filter(({ met }) => met === false);
  const withGoal = results.filter(({ met }) => met !== null);
  say(`${withGoal.length - missed.length} of ${withGoal.length} goals met`);
  return missed.length === 0 ? 0 : 1;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail(text: string): number {
  say(text);
  return 2;
}
