import { createRequire } from 'node:module';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

import { auditVerdict } from './audit.mjs';
import { runChild } from './child.mjs';
import { report } from './progress.mjs';
import { failureLines, filesToRunAgain, partLines, testParts } from './test-parts.mjs';
import { Trouble } from './trouble.mjs';

/**
 * @typedef {object} Bench what a task works with
 * @property {string} root
 * @property {import('./toolchain.mjs').Toolchain} tools
 * @property {NodeJS.ProcessEnv} env
 */

// As many as the cores of the smallest supported machine. The tests of each package run in three or four processes, which keep
// the cores busy; with a third package, calls came close to the time limits of the product. The tests of `stack` wait
// longest, so they must be among the first to start.
const parallelTasks = 2;
// Three times what the slowest machine has needed. A test that hangs must not block a build for
// hours.
const testLimitMs = 45 * 60_000;
// turbo writes into our pipe and cannot see whether a terminal shows it, so we decide about
// colours.
const colour = process.stdout.isTTY
  ? { flag: '--color', env: { FORCE_COLOR: '1' } }
  : { flag: '--no-color', env: { NO_COLOR: '1' } };

/**
 * What `npm start`, `npm test` and the others do once toolchain and dependencies are installed.
 * Each returns the exit code.
 * @type {Record<string, (bench: Bench, flags: readonly string[]) => Promise<number>>}
 */
export const tasks = {
  start: (bench, flags) => runSource(bench, 'tooling/stack/src/start.ts', flags),
  demo: (bench, flags) => runSource(bench, 'tooling/stack/src/demo.ts', flags),
  bench: (bench, flags) => runSource(bench, 'tooling/bench/src/bench.ts', flags),
  chaos: (bench, flags) => runSource(bench, 'tooling/stack/src/chaos/main.ts', flags),
  drill: (bench, flags) => runSource(bench, 'tooling/stack/src/drills/main.ts', flags),
  screenshots: (bench, flags) =>
    runSource(bench, 'tooling/stack/src/gallery/screenshots.ts', flags),
  image: (bench, flags) => runSource(bench, 'tooling/deploy/src/image/main.ts', flags),
  secrets: (bench, flags) => runSource(bench, 'tooling/deploy/src/secrets/main.ts', flags),
  units: (bench, flags) => runSource(bench, 'tooling/deploy/src/systemd/main.ts', flags),
  env: (bench, flags) => runSource(bench, 'tooling/deploy/src/compose/env.ts', flags),
  landfall: (bench, flags) => runSource(bench, 'packages/cli/scripts/run.ts', flags),
  test: checkEverything,
  build: async (bench, flags) =>
    (await runTurbo(bench, ['build'], ['--filter=@landfall/console', ...flags])).code,
  audit,
  format: (bench, flags) => runTool(bench, formatter(bench), flags),
  pnpm: (bench, flags) => runTool(bench, [bench.tools.pnpm], flags),
  install: () => Promise.resolve(0),
};

/**
 * @param {Bench} bench
 * @param {string} file
 * @param {readonly string[]} flags
 */
async function runSource(bench, file, flags) {
  const env = {
    NODE_COMPILE_CACHE: join(bench.root, '.toolchain', 'compile-cache'),
    ...bench.env,
  };
  const args = [join(bench.root, file), ...flags];
  const call = { command: bench.tools.node, args, cwd: bench.root, env };
  return (await runChild({ ...call, output: 'show', guard: 'ipc' })).code;
}

/**
 * @param {Bench} bench
 * @param {readonly string[]} command
 * @param {readonly string[]} flags
 */
async function runTool(bench, [command = '', ...first], flags) {
  const call = { command, args: [...first, ...flags], cwd: bench.root, env: bench.env };
  return (await runChild({ ...call, output: 'show' })).code;
}

/**
 * Asks the registry for known vulnerabilities of every installed package.
 * @param {Bench} bench
 * @param {readonly string[]} flags
 */
async function audit(bench, flags) {
  const args = ['audit', '--audit-level=high', ...flags];
  const call = { command: bench.tools.pnpm, args, cwd: bench.root, env: bench.env };
  const ended = await runChild({ ...call, output: 'both' });
  const verdict = auditVerdict(ended);
  report(verdict.text);
  return verdict.code;
}

/**
 * @param {Bench} bench
 * @param {readonly string[]} flags
 */
async function checkEverything(bench, flags) {
  report('checking the format');
  const format = await runTool(bench, formatter(bench), ['--check']);
  if (format !== 0) {
    throw new Trouble({
      what: 'Some files are not formatted.',
      why: 'the formatter would write the files above differently',
      next: 'run npm run format',
    });
  }
  const together = await runTurbo(bench, ['lint', 'typecheck', 'test'], flags);
  // Tests of Microsoft's time limits under load. Other tests beside them would distort what they measure.
  const alone = await runTurbo(bench, ['test:alone'], flags);
  const output = `${together.output}\n${alone.output}`;
  for (const line of [...failureLines(output), ...partLines(testParts(output))]) report(line);
  if (together.isLate || alone.isLate) {
    throw new Trouble({
      what: 'The tests did not finish.',
      why: `they were stopped after ${testLimitMs / 60_000} minutes; every package without a summary above was still running`,
      next: 'run the tests of one such package: pnpm --filter @landfall/<name> test',
    });
  }
  const isRight = together.code === 0 || (await passAlone(bench, together.output));
  return isRight ? alone.code : together.code;
}

/**
 * Runs the few test files that failed beside other packages' tests once more, one after the other on the quiet machine. A fault
 * fails again. A file that only passes alone depends on time: it is named, so that it gets mended, but does not fail the build.
 * @param {Bench} bench
 * @param {string} output
 */
async function passAlone(bench, output) {
  const files = filesToRunAgain(output);
  /** @type {string[]} */
  const unsteady = [];
  for (const { name, file } of files) {
    report(`running ${name} ${file} again, alone`);
    const run = ['--filter', name, 'exec', 'vitest', 'run', file];
    const code = await runTool(bench, [bench.tools.pnpm], run);
    if (code !== 0) return false;
    unsteady.push(`unsteady: ${name} ${file} failed beside other tests and passed alone`);
  }
  for (const line of unsteady) report(line);
  return files.length > 0;
}

/**
 * Runs tasks of every package that has them.
 * @param {Bench} bench
 * @param {readonly string[]} names
 * @param {readonly string[]} flags
 */
function runTurbo(bench, names, flags) {
  const [command = '', ...first] = turbo(bench);
  const run = ['run', ...names, '--log-order=grouped', '--ui=stream'];
  // The other packages continue if one fails, so that their results are shown.
  const going = ['--continue=dependencies-successful', `--concurrency=${parallelTasks}`];
  const args = [...first, ...run, ...going, colour.flag, ...flags];
  const env = { ...colour.env, ...bench.env };
  const call = { command, args, cwd: bench.root, env, limitMs: testLimitMs };
  return runChild({ ...call, output: 'both' });
}

/** @param {Bench} bench */
function formatter(bench) {
  return [bench.tools.node, join(bench.root, 'node_modules', 'oxfmt', 'bin', 'oxfmt')];
}

/**
 * turbo's own binary, because the script around it does not forward signals.
 * @param {Bench} bench
 */
function turbo(bench) {
  const script = join(realpathSync(join(bench.root, 'node_modules', 'turbo')), 'bin', 'turbo');
  const cpu = process.arch === 'x64' ? '64' : process.arch;
  try {
    return [createRequire(script).resolve(`@turbo/${process.platform}-${cpu}/bin/turbo`)];
  } catch {
    return [bench.tools.node, script];
  }
}
