import { doublingPause } from '@landfall/domain/back-off';
import { USAGE_WINDOW_MS, usageFate } from '@landfall/domain/usage';
import type { UsageResult } from '@landfall/marketplace/metering';
import type { AnsweredHour, ClaimedHour } from '../store/submissions.ts';

/**
 * Pause after Microsoft says that a subscription is not active while our record says that it is. Facts settle that in
 * minutes, and one call an hour is no burden. Nothing is sent while our record says that it is suspended.
 */
const HOLD_RECHECK_MS = 60 * 60 * 1000;

/** Microsoft's answer for a row, or the fault that prevented one. */
export type RowAnswer =
  | { readonly kind: 'result'; readonly result: UsageResult }
  | (Unanswered & { readonly kind: 'later'; readonly retryAfterMs?: number | undefined })
  | (Unanswered & { readonly kind: 'never' });

interface Unanswered {
  readonly code: string;
  /** Microsoft may have counted the row anyway. */
  readonly mayHaveArrived: boolean;
}

/** The next state of an hour after the answer for its row. */
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
    isInDoubt: hour.isInDoubt || (answer.kind !== 'result' && answer.mayHaveArrived),
    nextAttemptAt: null,
  };
  if (answer.kind === 'never') return { ...unanswered, state: 'refused', problem: answer.code };
  if (answer.kind === 'later') {
    const next = nextAttemptAt(hour, now, answer.retryAfterMs);
    return { ...unanswered, state: 'closed', problem: answer.code, nextAttemptAt: next };
  }
  const { status, usageEventId, accepted } = answer.result;
  const answered = {
    ...unanswered,
    status,
    usageEventId: usageEventId ?? accepted?.usageEventId ?? null,
    keptQuantity: accepted?.quantity ?? null,
  };
  const fate = usageFate(status, { ours: hour.quantity, kept: accepted?.quantity });
  switch (fate) {
    case 'settled':
      return { ...answered, state: 'settled', isInDoubt: false };
    case 'mismatch':
      return { ...answered, state: 'refused', problem: 'quantity-mismatch' };
    case 'refused':
      return { ...answered, state: 'refused', problem: 'refused' };
    case 'expired':
      // The row is too old now, but an earlier call without an answer may have been counted.
      return {
        ...answered,
        state: 'writtenOff',
        problem: answered.isInDoubt ? 'outcome-unknown' : 'expired',
      };
    case 'hold':
      return {
        ...answered,
        state: 'held',
        problem: 'not-active',
        nextAttemptAt: new Date(now.getTime() + HOLD_RECHECK_MS),
      };
    case 'retry':
      return {
        ...answered,
        // Without an answer for the row, the outcome is unknown.
        status: status === 'Unanswered' ? null : status,
        isInDoubt: answered.isInDoubt || status === 'Unanswered',
        state: 'closed',
        problem: 'retrying',
        nextAttemptAt: nextAttemptAt(hour, now),
      };
    default:
      return fate satisfies never;
  }
}

/** A single row that failed is likely to fail again at once. Half a minute is enough for a deployment to finish. */
const FIRST_PAUSE_MS = 30 * 1000;

/** At this pace, an outage of a day costs a row about fifty attempts, and its end is noticed soon. */
const LONGEST_PAUSE_MS = 30 * 60 * 1000;

/** The last attempt is made this long before Microsoft's window ends, whatever the pause is. */
const LAST_ATTEMPT_MS = 10 * 60 * 1000;

/** When a row is sent again: the pause doubles with each attempt, unless Microsoft named one. */
export function nextAttemptAt(
  row: { readonly attempts: number; readonly lastUsedAt: Date },
  now: Date,
  retryAfterMs?: number,
): Date {
  const pauseMs = doublingPause(row.attempts, {
    firstMs: FIRST_PAUSE_MS,
    longestMs: LONGEST_PAUSE_MS,
  });
  const next = now.getTime() + (retryAfterMs ?? pauseMs);
  const lastAttempt = row.lastUsedAt.getTime() + USAGE_WINDOW_MS - LAST_ATTEMPT_MS;
  return new Date(now.getTime() < lastAttempt ? Math.min(next, lastAttempt) : next);
}
