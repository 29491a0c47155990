import { doublingPause } from '@landfall/domain/back-off';
import { type Decimal, decimal, ZERO } from '@landfall/domain/decimal';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import { usageFate } from '@landfall/domain/usage-fate';
import type { UsageResult } from '@landfall/marketplace/metering';
import type { AnsweredHour, ClaimedHour } from '../store/submissions.ts';

/**
 * Pause after Microsoft says that a subscription is not active, or while our record says that it is suspended. A fact about
 * the subscription ends the pause at once. Trying once an hour costs little, and notices a change that no fact reported.
 */
export const HOLD_RECHECK_MS = 60 * 60 * 1000;

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

type NewState = Pick<AnsweredHour, 'state' | 'problem'> & Partial<AnsweredHour>;

/** The next state of an hour after the answer for its row. */
export function answerHour(
  hour: ClaimedHour,
  answer: RowAnswer,
  { now, isDimensionKnown }: { readonly now: Date; readonly isDimensionKnown: boolean },
): AnsweredHour {
  const isResult = answer.kind === 'result';
  const base = {
    submissionId: hour.submissionId,
    subscriptionId: hour.subscriptionId,
    dimension: hour.dimension,
    hour: hour.hour,
    status: isResult && answer.result.status !== 'Unanswered' ? answer.result.status : null,
    usageEventId: isResult
      ? (answer.result.usageEventId ?? answer.result.accepted?.usageEventId ?? null)
      : null,
    billed: null,
    isInDoubt: hour.isInDoubt || (isResult ? isDoubtful(answer.result) : answer.mayHaveArrived),
    nextAttemptAt: null,
  };
  const next = isResult
    ? afterResult(hour, answer.result, { now, isDimensionKnown, isInDoubt: base.isInDoubt })
    : afterFault(hour, answer, now);
  return withOutcome({ ...base, ...next, outcome: null });
}

/** The row has no answer, or the answer to an earlier attempt was lost. Accepted and Duplicate end the doubt. */
function isDoubtful({ status, mayHaveArrivedBefore = false }: UsageResult): boolean {
  return status === 'Unanswered' || mayHaveArrivedBefore;
}

function afterFault(
  hour: ClaimedHour,
  fault: Exclude<RowAnswer, { kind: 'result' }>,
  now: Date,
): NewState {
  if (fault.kind === 'never') return { state: 'refused', problem: fault.code };
  const nextAttempt = nextAttemptAt(hour, now, fault.retryAfterMs);
  return { state: 'closed', problem: fault.code, nextAttemptAt: nextAttempt };
}

function afterResult(
  hour: ClaimedHour,
  { status, accepted }: UsageResult,
  of: { readonly now: Date; readonly isDimensionKnown: boolean; readonly isInDoubt: boolean },
): NewState {
  const { now, isDimensionKnown, isInDoubt } = of;
  const sent = decimal(hour.quantity);
  const kept = accepted?.quantity === undefined ? undefined : decimal(accepted.quantity);
  const fate = usageFate(status, { sent, kept, isDimensionKnown });
  switch (fate) {
    case 'settled':
      return { state: 'settled', problem: null, billed: sent, isInDoubt: false };
    case 'mismatch':
      return {
        state: 'refused',
        problem: 'quantity-mismatch',
        billed: kept ?? null,
        isInDoubt: false,
      };
    case 'unknown':
      return { state: 'refused', problem: 'outcome-unknown', isInDoubt: true };
    case 'refused':
      return { state: 'refused', problem: 'refused', billed: billedNothing(isInDoubt) };
    case 'expired':
      // The row is too old now, but an earlier call without an answer may have been counted.
      return {
        state: 'writtenOff',
        problem: isInDoubt ? 'outcome-unknown' : 'expired',
        billed: billedNothing(isInDoubt),
      };
    case 'hold': {
      const nextAttempt = new Date(now.getTime() + HOLD_RECHECK_MS);
      return { state: 'held', problem: 'not-active', nextAttemptAt: nextAttempt };
    }
    case 'retry': {
      const nextAttempt = nextAttemptAt(hour, now);
      return {
        state: 'closed',
        problem: RETRY_PROBLEMS[status] ?? 'retrying',
        nextAttemptAt: nextAttempt,
      };
    }
    default:
      return fate satisfies never;
  }
}

/** Problems of rows that are sent again but may need a person. All others are `retrying`. */
const RETRY_PROBLEMS: Readonly<Record<string, string>> = {
  ResourceNotAuthorized: 'not-authorized',
  InvalidDimension: 'dimension-not-ready',
};

function billedNothing(isInDoubt: boolean): Decimal | null {
  return isInDoubt ? null : ZERO;
}

/** If the state is final, adds the outcome that a fact states. */
function withOutcome(answer: AnsweredHour): AnsweredHour {
  const outcome = OUTCOMES[answer.state];
  if (outcome === undefined) return answer;
  const { status, problem } = answer;
  return { ...answer, outcome: [outcome, status ?? '', problem ?? ''].join(' ') };
}

export const OUTCOMES: Readonly<Record<string, 'billed' | 'refused' | 'writtenOff'>> = {
  settled: 'billed',
  refused: 'refused',
  writtenOff: 'writtenOff',
};

/** A single row that failed is likely to fail again at once. Half a minute is enough for a deployment to finish. */
const FIRST_PAUSE_MS = 30 * 1000;

/** At this pace, a row is sent about fifty times during an outage of a day, and the end of the outage is noticed soon. */
const LONGEST_PAUSE_MS = 30 * 60 * 1000;

/** The last attempt is made this long before Microsoft's window ends, whatever the pause is. */
const LAST_ATTEMPT_MS = 10 * 60 * 1000;

/** When a row is sent again. The pause doubles with each attempt, unless Microsoft names one. */
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
