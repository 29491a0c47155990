import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { childEnvironment } from './environment.mjs';

const root = mkdtempSync(join(tmpdir(), 'environment-'));

test("npm's own settings are not passed on, except how to reach the registry, for pnpm too", () => {
  const given = {
    PATH: '/bin',
    npm_lifecycle_event: 'start',
    npm_config_prefix: '/elsewhere',
    npm_config_registry: 'https://registry.example/',
    npm_config_userconfig: '/etc/npmrc',
  };
  const env = childEnvironment(given, { root, home: root });
  expect(env).toMatchObject({
    PATH: '/bin',
    npm_config_registry: 'https://registry.example/',
    pnpm_config_registry: 'https://registry.example/',
    npm_config_userconfig: '/etc/npmrc',
  });
  expect(env).not.toHaveProperty('npm_lifecycle_event');
  expect(env).not.toHaveProperty('npm_config_prefix');
  expect(env).not.toHaveProperty('HOME');
});

test('if the home folder is not writable, caches are inside the checkout', () => {
  const env = childEnvironment({ HOME: '/nonexistent' }, { root, home: '/nonexistent' });
  for (const name of ['HOME', 'npm_config_cache', 'XDG_DATA_HOME', 'XDG_CACHE_HOME']) {
    expect(env[name]).toContain(join(root, '.toolchain', 'home'));
  }
  expect(existsSync(join(root, '.toolchain', 'home'))).toBe(true);
});
