import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { startFault } from '@landfall/provisioning/start-fault';

export type Identity = { readonly uid: number; readonly gid: number };

/**
 * As whom PostgreSQL runs. It refuses to run as root, so root runs it as the owner of the existing
 * data, else as `postgres`, else as `nobody`. `undefined` means: as ourselves.
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
  const user = ['postgres', 'nobody']
    .map((name) => users.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  throw startFault('not_permitted', {
    what: 'PostgreSQL is not started.',
    why: 'it refuses to run as root, and this machine has no user "postgres" or "nobody"',
    next: 'run as an ordinary user, or set DATABASE_URL to a database of your own',
  });
}

/** Whether `user` may pass through every folder from the root to `path` (which need not exist). */
export function isReachable(path: string, user: Identity): boolean {
  if (!existsSync(path)) return isReachable(dirname(path), user);
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (!(mode & needed)) return false;
    if (folder === dirname(folder)) return true;
  }
}
