import type { MatterFinder } from '@landfall/service-kit/matters';
import type { GatewayTables } from '../db/schema.ts';
import { keyText } from '../keys/api-key.ts';
import { endingKeys } from '../store/keys.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Someone has to give the new key to a program, and that person may be on leave. */
const SOON_MS = 14 * DAY_MS;
const NOW_MS = 3 * DAY_MS;
/** A program that still used the key when it ended has been noticed by then. */
const ENDED_MS = 14 * DAY_MS;
/** Nobody misses a key that has not been used for so long. */
const UNUSED_MS = 30 * DAY_MS;

/** API keys in use that end soon or have ended. The label is left out, because it may name a person. */
export function endingKeyFinder(machineNow: () => Date): MatterFinder<GatewayTables, 'key-ending'> {
  return {
    kind: 'key-ending',
    async find(trx, limit) {
      const at = machineNow().getTime();
      const keys = await endingKeys(trx, {
        after: new Date(at - ENDED_MS),
        before: new Date(at + SOON_MS),
        unusedMs: UNUSED_MS,
        limit,
      });
      return keys.map(({ id, publisherId, expiresAt }) => {
        const leftMs = expiresAt.getTime() - at;
        return {
          key: id,
          subject: { type: 'key', id },
          publisherId: publisherId ?? undefined,
          severity: leftMs <= NOW_MS ? 'critical' : 'warning',
          params: {
            prefix: keyText(id, ''),
            days: Math.max(0, Math.floor(leftMs / DAY_MS)),
            ended: leftMs <= 0 ? 'yes' : 'no',
          },
          since: new Date(expiresAt.getTime() - SOON_MS).toISOString(),
          dueAt: expiresAt.toISOString(),
        };
      });
    },
  };
}
