import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} Part the tests of one package
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} seconds as measured by Vitest
 * @property {boolean} isComplete whether the output has a summary
 * @property {boolean} isCached nothing it depends on has changed, so turbo repeated the old output
 */

/**
 * The results of each package in turbo's output, such as `@landfall/domain:test:  Tests  1 failed |
 * 4 passed (5)`; the slowest first.
 * @param {string} output
 * @returns {Part[]}
 */
export function testParts(output) {
  /** @type {Map<string, Part>} */
  const parts = new Map();
  for (const line of stripVTControlCharacters(output).split('\n')) {
    const { name, said } = read(line);
    if (name === undefined || said === undefined) continue;
    const part = parts.get(name) ?? newPart(name);
    parts.set(name, part);
    if (said.startsWith('cache hit')) part.isCached = true;
    if (/^\s*Tests\s+\d/.test(said)) {
      part.isComplete = true;
      part.passed = numberBefore(said, 'passed');
      part.failed = numberBefore(said, 'failed');
    }
    const [, took, unit] = said.match(/^\s*Duration\s+([\d.]+)(ms|s)\b/) ?? [];
    if (took) part.seconds = Number(took) / (unit === 'ms' ? 1000 : 1);
  }
  return [...parts.values()].sort((one, other) => other.seconds - one.seconds);
}

/** Of each failed test: enough to see what it expected and where. The whole output is above. */
const linesPerFailure = 20;
/** After that many, the reason is seldom in the single test. */
const failuresShown = 10;

/**
 * The failed tests of each package with the start of their errors, so that the end of a long output says what failed.
 * @param {string} output
 * @returns {string[]}
 */
export function failureLines(output) {
  /** @type {string[][]} */
  const failures = [];
  /** @type {Map<string, string[]>} */
  const current = new Map();
  for (const line of stripVTControlCharacters(output).split('\n')) {
    const { name, said } = read(line);
    if (name === undefined || said === undefined) continue;
    if (/^\s*FAIL\s/.test(said)) {
      const failure = [`${name} ${said.trim()}`];
      failures.push(failure);
      current.set(name, failure);
    } else if (/^⎯+/.test(said)) current.delete(name);
    else if (said.trim() !== '') current.get(name)?.push(`  ${said}`);
  }
  const lines = failures.slice(0, failuresShown).flatMap((one) => one.slice(0, linesPerFailure));
  const more = failures.length - failuresShown;
  return more > 0 ? [...lines, `and ${more} more failed tests`] : lines;
}

/**
 * About one file in sixty. If more fail, the cause is not that other tests ran beside them, and running them again would only
 * delay the answer.
 */
const filesRunAgain = 8;

/**
 * @typedef {object} FailedFile a test file with failed tests
 * @property {string} name of its package
 * @property {string} file as Vitest names it, such as `test/start.test.ts`
 */

/**
 * The failed test files that are worth a second run alone. None if anything else failed, such as lint or types, or if there
 * are more than {@link filesRunAgain}.
 * @param {string} output
 * @returns {FailedFile[]}
 */
export function filesToRunAgain(output) {
  const plain = stripVTControlCharacters(output);
  const [, tasks] = plain.match(/^Failed:\s+(\S.*)$/m) ?? [];
  const failedTasks = tasks?.trim().split(/,\s*/) ?? [];
  /** @type {Map<string, FailedFile>} */
  const files = new Map();
  for (const line of plain.split('\n')) {
    const { name, said } = read(line);
    const [, file] = said?.match(/^\s*FAIL\s+(?:\|[^|]+\|\s+)?(\S+\.test\.ts)\b/) ?? [];
    if (name && file) files.set(`${name} ${file}`, { name, file });
  }
  const failed = [...files.values()];
  const isExplained = failedTasks.every((task) =>
    failed.some(({ name }) => task === `${name}#test`),
  );
  return isExplained && failed.length <= filesRunAgain ? failed : [];
}

/**
 * A line of a package's tests: `@landfall/domain:test: …`, or `:test:alone:` for those that ran alone.
 * @param {string} line
 */
function read(line) {
  const [, name, alone, said] = line.match(/^(\S+?):test(:alone)?: ?(.*)$/) ?? [];
  return { name: name && alone ? `${name} alone` : name, said };
}

/**
 * One line for each part, and the total. If a part has no summary, there is no total: a wrong total
 * is worse than none.
 * @param {readonly Part[]} parts
 */
export function partLines(parts) {
  if (parts.length === 0) return [];
  const width = Math.max(...parts.map(({ name }) => name.length));
  const lines = parts.map((part) => {
    const took = part.isCached ? 'cached' : `${Math.round(part.seconds)} s`;
    const counts = part.isComplete ? countsOf(part) : 'ended without a summary';
    return `${part.name.padEnd(width)}  ${took.padStart(6)}  ${counts}`;
  });
  if (!parts.every(({ isComplete }) => isComplete)) return lines;
  const sum = { passed: 0, failed: 0 };
  for (const { passed, failed } of parts) {
    sum.passed += passed;
    sum.failed += failed;
  }
  return [...lines, `${sum.passed} tests passed, ${sum.failed} failed`];
}

/**
 * @param {string} name
 * @returns {Part}
 */
function newPart(name) {
  return { name, passed: 0, failed: 0, seconds: 0, isComplete: false, isCached: false };
}

/** @param {{ passed: number, failed: number }} counts */
function countsOf({ passed, failed }) {
  return failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} passed`;
}

/**
 * @param {string} summary
 * @param {string} word
 */
function numberBefore(summary, word) {
  return Number(summary.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
}
