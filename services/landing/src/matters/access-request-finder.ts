import type { MatterFinder } from '@landfall/service-kit/matters';
import type { LandingTables } from '../db/schema.ts';
import { longWaiting } from '../store/access-requests.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An owner who has not answered within a day may have left. */
const OWNER_PATIENCE_MS = DAY_MS;

/** Colleagues who wait for access: one matter for each subscription. No one is named. */
export function accessRequestFinder(
  now: () => Date,
): MatterFinder<LandingTables, 'access-request-waiting'> {
  return {
    kind: 'access-request-waiting',
    async find(trx, limit) {
      const at = now().getTime();
      const rows = await longWaiting(trx, new Date(at - OWNER_PATIENCE_MS), limit);
      return rows.map(({ subscriptionId, publisherId, since, people, hasOwner }) => ({
        key: subscriptionId,
        subject: { type: 'access-request', id: subscriptionId },
        publisherId: publisherId ?? undefined,
        subscriptionId,
        severity: 'warning',
        params: {
          people,
          days: Math.floor((at - since.getTime()) / DAY_MS),
          owner: hasOwner ? 'yes' : 'no',
        },
        since: since.toISOString(),
      }));
    },
  };
}
