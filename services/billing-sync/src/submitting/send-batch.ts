import { isFault } from '@landfall/domain/fault';
import { isMarketplaceError } from '@landfall/marketplace/marketplace-error';
import type { Metering, UsageEvent } from '@landfall/marketplace/metering';
import type { RowAnswer } from './answer.ts';
import type { ClaimedHour } from '../store/submissions.ts';

/** Time for one call with its repeats. Microsoft usually answers within a second; a slow call is left to the next round. */
const BATCH_TIMEOUT_MS = 30 * 1000;

/** Time for sending the rows of a batch one by one. Rows that are left over are sent later. */
const ONE_BY_ONE_BUDGET_MS = 60 * 1000;

/** Longer than all of it with the last row's call, so that a running call does not lose its rows to another one. */
export const LEASE_MS = 3 * 60 * 1000;

export interface SentBatch {
  readonly answers: readonly RowAnswer[];
  /** `answered`, or the code of the fault that ended the call. */
  readonly outcome: string;
  /** Microsoft cannot be reached; nothing else needs to be sent for this long. */
  readonly pauseMs?: number | undefined;
}

/** Pause if Microsoft does not name one. The rows themselves have longer pauses. */
const PAUSE_MS = 10 * 1000;

/**
 * Sends rows in one call. If Microsoft refuses the call as a whole, the rows are sent one by one, so that the bad row is
 * found and the good ones are counted. Faults become answers; bugs are thrown.
 */
export async function sendBatch(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  call: { readonly correlationId: string; readonly signal: AbortSignal },
): Promise<SentBatch> {
  const whole = await post(metering, hours, call);
  if ('answers' in whole) return { answers: whole.answers, outcome: 'answered' };
  const { fault } = whole;
  if (fault.kind === 'later') {
    const pauseMs = fault.retryAfterMs ?? PAUSE_MS;
    return { answers: hours.map(() => fault), outcome: fault.code, pauseMs };
  }
  if (hours.length === 1) return { answers: [fault], outcome: fault.code };
  return {
    answers: await sendOneByOne(metering, hours, { call, whole: fault }),
    outcome: fault.code,
  };
}

async function sendOneByOne(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  of: {
    readonly call: { readonly correlationId: string; readonly signal: AbortSignal };
    /** The fault of the whole call. If its outcome is unknown, so is the outcome of each row without its own answer. */
    readonly whole: FailedBatch;
  },
): Promise<RowAnswer[]> {
  const { call, whole } = of;
  const answers: RowAnswer[] = [];
  const startedAt = performance.now();
  for (const hour of hours) {
    if (performance.now() - startedAt > ONE_BY_ONE_BUDGET_MS || call.signal.aborted) {
      answers.push({
        kind: 'later',
        code: 'not-sent',
        mayHaveArrived: whole.mayHaveArrived,
        retryAfterMs: 0,
      });
      continue;
    }
    const single = await post(metering, [hour], call);
    if ('answers' in single) answers.push(...single.answers);
    else {
      const mayHaveArrived = single.fault.mayHaveArrived || whole.mayHaveArrived;
      answers.push({ ...single.fault, mayHaveArrived });
    }
  }
  return answers;
}

/**
 * Refusals that a row can cause. Every other one, such as a 404 for a wrong address, is about the access to Microsoft,
 * which an operator repairs while the rows wait.
 */
const BLAMES_ROWS: ReadonlySet<string> = new Set(['marketplace.bad-request']);

type FailedBatch = Extract<RowAnswer, { kind: 'later' | 'never' }>;

async function post(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  call: { readonly correlationId: string; readonly signal: AbortSignal },
): Promise<{ answers: RowAnswer[] } | { fault: FailedBatch }> {
  try {
    const results = await metering.postBatch(hours.map(eventOf), {
      ...call,
      timeoutMs: BATCH_TIMEOUT_MS,
      priority: 'background',
    });
    return { answers: results.map((result): RowAnswer => ({ kind: 'result', result })) };
  } catch (error: unknown) {
    if (!isFault(error)) throw error;
    const { code, retryAfterMs } = error;
    const mayHaveArrived = isMarketplaceError(error) && error.outcomeUnknown;
    return BLAMES_ROWS.has(code)
      ? { fault: { kind: 'never', code, mayHaveArrived } }
      : { fault: { kind: 'later', code, mayHaveArrived, retryAfterMs } };
  }
}

function eventOf(hour: ClaimedHour): UsageEvent {
  return {
    resourceId: hour.subscriptionId,
    dimension: hour.dimension,
    planId: hour.planId,
    quantity: hour.quantity,
    effectiveStartTime: hour.effectiveStart,
  };
}
