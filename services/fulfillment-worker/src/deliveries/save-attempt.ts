import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../db/schema.ts';
import type { ClaimedDelivery } from '../store/claim-deliveries.ts';
import {
  lockClaimed,
  moveFollowers,
  recordAttempt,
  saveProgress,
  type DeliveryProgress,
} from '../store/delivery-attempts.ts';
import type { Answer } from './channels/channel.ts';
import { progressAfter } from './schedule.ts';

export interface Attempt {
  readonly at: Date;
  readonly answer: Answer;
  readonly durationMs: number;
  /** From 0 to 1, for the jitter. */
  readonly random: number;
}

/**
 * Saves the result of an attempt and returns the lease. Undefined: another process holds the delivery by
 * now, and nothing was written.
 */
export async function saveAttempt(
  db: Db,
  claimed: ClaimedDelivery,
  attempt: Attempt,
): Promise<DeliveryProgress | undefined> {
  return await inTransaction(db, async (trx) => {
    const locked = await lockClaimed(trx, claimed);
    if (!locked) return undefined;
    const { replayedBy, ...before } = locked;
    const { at, answer, durationMs, random } = attempt;
    const { status, failure, answerCode, retry, retryAfterMs } = answer;
    const isDelivered = failure === undefined;
    const { isManual } = claimed;
    const outcome = { isDelivered, isManual, isFinal: retry === 'never', retryAfterMs, at, random };
    const after = progressAfter(before, outcome);
    await recordAttempt(trx, claimed, { at, status, failure, answerCode, durationMs, replayedBy });
    await saveProgress(trx, claimed, { before, after, at });
    if (claimed.isOrdered && after !== before) await moveFollowers(trx, claimed, { after, at });
    return after;
  });
}
