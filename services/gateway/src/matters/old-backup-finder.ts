import type { MatterFinder } from '@landfall/service-kit/matters';
import type { GatewayTables } from '../db/schema.ts';
import { OLD_DAYS, TOO_OLD_DAYS } from '../doctor/own-checks.ts';
import { lastBackup } from '../store/backups.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The last recorded backup is old, or none was recorded since Landfall was installed. */
export function oldBackupFinder(machineNow: () => Date): MatterFinder<GatewayTables, 'backup-old'> {
  return {
    kind: 'backup-old',
    async find(trx) {
      const { takenAt, installedAt } = await lastBackup(trx);
      const from = takenAt ?? installedAt;
      if (from === undefined) return [];
      const days = Math.floor((machineNow().getTime() - from.getTime()) / DAY_MS);
      if (days < OLD_DAYS) return [];
      return [
        {
          key: 'backup',
          subject: { type: 'backup', id: takenAt?.toISOString() ?? 'none' },
          severity: days >= TOO_OLD_DAYS ? 'critical' : 'warning',
          params: { days, recorded: takenAt ? 'yes' : 'no' },
          since: new Date(from.getTime() + OLD_DAYS * DAY_MS).toISOString(),
        },
      ];
    },
  };
}
