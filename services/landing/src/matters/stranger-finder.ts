import { EVENT_MATTER_DAYS } from '@landfall/contracts/matters';
import type { MatterFinder } from '@landfall/service-kit/matters';
import type { LandingTables } from '../db/schema.ts';
import { strangersSince } from '../store/strangers.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** People of another organisation who opened a purchase: one matter for each subscription. */
export function strangerFinder(
  machineNow: () => Date,
): MatterFinder<LandingTables, 'stranger-at-landing'> {
  return {
    kind: 'stranger-at-landing',
    async find(trx, limit) {
      const since = new Date(machineNow().getTime() - EVENT_MATTER_DAYS * DAY_MS);
      const rows = await strangersSince(trx, since, limit);
      return rows.map(({ subscriptionId, publisherId, firstAt, people }) => ({
        key: subscriptionId,
        subject: { type: 'subscription', id: subscriptionId },
        publisherId: publisherId ?? undefined,
        subscriptionId,
        severity: 'warning',
        params: { people },
        since: firstAt.toISOString(),
      }));
    },
  };
}
