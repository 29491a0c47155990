import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { services, type ServiceName } from '@landfall/contracts/services';
import { repositoryRoot } from '../src/launch/folder.ts';

const contributing = readFileSync(path.join(repositoryRoot, 'CONTRIBUTING.md'), 'utf8');

/** Parts of the skeleton that a service does not have, with the reason. */
const WITHOUT: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  // It consumes no fact.
  gateway: ['src/consumers/'],
  // It has readings for many metrics, in a folder of the same name.
  'fulfillment-worker': ['src/metrics.ts'],
};

test.each(services)('$name has the skeleton of CONTRIBUTING', ({ name }) => {
  const skeleton = cellsOf(/^\| `(src\/[\w./]+)` \|/gm);
  const missing = skeleton.filter((part) => !existsSync(path.join(folderOf(name), part)));
  expect(missing).toEqual(WITHOUT[name] ?? []);
});

test.each(services)('CONTRIBUTING explains every other folder of $name', ({ name }) => {
  const explained = cellsOf(new RegExp(`^\\| ${name} \\| \`([\\w-]+)/\` \\|`, 'gm'));
  const skeleton = new Set(['consumers', 'db', 'metrics', 'procedures', 'store']);
  const folders = readdirSync(path.join(folderOf(name), 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skeleton.has(entry.name))
    .map((entry) => entry.name);
  expect(explained.toSorted()).toEqual(folders.toSorted());
});

function cellsOf(row: RegExp): string[] {
  return [...contributing.matchAll(row)].map(([, cell = '']) => cell);
}

function folderOf(service: ServiceName): string {
  return path.join(repositoryRoot, 'services', service);
}
