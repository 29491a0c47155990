import { isFault } from '@landfall/domain/fault';
import { isMarketplaceError } from '@landfall/marketplace/marketplace-error';
import type { Metering, UsageEvent } from '@landfall/marketplace/metering';
import type { RowAnswer } from './answer.ts';
import type { ClaimedHour } from '../store/submissions.ts';

/** One call with its repeats. Microsoft answers in a second; a slower day is left to the next round. */
const BATCH_TIMEOUT_MS = 30 * 1000;

/** Rows one by one get this long together; what is left over keeps its turn for later. */
const ALONE_BUDGET_MS = 60 * 1000;

/** Longer than all of it, the last row's call included: no live call loses its rows to another. */
export const LEASE_MS = 3 * 60 * 1000;

export interface SentBatch {
  readonly answers: readonly RowAnswer[];
  /** `answered`, or the code of the fault that ended the call. */
  readonly outcome: string;
  /** The way to Microsoft is closed; nothing else need be tried now. */
  readonly pauseMs?: number | undefined;
}

/** Where Microsoft does not say how long; the rows themselves back off further. */
const PAUSE_MS = 10 * 1000;

/**
 * Sends rows in one call. A call that Microsoft refuses as a whole is repeated row by row, so that a
 * bad row is found and the good ones are counted. Faults become answers; bugs are thrown.
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
  return { answers: await sendAlone(metering, hours, { call, whole: fault }), outcome: fault.code };
}

async function sendAlone(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  of: {
    readonly call: { readonly correlationId: string; readonly signal: AbortSignal };
    /** What it left open stays open for a row without an answer of its own. */
    readonly whole: FailedBatch;
  },
): Promise<RowAnswer[]> {
  const { call, whole } = of;
  const answers: RowAnswer[] = [];
  const startedAt = performance.now();
  for (const hour of hours) {
    if (performance.now() - startedAt > ALONE_BUDGET_MS || call.signal.aborted) {
      answers.push({
        kind: 'later',
        code: 'not-sent',
        mayHaveArrived: whole.mayHaveArrived,
        retryAfterMs: 0,
      });
      continue;
    }
    const alone = await post(metering, [hour], call);
    if ('answers' in alone) answers.push(...alone.answers);
    else {
      const mayHaveArrived = alone.fault.mayHaveArrived || whole.mayHaveArrived;
      answers.push({ ...alone.fault, mayHaveArrived });
    }
  }
  return answers;
}

/**
 * What a row can be at fault for. Every other refusal, such as a 404 of a wrong address, is about the
 * way to Microsoft, which an operator puts right while the rows wait.
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
