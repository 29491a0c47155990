import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runChild } from './child.mjs';
import { withLock } from './lock.mjs';
import { withProgress } from './progress.mjs';
import { registryTrouble } from './registry-trouble.mjs';
import { Stopped } from './trouble.mjs';

const workspaceFolders = ['packages', 'services', 'tooling'];
// A person is waiting, so pnpm gives up sooner than by default.
const settings = [
  '--config.fetch-retries=2',
  '--config.fetch-retry-mintimeout=500',
  '--config.fetch-retry-maxtimeout=3000',
  // Without a terminal, pnpm refuses to replace a node_modules that another version created.
  '--config.confirm-modules-purge=false',
];

/**
 * Installs from the lockfile, if anything that determines the result has changed since the last
 * time. Two bootstraps in one checkout take turns.
 * @param {string} root
 * @param {import('./toolchain.mjs').Toolchain} tools
 * @param {NodeJS.ProcessEnv} env
 */
export async function install(root, tools, env) {
  const stamp = join(root, 'node_modules', '.landfall-installed');
  const isDone = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === stateOf(root, tools);
  if (isDone()) return;
  mkdirSync(join(root, '.toolchain'), { recursive: true });
  await withLock(join(root, '.toolchain', 'install.lock'), async () => {
    if (isDone()) return;
    rmSync(stamp, { force: true });
    await withProgress('installing dependencies from the lockfile', async () => {
      const args = ['install', '--frozen-lockfile', '--reporter=append-only', ...settings];
      const call = { command: tools.pnpm, args, cwd: root, env };
      const { code, output, isStopped } = await runChild({ ...call, output: 'collect' });
      if (isStopped) throw new Stopped();
      if (code !== 0)
        throw registryTrouble('The dependencies could not be installed.', output, code);
    });
    writeFileSync(stamp, stateOf(root, tools));
  });
}

/**
 * A digest of everything that determines what is installed.
 * @param {string} root
 * @param {import('./toolchain.mjs').Toolchain} tools
 */
export function stateOf(root, tools) {
  const state = createHash('sha256').update(`${tools.node}\0${tools.pnpm}`);
  for (const file of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    ...manifests(root),
  ]) {
    const path = join(root, file);
    if (existsSync(path)) state.update(`\0${file}\0`).update(readFileSync(path));
  }
  return state.digest('hex');
}

/** @param {string} root */
function manifests(root) {
  return workspaceFolders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .map((folder) => join(folder, 'package.json'))
    .sort();
}
