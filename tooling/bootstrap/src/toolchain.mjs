import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { runChild } from './child.mjs';
import { registryTrouble } from './registry-trouble.mjs';
import { isAcceptedNode, platformName, platforms } from './platform.mjs';
import { withProgress } from './progress.mjs';
import { Stopped, Trouble } from './trouble.mjs';

/** @typedef {{ node: string, pnpm: string }} Toolchain paths of the two programs */

// A person is waiting, and npm's defaults (two retries after 10 s and 60 s) look like a hang.
const retries = [
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=3000',
];

/**
 * Finds Node and pnpm: this Node if its version is accepted, otherwise the pinned one, fetched once
 * into `.toolchain/`. Nothing outside the checkout is changed. Several bootstraps can run at once:
 * each fetches into its own folder, which is then renamed into place.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Toolchain>}
 */
export async function toolchain(root, env) {
  const hasNode = isAcceptedNode(process.version);
  const platform = platforms[platformName()];
  if (!platform) return machineToolchain(platformName(), hasNode, env);
  const { node, pnpm } = platform;
  const modules = await fetchOnce(root, hasNode ? [pnpm] : [node, pnpm], env);
  return {
    node: hasNode ? process.execPath : join(modules, node.name, 'bin', 'node'),
    pnpm: join(modules, pnpm.name, 'pnpm'),
  };
}

/**
 * Fetches packages into `.toolchain/` unless they are there, and returns their `node_modules`.
 * @param {string} root
 * @param {readonly import('./platform.mjs').Pin[]} wanted
 * @param {NodeJS.ProcessEnv} env
 */
export async function fetchOnce(root, wanted, env) {
  const folder = join(root, '.toolchain', keyOf(wanted));
  if (!existsSync(folder)) await fetchInto(folder, wanted, env);
  return join(folder, 'node_modules');
}

/**
 * The command line of npm itself. The `npm` on PATH may be something else.
 * @param {NodeJS.ProcessEnv} env
 * @returns {readonly string[]}
 */
export function npmCommand(env) {
  const beside = dirname(process.execPath);
  const found = [
    env['npm_execpath'],
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
  ].find((file) => file?.endsWith('npm-cli.js') && existsSync(file));
  return found ? [process.execPath, found] : ['npm'];
}

/**
 * @param {string} folder
 * @param {readonly import('./platform.mjs').Pin[]} wanted
 * @param {NodeJS.ProcessEnv} env
 */
async function fetchInto(folder, wanted, env) {
  const names = wanted.map(({ name, version }) => `${name}@${version}`);
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  writeManifest(draft, wanted);
  const [command = 'npm', ...first] = npmCommand(process.env);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
  const args = [...first, 'ci', ...quiet, '--loglevel=error', '--progress=false', ...retries];
  try {
    await withProgress(`fetching ${names.join(' and ')} into .toolchain`, async () => {
      const { code, output, isStopped } = await runChild({
        command,
        args,
        cwd: draft,
        env,
        output: 'collect',
      });
      if (isStopped) throw new Stopped();
      if (code !== 0) throw registryTrouble('The toolchain could not be fetched.', output, code);
    });
    rename(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Writes a lockfile with exactly these packages, so that npm fetches these versions and rejects
 * different contents.
 * @param {string} folder
 * @param {readonly import('./platform.mjs').Pin[]} wanted
 */
function writeManifest(folder, wanted) {
  const manifest = {
    name: 'toolchain',
    dependencies: Object.fromEntries(wanted.map(({ name, version }) => [name, version])),
  };
  /** @type {Record<string, object>} */
  const packages = { '': manifest };
  for (const { name, ...pin } of wanted) packages[`node_modules/${name}`] = pin;
  const lock = { name: 'toolchain', lockfileVersion: 3, requires: true, packages };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, private: true }));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  } catch (error) {
    throw new Trouble({
      what: 'The toolchain could not be written into the checkout.',
      why: error instanceof Error ? error.message : String(error),
      next: 'run as the user who owns the checkout, and check that its disk has free space',
    });
  }
}

/**
 * @param {string} draft
 * @param {string} folder
 */
function rename(draft, folder) {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another bootstrap was faster. Its packages have the same checksums.
    if (!existsSync(folder)) throw error;
  }
}

/** @param {readonly import('./platform.mjs').Pin[]} wanted */
function keyOf(wanted) {
  const pins = Object.fromEntries(wanted.map(({ name, ...pin }) => [name, pin]));
  return createHash('sha256').update(JSON.stringify(pins)).digest('hex').slice(0, 12);
}

/**
 * If no binaries are pinned for the platform, the machine must have both programs.
 * @param {string} platform
 * @param {boolean} hasNode
 * @param {NodeJS.ProcessEnv} env
 * @returns {Toolchain}
 */
function machineToolchain(platform, hasNode, env) {
  const pnpm = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'pnpm'))
    .find((file) => existsSync(file));
  if (hasNode && pnpm) return { node: process.execPath, pnpm };
  throw new Trouble({
    what: `Landfall has no toolchain for ${platform}.`,
    why: hasNode
      ? 'pnpm is not on PATH'
      : `this is Node ${process.version}, and Landfall needs Node 24`,
    next: hasNode
      ? 'run npm install --global pnpm@12'
      : 'install Node 24 and pnpm 12 (nodejs.org, pnpm.io)',
  });
}
