import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { startFault } from '@landfall/provisioning/start-fault';

export type Identity = { readonly uid: number; readonly gid: number };

/**
 * The user that PostgreSQL runs as. PostgreSQL refuses to run as root, so root runs it as the owner
 * of the existing data, otherwise as `postgres`, otherwise as `nobody`. `undefined` means the
 * current user.
 */
export function serviceUser(existingData: string): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(existingData)) {
    const { uid, gid } = statSync(existingData);
    if (uid !== 0) return { uid, gid };
  }
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  // Node cannot start a program as the `nobody` of macOS, whose uid is negative.
  const user = ['postgres', 'nobody']
    .map((name) => users.find((fields) => fields[0] === name))
    .find((fields) => Number(fields?.[2]) > 0);
  if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  throw startFault('not_permitted', {
    what: 'PostgreSQL cannot be started.',
    why: 'it refuses to run as root, and this machine has no user "postgres" or "nobody"',
    next: 'run as an ordinary user, or set DATABASE_URL to your own server',
  });
}

/** Whether `user` can pass through every folder from the root to `path`. `path` need not exist. */
export function isReachable(path: string, user: Identity): boolean {
  if (!existsSync(path)) return isReachable(dirname(path), user);
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (!(mode & needed)) return false;
    if (folder === dirname(folder)) return true;
  }
}
