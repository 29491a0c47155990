import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backUpCluster, restoreCluster } from '@landfall/servers/postgres-backup';
import type { Drill } from './drill.ts';
import { loseCommits, secondsSince } from './lost-commits.ts';

/** Traffic before the backup, and between the backup and the loss. */
const DEFAULT_SECONDS = 20;

export const backup: Drill = {
  name: 'backup',
  summary:
    'PostgreSQL and JetStream are destroyed after an online backup; the drill restores, reconciles and reports usage again',
  flags: [
    {
      name: 'seconds',
      value: 'N',
      help: `traffic before the backup, and half as long after it (default ${DEFAULT_SECONDS})`,
    },
  ],
  async play(context) {
    const seconds = Number(context.flags['seconds'] ?? DEFAULT_SECONDS);
    await using system = await context.openStack();
    using copy = temporaryFolder();
    const folder = system.dataFolders.postgres;
    await loseCommits(context, system, {
      seconds,
      async keep() {
        const startedAt = performance.now();
        await backUpCluster(system.postgres.url, { folder, to: copy.path });
        context.figure('backup under traffic', `${secondsSince(startedAt)} s`);
      },
      async goBack() {
        restoreCluster(copy.path, folder);
        await system.postgres.restart();
      },
    });
  },
};

function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-backup-'));
  chmodSync(folder, 0o711);
  return {
    path: path.join(folder, 'copy'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
