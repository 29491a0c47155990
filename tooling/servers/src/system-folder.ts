import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs';

import { startFault } from '@landfall/provisioning/start-fault';

// /var/lib is where a system keeps data of services; /var/tmp survives a restart of the machine,
// but many systems clean it after 30 days, so it is only the second choice.
const candidates = ['/var/lib/landfall', '/var/tmp/landfall'];

/**
 * A folder of root's that every user may pass through, for what PostgreSQL's user must reach when
 * the checkout lies under a private folder such as /root. Only root calls this.
 */
export function systemFolder(): string {
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const { uid } = lstatSync(folder);
      // In a world-writable parent somebody else may have made the folder first.
      if (uid !== 0 || !lstatSync(folder).isDirectory()) continue;
      chmodSync(folder, 0o755);
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      continue;
    }
  }
  throw startFault('folder_unusable', {
    what: 'PostgreSQL is not started.',
    why: `its user cannot reach this checkout, and none of ${candidates.join(', ')} can be used instead`,
    next: 'move the checkout to where every user may pass, or run as an ordinary user',
  });
}
