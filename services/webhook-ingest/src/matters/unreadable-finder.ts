import { EVENT_MATTER_DAYS } from '@landfall/contracts/matters';
import type { MatterFinder } from '@landfall/service-kit/matters';
import type { IngestTables } from '../db/schema.ts';
import { UNREADABLE_MS } from '../metrics.ts';
import { newestUnreadable } from '../store/unreadable.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Longest value of a text. */
const MAX_PROBLEMS = 300;

/** Notifications that could not be read, newest first. Reads the partial index `notifications_unreadable`. */
export function unreadableFinder(
  now: () => Date,
): MatterFinder<IngestTables, 'notification-unreadable'> {
  return {
    kind: 'notification-unreadable',
    async find(trx, limit) {
      const at = now().getTime();
      const rows = await newestUnreadable(trx, new Date(at - EVENT_MATTER_DAYS * DAY_MS), limit);
      return rows.map((row) => {
        const repeatsUntil = new Date(row.receivedAt.getTime() + UNREADABLE_MS);
        // Until then Microsoft calls again, so a repaired proxy still gets the change.
        const isRepeated = row.verdict === 'undecided' && repeatsUntil.getTime() > at;
        return {
          key: row.id,
          subject: { type: 'notification', id: row.id },
          publisherId: row.publisherId ?? undefined,
          subscriptionId: row.subscriptionId ?? undefined,
          severity: isRepeated ? 'critical' : 'warning',
          params: {
            problems: row.problems.join(', ').slice(0, MAX_PROBLEMS) || 'none',
            repeated: isRepeated ? 'yes' : 'no',
          },
          since: row.receivedAt.toISOString(),
          dueAt: isRepeated ? repeatsUntil.toISOString() : undefined,
        };
      });
    },
  };
}
