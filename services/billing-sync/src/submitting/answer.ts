import { USAGE_WINDOW_MS, usageFate } from '@landfall/domain/usage';
import type { UsageResult } from '@landfall/marketplace/metering';
import type { AnsweredHour, ClaimedHour } from '../store/submissions.ts';

/**
 * Microsoft and we disagree on whether a subscription is active: facts settle that in minutes, and an
 * hourly question is no storm. While we know it as suspended, nothing is asked at all.
 */
const HOLD_RECHECK_MS = 60 * 60 * 1000;

/** What Microsoft said of a row, or the fault that stood in the way of an answer. */
export type RowAnswer =
  | { readonly kind: 'result'; readonly result: UsageResult }
  | (Unanswered & { readonly kind: 'later'; readonly retryAfterMs?: number | undefined })
  | (Unanswered & { readonly kind: 'never' });

interface Unanswered {
  readonly code: string;
  /** Microsoft may have counted the row all the same. */
  readonly mayHaveArrived: boolean;
}

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
    isInDoubt: hour.isInDoubt || (answer.kind !== 'result' && answer.mayHaveArrived),
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
      return { ...told, state: 'settled', isInDoubt: false };
    case 'mismatch':
      return { ...told, state: 'refused', problem: 'quantity-mismatch' };
    case 'refused':
      return { ...told, state: 'refused', problem: 'refused' };
    case 'expired':
      // Too old now says nothing of an earlier call that nobody answered.
      return {
        ...told,
        state: 'writtenOff',
        problem: told.isInDoubt ? 'outcome-unknown' : 'expired',
      };
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
        isInDoubt: told.isInDoubt || status === 'Unanswered',
        state: 'closed',
        problem: 'retrying',
        nextAttemptAt: nextAttemptAt(hour, now),
      };
    default:
      return fate satisfies never;
  }
}

/** A row that failed alone is likely to fail again at once; half a minute lets a deployment pass. */
const FIRST_PAUSE_MS = 30 * 1000;

/** At this pace a day-long outage costs a row some fifty tries, and its end is noticed soon. */
const LONGEST_PAUSE_MS = 30 * 60 * 1000;

/** A last try comes this long before Microsoft's window ends, whatever the pause would have been. */
const LAST_TRY_MS = 10 * 60 * 1000;

/** When a row is tried again: the pause doubles with its attempts, unless Microsoft named one. */
export function nextAttemptAt(
  row: { readonly attempts: number; readonly lastUsedAt: Date },
  now: Date,
  retryAfterMs?: number,
): Date {
  const doubled = FIRST_PAUSE_MS * 2 ** Math.min(Math.max(row.attempts - 1, 0), 10);
  const next = now.getTime() + (retryAfterMs ?? Math.min(doubled, LONGEST_PAUSE_MS));
  const lastTry = row.lastUsedAt.getTime() + USAGE_WINDOW_MS - LAST_TRY_MS;
  return new Date(now.getTime() < lastTry ? Math.min(next, lastTry) : next);
}
