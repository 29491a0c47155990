import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { stateOf } from './install.mjs';

test('a changed lockfile, a changed or new manifest, or another Node requires a new install', () => {
  const root = mkdtempSync(join(tmpdir(), 'install-'));
  const tools = { node: '/node', pnpm: '/pnpm' };
  mkdirSync(join(root, 'packages', 'one'), { recursive: true });
  const seen = [stateOf(root, tools)];
  const change = (file: string, text: string) => {
    writeFileSync(join(root, file), text);
    seen.push(stateOf(root, tools));
  };
  change('pnpm-lock.yaml', 'lockfileVersion: 9');
  change('packages/one/package.json', '{}');
  change('packages/one/package.json', '{"name":"one"}');
  mkdirSync(join(root, 'services', 'two'), { recursive: true });
  change('services/two/package.json', '{}');
  seen.push(stateOf(root, { ...tools, node: '/other' }));
  expect(new Set(seen).size).toBe(seen.length);
  expect(stateOf(root, tools)).toBe(stateOf(root, tools));
});
