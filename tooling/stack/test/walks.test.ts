import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../src/folder.ts';

test('every file that the walks in CONTRIBUTING.md name is there', () => {
  const text = readFileSync(path.join(repositoryRoot, 'CONTRIBUTING.md'), 'utf8');
  const missing = text
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line))
    .flatMap(filesNamedIn)
    .filter((file) => !existsSync(path.join(repositoryRoot, file)));
  expect(missing).toEqual([]);
});

/** A bare file name stands in the folder of the file before it. */
function filesNamedIn(line: string): string[] {
  let folder = '';
  return [...line.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => {
    if (!name.includes('/')) return path.join(folder, name);
    folder = path.dirname(name);
    return name;
  });
}
