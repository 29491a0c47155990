import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readmeFile, withContractTables } from '../src/write-reference.ts';

test("the README's tables are what the contracts say", () => {
  const readme = readFileSync(readmeFile, 'utf8');
  expect(withContractTables(readme)).toBe(readme);
});
