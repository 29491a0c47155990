import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referenceFile, referencePage } from '../src/write-reference.ts';

test('docs/reference.md matches the code', async () => {
  expect(readFileSync(referenceFile, 'utf8')).toBe(await referencePage());
});

test('every setting of a service has a description', async () => {
  const rows = (await referencePage()).split('\n').filter((line) => line.endsWith(' |  |'));
  expect(rows).toEqual([]);
});
