import { expect, test } from 'vitest';

import { partLines, testParts } from './test-parts.mjs';

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
