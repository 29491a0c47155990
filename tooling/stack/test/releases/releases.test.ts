import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RELEASE } from '@landfall/contracts/release';
import { repositoryRoot } from '../../src/launch/folder.ts';
import { previousRelease } from '../../src/releases/releases.ts';
import { readPackages } from '../sources.ts';

const changelog = readFileSync(path.join(repositoryRoot, 'CHANGELOG.md'), 'utf8');
const released = [...changelog.matchAll(/^## \[(\d[^\]]*)\]/gm)].map(([, version]) => version);

test('every package has the version of the coming release', () => {
  const others = ['', ...readPackages().map(({ folder }) => folder)].filter((folder) => {
    const manifest = readFileSync(path.join(repositoryRoot, folder, 'package.json'), 'utf8');
    return (JSON.parse(manifest) as { version?: string }).version !== RELEASE;
  });
  expect(others).toEqual([]);
  expect(released).not.toContain(RELEASE);
});

test('the changelog says what to do before the upgrade from the previous release', () => {
  expect(released[0]).toBe(previousRelease.version);
  const [coming = ''] = changelog.split(/^## \[\d/m);
  expect(coming).toContain(`This becomes ${RELEASE}.`);
  expect(coming).toContain(`### Before you upgrade from ${previousRelease.version}`);
});
