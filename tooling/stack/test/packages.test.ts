import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../src/launch/folder.ts';
import { readPackages, readSources } from './sources.ts';

const packages = readPackages();
const code = readSources(['.ts', '.tsx', '.mjs', 'tsconfig.json']);
const entries = packages.flatMap(({ folder, entries: named }) =>
  [...named].map(([specifier, file]) => ({ folder, specifier, file })),
);

/** Entries for code outside this repository. */
const PUBLISHED = new Set(['packages/client']);

test('packages export entries by name, and never a pattern', () => {
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.filter(({ specifier }) => specifier.includes('*'))).toEqual([]);
});

test('every entry of a package leads to a file', () => {
  const missing = entries.filter(({ file }) => !existsSync(path.join(repositoryRoot, file)));
  expect(missing).toEqual([]);
});

test('every entry is used outside its package, or belongs to the published client', () => {
  const unused = entries.filter(({ folder, specifier }) => {
    const quoted = new RegExp(`['"]${specifier}['"]`);
    return (
      !PUBLISHED.has(folder) &&
      !code.some(({ file, text }) => !file.startsWith(`${folder}/`) && quoted.test(text))
    );
  });
  expect(unused.map(({ specifier }) => specifier)).toEqual([]);
});

test('the table of allowed imports in oxlint.config.ts has every package', () => {
  const table = readSources(['oxlint.config.ts'])[0]?.text ?? '';
  const missing = packages
    .map(({ folder }) => path.basename(folder))
    .filter((name) => !new RegExp(`['/{,]${name}['},]`).test(table));
  expect(missing).toEqual([]);
});
