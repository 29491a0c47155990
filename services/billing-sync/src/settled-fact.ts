import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { usageSettledFact } from '@landfall/contracts/subjects.ts';
import { correlationId } from '@landfall/service-kit/log.ts';
import { enqueue } from '@landfall/service-kit/outbox.ts';
import type { BillingDb } from './db/schema.ts';
import type { HourKey } from './store/intake.ts';

/** Tells, in the transaction that saves it, that an hour has its final word. One fact per hour, ever. */
export async function enqueueSettled(
  trx: Transaction<BillingDb>,
  hour: HourKey & {
    readonly planId: string;
    readonly quantity: number;
    readonly status: string;
    readonly usageEventId?: string | undefined;
  },
  now: Date,
): Promise<void> {
  const key = [hour.subscriptionId, hour.dimension, hour.hour.toISOString()];
  const eventId = `usage-${createHash('sha256').update(JSON.stringify(key)).digest('hex')}`;
  await enqueue(
    trx,
    usageSettledFact,
    {
      eventId,
      subscriptionId: hour.subscriptionId,
      dimension: hour.dimension,
      hour: hour.hour.toISOString(),
      planId: hour.planId,
      quantity: hour.quantity,
      status: hour.status,
      usageEventId: hour.usageEventId,
      settledAt: now.toISOString(),
    },
    { messageId: eventId, correlationId: correlationId(), occurredAt: now },
  );
}
