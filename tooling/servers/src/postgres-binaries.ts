import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { thisPlatform } from '@landfall/bootstrap/platform';
import { isReachable, type Identity } from './service-user.ts';
import { startFault } from '@landfall/provisioning/start-fault';
import { systemFolder } from './system-folder.ts';

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string };

/**
 * The PostgreSQL programs from the npm package for this platform, executable by `user`. If `user`
 * may not enter the package's folder, a copy is kept in a system folder.
 */
export function postgresBinaries(user: Identity | undefined): PostgresBinaries {
  const installed = findPackage();
  completeLinks(installed);
  const folder = user && !isReachable(installed, user) ? reachableCopy(installed) : installed;
  const bin = join(folder, 'native', 'bin');
  return { postgres: executable(join(bin, 'postgres')), initdb: executable(join(bin, 'initdb')) };
}

function findPackage(): string {
  const name = thisPlatform()?.postgres;
  if (!name) throw missing(`npm has none for ${process.platform} on ${process.arch}`);
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return dirname(dirname(realpathSync(entry)));
  } catch (error) {
    throw missing(`the package ${name} is not installed`, error);
  }
}

function missing(why: string, cause?: unknown) {
  const what = 'PostgreSQL cannot be started.';
  const next = 'install the dependencies again, or set DATABASE_URL to your own server';
  return startFault('binary_missing', { what, why, next }, cause);
}

/**
 * npm packages cannot contain symbolic links. This package lists them, and its install script,
 * which we do not run, would create them.
 */
function completeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}

function reachableCopy(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const parent = systemFolder();
  const copy = join(parent, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  // Copied under another name first, so that a folder with the final name is always complete.
  const draft = mkdtempSync(join(parent, 'copying-'));
  cpSync(join(folder, 'native'), join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  chmodSync(draft, 0o755);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function executable(file: string): string {
  if (!(statSync(file).mode & 0o001)) chmodSync(file, 0o755);
  return file;
}
