import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isStale, stateOf } from './bundles.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function bundleOf(inputs: Readonly<Record<string, string>>) {
  const bundle = {
    script: path.join(folder, 'main.mjs'),
    inputsFile: path.join(folder, 'inputs.json'),
  };
  writeFileSync(bundle.script, '');
  writeFileSync(bundle.inputsFile, JSON.stringify(inputs));
  return bundle;
}

test('a bundle is used as long as no file that it was made of changes', () => {
  const inputs = { 'package.json': stateOf('package.json'), LICENSE: stateOf('LICENSE') };
  expect(isStale(bundleOf(inputs))).toBe(false);
  expect(isStale(bundleOf({ ...inputs, LICENSE: '1 1' }))).toBe(true);
});

test('a bundle is made again if it is missing, or if a file that it was made of is gone', () => {
  expect(isStale(bundleOf({ 'removed.ts': '120 1796009005184' }))).toBe(true);
  const bundle = bundleOf({});
  rmSync(bundle.script);
  expect(isStale(bundle)).toBe(true);
});
