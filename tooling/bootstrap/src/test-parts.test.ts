import { describe, expect, test } from 'vitest';

import { failureLines, filesToRunAgain, partLines, testParts } from './test-parts.mjs';

const domain = `@landfall/domain:test: cache hit, replaying logs 1f
@landfall/domain:test:  Test Files  8 passed (8)
@landfall/domain:test:       Tests  460 passed (460)
@landfall/domain:test:    Duration  2.35s (tests 81%, import 11%)`;
const servers = `@landfall/servers:test: cache bypass, force executing 2e
@landfall/servers:test: \u001B[2m      Tests \u001B[22m \u001B[31m1 failed\u001B[39m | \u001B[32m4 passed\u001B[39m (5)
@landfall/servers:test: \u001B[2m   Duration \u001B[22m 62.90s\u001B[2m (tests 99%)\u001B[22m`;
const client = `@landfall/client:test: cache bypass, force executing 3c
@landfall/client:test:       Tests  2 passed (2)
@landfall/client:test:    Duration  740ms (tests 99%)`;

test('each package is listed with time and counts, the slowest first, then the total, with or without colours', () => {
  expect(
    partLines(testParts([domain, client, servers, ' Tasks: 4 successful'].join('\n'))),
  ).toEqual([
    '@landfall/servers    63 s  4 passed, 1 failed',
    '@landfall/domain   cached  460 passed',
    '@landfall/client      1 s  2 passed',
    '466 tests passed, 1 failed',
  ]);
});

test('there is no total if a package ended without a summary or none was tested', () => {
  const crashed = '@landfall/landing:test: cache miss, executing 3d\n@landfall/landing:test: boom';
  expect(partLines(testParts(`${domain}\n${crashed}`))).toEqual([
    '@landfall/domain   cached  460 passed',
    '@landfall/landing     0 s  ended without a summary',
  ]);
  expect(partLines(testParts('@landfall/domain:lint: cache hit'))).toEqual([]);
});

test('each failed test is repeated at the end with the start of its error', () => {
  const output = `@landfall/stack:test: ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯
@landfall/stack:test:
@landfall/stack:test:  FAIL  test/start.test.ts > it starts
@landfall/stack:test: \u001B[31mError: waited in vain\u001B[39m
@landfall/domain:test:  Test Files  8 passed (8)
@landfall/stack:test:
@landfall/stack:test: ⎯⎯⎯⎯⎯⎯[1/1]⎯
@landfall/stack:test:  Test Files  1 failed (1)
@landfall/stack:test:alone:  FAIL  test/neighbours.test.ts > in time
@landfall/stack:test:alone: Error: late`;
  expect(failureLines(output)).toEqual([
    '@landfall/stack FAIL  test/start.test.ts > it starts',
    '  Error: waited in vain',
    '@landfall/stack alone FAIL  test/neighbours.test.ts > in time',
    '  Error: late',
  ]);
  expect(failureLines(domain)).toEqual([]);
});

test('long errors and many failures are cut', () => {
  const error = Array.from({ length: 50 }, (_, at) => `@landfall/stack:test: line ${at}`);
  const failure = ['@landfall/stack:test:  FAIL  a > b', ...error].join('\n');
  const lines = failureLines(Array.from({ length: 12 }, () => failure).join('\n'));
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toBe('and 2 more failed tests');
});

test('tests that ran alone are a part of their own', () => {
  const alone = '@landfall/stack:test:alone:       Tests  1 passed (1)';
  expect(partLines(testParts(`${domain}\n${alone}`))).toEqual([
    '@landfall/domain       cached  460 passed',
    '@landfall/stack alone     0 s  1 passed',
    '461 tests passed, 0 failed',
  ]);
});

describe('test files that run again, alone', () => {
  const failed = (name: string, file: string) => `${name}:test:  FAIL  ${file} > it works`;
  const tasks = (...names: string[]) => `Failed:    ${names.join(', ')}`;

  test('the files of failed tests, each once', () => {
    const output = [
      failed('@landfall/stack', '|together| test/crashes/usage.test.ts'),
      failed('@landfall/stack', '|together| test/crashes/usage.test.ts'),
      failed('@landfall/landing', 'src/words/words.test.ts'),
      tasks('@landfall/stack#test', '@landfall/landing#test'),
    ].join('\n');
    expect(filesToRunAgain(output)).toEqual([
      { name: '@landfall/stack', file: 'test/crashes/usage.test.ts' },
      { name: '@landfall/landing', file: 'src/words/words.test.ts' },
    ]);
  });

  test('none if lint, types, or a package without a failed test failed', () => {
    const stack = failed('@landfall/stack', 'test/start.test.ts');
    for (const other of [
      '@landfall/stack#lint',
      '@landfall/domain#typecheck',
      '@landfall/client#test',
    ]) {
      expect(filesToRunAgain(`${stack}\n${tasks('@landfall/stack#test', other)}`)).toEqual([]);
    }
  });

  test('none if many files failed', () => {
    const many = Array.from({ length: 9 }, (_, at) =>
      failed('@landfall/stack', `test/${at}.test.ts`),
    );
    expect(filesToRunAgain([...many, tasks('@landfall/stack#test')].join('\n'))).toEqual([]);
  });
});
