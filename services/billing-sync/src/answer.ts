import { usageFate } from '@landfall/domain/usage.ts';
import type { UsageResult } from '@landfall/marketplace/metering.ts';
import { nextAttemptAt } from './back-off.ts';
import type { AnsweredHour, ClaimedHour } from './store/submitting.ts';

/**
 * Microsoft and we disagree on whether a subscription is active: facts settle that in minutes, and an
 * hourly question is no storm. While we know it as suspended, nothing is asked at all.
 */
const HOLD_RECHECK_MS = 60 * 60 * 1000;

/** What Microsoft said of a row, or the fault that stood in the way of an answer. */
export type RowAnswer =
  | { readonly kind: 'result'; readonly result: UsageResult }
  | { readonly kind: 'later'; readonly code: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'never'; readonly code: string };

/** The next state of an hour, by the answer for its row. */
export function answerHour(hour: ClaimedHour, answer: RowAnswer, now: Date): AnsweredHour {
  const { subscriptionId, dimension } = hour;
  const unanswered = {
    subscriptionId,
    dimension,
    hour: hour.hour,
    status: null,
    usageEventId: null,
    keptQuantity: null,
    problem: null,
    nextAttemptAt: null,
  };
  if (answer.kind === 'never') return { ...unanswered, state: 'refused', problem: answer.code };
  if (answer.kind === 'later') {
    const next = nextAttemptAt(hour, now, answer.retryAfterMs);
    return { ...unanswered, state: 'closed', problem: answer.code, nextAttemptAt: next };
  }
  const { status, usageEventId, accepted } = answer.result;
  const told = {
    ...unanswered,
    status,
    usageEventId: usageEventId ?? accepted?.usageEventId ?? null,
    keptQuantity: accepted?.quantity ?? null,
  };
  const fate = usageFate(status, { ours: hour.quantity, kept: accepted?.quantity });
  switch (fate) {
    case 'settled':
      return { ...told, state: 'settled' };
    case 'mismatch':
      return { ...told, state: 'refused', problem: 'quantity-mismatch' };
    case 'refused':
      return { ...told, state: 'refused', problem: 'refused' };
    case 'expired':
      return { ...told, state: 'writtenOff', problem: 'expired' };
    case 'hold':
      return {
        ...told,
        state: 'held',
        problem: 'not-active',
        nextAttemptAt: new Date(now.getTime() + HOLD_RECHECK_MS),
      };
    case 'retry':
      return {
        ...told,
        // An answer that was none leaves the outcome unknown.
        status: status === 'Unanswered' ? null : status,
        state: 'closed',
        problem: 'retrying',
        nextAttemptAt: nextAttemptAt(hour, now),
      };
    default:
      return fate satisfies never;
  }
}
