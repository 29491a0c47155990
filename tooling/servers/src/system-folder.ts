import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs';

import { startFault } from '@landfall/provisioning/start-fault';

// /var/lib is for data of services. /var/tmp survives a restart of the machine, but many systems
// clean it after 30 days, so it is the second choice.
const candidates = ['/var/lib/landfall', '/var/tmp/landfall'];

/**
 * A folder of root that every user can pass through, for files that PostgreSQL's user must reach if
 * the checkout is in a private folder such as /root. Only root calls this.
 */
export function systemFolder(): string {
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const { uid } = lstatSync(folder);
      // In a world-writable parent, another user may have created the folder first.
      if (uid !== 0 || !lstatSync(folder).isDirectory()) continue;
      chmodSync(folder, 0o755);
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      continue;
    }
  }
  throw startFault('folder_unusable', {
    what: 'PostgreSQL cannot be started.',
    why: `its user cannot reach this checkout, and neither ${candidates.join(' nor ')} can be used instead`,
    next: 'move the checkout to a folder that every user can enter, or run as an ordinary user',
  });
}
