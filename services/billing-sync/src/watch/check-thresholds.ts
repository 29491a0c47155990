import { createHash } from 'node:crypto';
import { usageThresholdCrossedFact } from '@landfall/contracts/subjects';
import { correlationId } from '@landfall/service-kit/log';
import { enqueueMany } from '@landfall/service-kit/outbox';
import { NO_TERM, type Trx } from '../db/schema.ts';
import { openIncidents } from '../store/incidents.ts';
import { markCrossed, type CrossedThreshold } from '../store/thresholds.ts';

/**
 * Opens an incident and publishes a fact for each limit that these subscriptions have crossed. It runs in the transaction
 * that changes the counters, so a limit is crossed exactly once per term.
 */
export async function checkThresholds(
  trx: Trx,
  subscriptionIds: readonly string[],
  now: Date,
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  const crossed = await markCrossed(trx, [...new Set(subscriptionIds)]);
  if (crossed.length === 0) return;
  const day = now.toISOString().slice(0, 10);
  await openIncidents(
    trx,
    crossed.map(({ publisherId, subscriptionId, planId, dimension, limit, overage }) => ({
      publisherId,
      subscriptionId,
      planId,
      dimension,
      day,
      kind: 'threshold',
      ours: overage,
      theirs: null,
      message: `Usage above the included quantity is ${overage} in this term, which is more than the limit of ${limit}. Inform the customer, or raise the limit with thresholds.put.`,
    })),
    now,
  );
  await enqueueMany(
    trx,
    usageThresholdCrossedFact,
    crossed.map((one) => factOf(one, now)),
  );
}

function factOf(crossed: CrossedThreshold, now: Date) {
  const { subscriptionId, publisherId, planId, dimension, termStart, limit, overage } = crossed;
  const key = JSON.stringify([subscriptionId, dimension, termStart.getTime(), limit]);
  const eventId = `threshold-${createHash('sha256').update(key).digest('hex')}`;
  const hasTerm = termStart.getTime() !== NO_TERM.getTime();
  return {
    payload: {
      eventId,
      publisherId,
      subscriptionId,
      dimension,
      planId,
      termStart: hasTerm ? termStart.toISOString() : undefined,
      limit,
      overage,
      crossedAt: now.toISOString(),
    },
    envelope: { messageId: eventId, correlationId: correlationId(), occurredAt: now },
  };
}
