import { stripVTControlCharacters } from 'node:util';

/**
 * The tests of all packages, added up from Vitest's summaries in turbo's output, such as
 * `@landfall/domain:test:  Tests  1 failed | 4 passed (5)`. `undefined` unless every package whose
 * test task began also has a summary: a wrong sum is worse than none.
 * @param {string} output
 */
export function passedTests(output) {
  /** @type {Map<string, { passed: number, failed: number } | undefined>} */
  const counts = new Map();
  for (const line of stripVTControlCharacters(output).split('\n')) {
    const [, name, said] = line.match(/^(\S+):test: (.*)$/) ?? [];
    if (name === undefined || said === undefined) continue;
    if (!counts.has(name)) counts.set(name, undefined);
    if (/^\s*Tests\s+\d/.test(said)) {
      counts.set(name, { passed: numberOf(said, 'passed'), failed: numberOf(said, 'failed') });
    }
  }
  const sum = { passed: 0, failed: 0 };
  for (const counted of counts.values()) {
    if (!counted) return undefined;
    sum.passed += counted.passed;
    sum.failed += counted.failed;
  }
  return counts.size ? sum : undefined;
}

/**
 * @param {string} summary
 * @param {string} word
 */
function numberOf(summary, word) {
  return Number(summary.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
}
