import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const workspaceFolders = ['packages', 'services', 'tooling'];

/**
 * The tests of all packages, counted from the logs that turbo keeps of each `test` task; it writes
 * them anew when it replays a cached one. `undefined` where a package's log is missing, older than
 * the run or without a count: a wrong sum is worse than none.
 * @param {string} root
 * @param {number} since when the run began, milliseconds
 */
export function passedTests(root, since) {
  const sum = { passed: 0, failed: 0 };
  for (const folder of packagesWithTests(root)) {
    const log = join(folder, '.turbo', 'turbo-test.log');
    if (!existsSync(log) || statSync(log).mtimeMs < since) return undefined;
    const counted = countIn(readFileSync(log, 'utf8'));
    if (!counted) return undefined;
    sum.passed += counted.passed;
    sum.failed += counted.failed;
  }
  return sum;
}

/**
 * Reads Vitest's summary, such as `Tests  1 failed | 4 passed (5)`.
 * @param {string} log
 */
export function countIn(log) {
  const lines = stripVTControlCharacters(log).split('\n');
  const summary = lines.findLast((line) => /^\s*Tests\s+\d/.test(line.replace(/^.*?:test:/, '')));
  if (!summary) return undefined;
  const number = (/** @type {RegExp} */ pattern) => Number(summary.match(pattern)?.[1] ?? 0);
  return { passed: number(/(\d+) passed/), failed: number(/(\d+) failed/) };
}

/** @param {string} root */
function packagesWithTests(root) {
  return workspaceFolders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .filter((folder) => {
      const manifest = join(folder, 'package.json');
      if (!existsSync(manifest)) return false;
      /** @type {{ scripts?: { test?: string } }} */
      const { scripts } = JSON.parse(readFileSync(manifest, 'utf8'));
      return scripts?.test !== undefined;
    });
}
