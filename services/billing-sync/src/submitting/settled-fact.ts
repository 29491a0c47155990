import { createHash } from 'node:crypto';
import { usageSettledFact, type usageOutcomes } from '@landfall/contracts/subjects';
import { decimal, decimalText } from '@landfall/domain/decimal';
import { correlationId } from '@landfall/service-kit/log';
import { enqueueMany } from '@landfall/service-kit/outbox';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from '../store/hours.ts';

/** An hour with a final outcome. */
export interface SettledHour extends HourKey {
  /** The call that it belongs to; undefined if no call gave it its outcome. */
  readonly submissionId?: string | undefined;
  readonly publisherId: string;
  readonly planId: string;
  /** Decimal text. */
  readonly quantity: string;
  readonly outcome: (typeof usageOutcomes)[number];
  readonly status: string;
  readonly problem: string | null;
  readonly usageEventId?: string | undefined;
  readonly isTest: boolean;
  readonly attempts: number;
}

/**
 * Publishes the final outcome of hours, in the transaction that saves it. The fact's id depends on the outcome and the number
 * of attempts, because a refused hour that is sent again may end differently.
 */
export async function enqueueSettled(
  trx: Trx,
  hours: readonly SettledHour[],
  now: Date,
): Promise<void> {
  const facts = hours.map((hour) => {
    const { publisherId, subscriptionId, dimension, planId, outcome, status, usageEventId } = hour;
    const at = hour.hour.toISOString();
    const key = [subscriptionId, dimension, at, outcome, hour.attempts];
    const eventId = `usage-${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
    const payload = {
      eventId,
      publisherId,
      subscriptionId,
      dimension,
      hour: at,
      planId,
      quantity: decimalText(decimal(hour.quantity)),
      outcome,
      status,
      problem: hour.problem ?? undefined,
      usageEventId,
      isTest: hour.isTest,
      settledAt: now.toISOString(),
    };
    const correlation = hour.submissionId ?? correlationId();
    const envelope = { messageId: eventId, correlationId: correlation, occurredAt: now };
    return { payload, envelope };
  });
  await enqueueMany(trx, usageSettledFact, facts);
}
