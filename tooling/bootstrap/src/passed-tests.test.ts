import { expect, test } from 'vitest';

import { passedTests } from './passed-tests.mjs';

const domain = `@landfall/domain:test: cache hit, replaying logs 1f
@landfall/domain:test:  Test Files  8 passed (8)
@landfall/domain:test:       Tests  460 passed (460)`;
const servers = `@landfall/servers:test: cache bypass, force executing 2e
@landfall/servers:test: \u001B[2m      Tests \u001B[22m \u001B[31m1 failed\u001B[39m | \u001B[32m4 passed\u001B[39m (5)`;

test('passed and failed tests of all packages are added up, colours or not', () => {
  expect(passedTests(`${domain}\n${servers}\n Tasks: 4 successful`)).toEqual({
    passed: 464,
    failed: 1,
  });
});

test('no sum is given when a package ended without a summary, or none was tested', () => {
  const crashed = '@landfall/landing:test: cache miss, executing 3d\n@landfall/landing:test: boom';
  expect(passedTests(`${domain}\n${crashed}`)).toBeUndefined();
  expect(passedTests('@landfall/domain:lint: cache hit')).toBeUndefined();
});
