import { isFault } from '@landfall/domain/fault';
import { isMarketplaceError } from '@landfall/marketplace/marketplace-error';
import type { Metering, UsageEvent } from '@landfall/marketplace/metering';
import type { RowAnswer } from './answer.ts';
import type { ClaimedHour } from '../store/submissions.ts';

/** Time for one call with its repeats. Microsoft usually answers within a second; a slow call is left to the next round. */
const BATCH_TIMEOUT_MS = 30 * 1000;

/** Time limit for finding a bad row. Rows that are left over are sent later. */
const SPLIT_BUDGET_MS = 60 * 1000;

/** Two calls for each halving of 25 rows: enough to find one bad row. Others are found later, among the rows left over. */
const SPLIT_CALLS = 10;

/** Longer than the first call, the search and its last call together, so that no other process claims the rows meanwhile. */
export const LEASE_MS = 3 * 60 * 1000;

export interface SentBatch {
  /** One per row, in the order of the rows. */
  readonly answers: readonly RowAnswer[];
  /** `answered`, or the code of the fault that ended the call. */
  readonly outcome: string;
  /** Set if no row got an answer of its own, so that another call is likely to fail too. */
  readonly failure?: { readonly retryAfterMs?: number | undefined } | undefined;
}

interface CallContext {
  readonly correlationId: string;
  readonly signal: AbortSignal;
}

/**
 * Sends rows in one call. If Microsoft refuses the whole call, it sends the halves, and so on, until the bad row is found and
 * the good ones are counted. If no row gets an answer of its own, no row is to blame, and all are sent again later. Faults
 * become answers; bugs are thrown.
 */
export async function sendBatch(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  call: CallContext,
): Promise<SentBatch> {
  const whole = await post(metering, hours, call);
  if ('answers' in whole) return { answers: whole.answers, outcome: 'answered' };
  const { fault } = whole;
  if (fault.kind === 'later') {
    const { code, retryAfterMs } = fault;
    return { answers: hours.map(() => fault), outcome: code, failure: { retryAfterMs } };
  }
  return await sendHalves(metering, hours, { call, whole: fault });
}

async function sendHalves(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  { call, whole }: { readonly call: CallContext; readonly whole: FailedBatch },
): Promise<SentBatch> {
  const found = new Map<ClaimedHour, RowAnswer>();
  const { code } = whole;
  // If the outcome of a call is unknown, so is the outcome of each of its rows, until a later answer is about that row.
  const doubtful = new Set(whole.mayHaveArrived ? hours : []);
  const startedAt = performance.now();
  const waiting = hours.length > 1 ? halvesOf(hours) : [];
  let failure: SentBatch['failure'];
  let calls = 0;
  for (let part = waiting.pop(); part && failure === undefined; part = waiting.pop()) {
    const isOver = performance.now() - startedAt > SPLIT_BUDGET_MS || call.signal.aborted;
    if (calls === SPLIT_CALLS || isOver) break;
    calls += 1;
    const sent = await post(metering, part, call);
    if ('answers' in sent) {
      for (const [index, hour] of part.entries()) {
        const answer = sent.answers[index];
        if (answer) found.set(hour, answer);
      }
      continue;
    }
    const { fault } = sent;
    if (fault.mayHaveArrived) for (const hour of part) doubtful.add(hour);
    if (fault.kind === 'later') failure = { retryAfterMs: fault.retryAfterMs };
    if (fault.kind === 'never' && part.length > 1) waiting.push(...halvesOf(part));
    else for (const hour of part) found.set(hour, fault);
  }
  const hasResult = [...found.values()].some(({ kind }) => kind === 'result');
  const notSent = {
    kind: 'later',
    code: 'not-sent',
    mayHaveArrived: false,
    retryAfterMs: 0,
  } as const;
  const unanswered = { kind: 'later', code, mayHaveArrived: false } as const;
  const answers = hours.map((hour): RowAnswer => {
    const answer = found.get(hour);
    const isAnswered = answer && (hasResult || answer.kind === 'later');
    const given = isAnswered ? answer : hasResult ? notSent : unanswered;
    return doubtful.has(hour) ? inDoubt(given) : given;
  });
  return { answers, outcome: code, failure: hasResult ? failure : (failure ?? {}) };
}

function inDoubt(answer: RowAnswer): RowAnswer {
  return answer.kind === 'result'
    ? { ...answer, result: { ...answer.result, mayHaveArrivedBefore: true } }
    : { ...answer, mayHaveArrived: true };
}

/** Second half first, because parts are sent from the end of the list. */
function halvesOf(hours: readonly ClaimedHour[]): (readonly ClaimedHour[])[] {
  const middle = Math.ceil(hours.length / 2);
  return [hours.slice(middle), hours.slice(0, middle)];
}

/**
 * Refusals that a row can cause. Every other one, such as a 404 for a wrong URL, is a problem of the access to Microsoft. The
 * rows wait while an operator fixes it.
 */
const BLAMES_ROWS: ReadonlySet<string> = new Set(['marketplace.bad-request']);

type FailedBatch = Extract<RowAnswer, { kind: 'later' | 'never' }>;

async function post(
  metering: Pick<Metering, 'postBatch'>,
  hours: readonly ClaimedHour[],
  call: CallContext,
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
