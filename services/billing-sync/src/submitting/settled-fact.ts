import { createHash } from 'node:crypto';
import { usageSettledFact } from '@landfall/contracts/subjects';
import { correlationId } from '@landfall/service-kit/log';
import { enqueueMany } from '@landfall/service-kit/outbox';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from '../store/hours.ts';

/** An hour with a final outcome. */
export interface SettledHour extends HourKey {
  readonly planId: string;
  readonly quantity: number;
  readonly status: string;
  readonly usageEventId?: string | undefined;
}

/** Publishes the final outcome of hours, in the transaction that saves it. There is one fact per hour, ever. */
export async function enqueueSettled(
  trx: Trx,
  hours: readonly SettledHour[],
  now: Date,
): Promise<void> {
  const facts = hours.map((hour) => {
    const { subscriptionId, dimension, planId, quantity, status, usageEventId } = hour;
    const at = hour.hour.toISOString();
    const key = JSON.stringify([subscriptionId, dimension, at]);
    const eventId = `usage-${createHash('sha256').update(key).digest('hex')}`;
    const about = { eventId, subscriptionId, dimension, hour: at, planId, quantity };
    return {
      payload: { ...about, status, usageEventId, settledAt: now.toISOString() },
      envelope: { messageId: eventId, correlationId: correlationId(), occurredAt: now },
    };
  });
  await enqueueMany(trx, usageSettledFact, facts);
}
