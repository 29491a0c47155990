import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkNames } from '@landfall/contracts/checks';
import { matterKinds } from '@landfall/contracts/matters';
import { repositoryRoot } from '../src/launch/folder.ts';
import { referenceFile, referencePage } from '../src/write-reference.ts';

test('docs/reference.md matches the code', async () => {
  expect(readFileSync(referenceFile, 'utf8')).toBe(await referencePage());
});

test('every setting of a service has a description', async () => {
  const rows = (await referencePage()).split('\n').filter((line) => line.endsWith(' |  |'));
  expect(rows).toEqual([]);
});

test('docs/doctor.md explains every check, and no others', () => {
  const page = readFileSync(path.join(repositoryRoot, 'docs', 'doctor.md'), 'utf8');
  const checks = [...page.matchAll(/^\| `([\w.-]+\.[\w.-]+)` \|/gm)].map(([, name = '']) => name);
  expect(checks.toSorted()).toEqual(Object.keys(checkNames).toSorted());
});

test('docs/matters.md lists every kind of matter with its severity and how it closes, and no others', () => {
  const page = readFileSync(path.join(repositoryRoot, 'docs', 'matters.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (critical|warning|info) +\| ([\w ]+?) +\|/gm)];
  expect(rows.map(([, kind, severity, closes]) => [kind, severity, closes])).toEqual(
    Object.entries(matterKinds).map(([kind, { severity, closes }]) => [
      kind,
      severity,
      closes === 'person' ? 'by a person' : 'itself',
    ]),
  );
});
