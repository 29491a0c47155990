import { randomUUID } from 'node:crypto';
import { decimal, ZERO } from '@landfall/domain/decimal';
import { MAX_BATCH_EVENTS, type Metering } from '@landfall/marketplace/metering';
import { inTransaction } from '@landfall/service-kit/database';
import { withCorrelation } from '@landfall/service-kit/log';
import { beginTrace } from '@landfall/service-kit/tracing';
import type { Trx } from '../db/schema.ts';
import { knownDimensions } from '../store/catalogue.ts';
import type { HourKey } from '../store/hours.ts';
import { openIncidents } from '../store/incidents.ts';
import { overBilledOn } from '../store/over-billed.ts';
import { moveUnits } from '../store/placing.ts';
import {
  type AnsweredHour,
  type ClaimedCall,
  type ClaimedHour,
  type ClaimOptions,
  claimHours,
  claimLimit,
  saveAnswers,
} from '../store/submissions.ts';
import { answerHour, HOLD_RECHECK_MS, OUTCOMES, type RowAnswer } from './answer.ts';
import { LEASE_MS, type SentBatch, sendBatch } from './send-batch.ts';
import { type SettledHour, enqueueSettled } from './settled-fact.ts';
import { type UsageDeps, logIncident, writeOff } from './write-off.ts';

export interface SubmitDeps extends UsageDeps {
  /** The access of one publisher. Only its own hours are sent by it. */
  readonly metering: Pick<Metering, 'postBatch'>;
  /** Publisher of the hours; undefined for all hours if there is only one publisher. */
  readonly publisherId: string | undefined;
}

export interface SubmitRound {
  /** True if all rows that were looked for were found, so there may be more. */
  readonly isFull: boolean;
  readonly sent: number;
  /** Set if a call failed as a whole. */
  readonly failure?: SentBatch['failure'];
}

/**
 * Sends some calls at the same time: claims their rows and stores the calls, sends them, saves the outcome of each row.
 * Claiming and saving are one transaction each, however many calls there are. After a crash in between, the rows are
 * sent again when their lease has ended, and Microsoft answers Duplicate.
 */
export async function submitHours(
  deps: SubmitDeps,
  of: {
    readonly signal: AbortSignal;
    readonly calls: number;
    readonly probe?: ClaimOptions['probe'];
  },
): Promise<SubmitRound> {
  const options: ClaimOptions = {
    submissionIds: Array.from({ length: of.calls }, () => randomUUID()),
    rowsPerCall: MAX_BATCH_EVENTS,
    publisherId: deps.publisherId,
    now: deps.now(),
    leaseMs: LEASE_MS,
    suspendedMs: HOLD_RECHECK_MS,
    probe: of.probe,
  };
  const { found, calls } = await inTransaction(deps.db, (trx) => claimHours(trx, options));
  const isFull = found === claimLimit(options);
  if (calls.length === 0) return { isFull, sent: 0 };
  const describe = () => ({ name: 'submit usage' });
  const batches = await beginTrace(describe, () => sendAndSave(deps, calls, of.signal));
  const sent = batches.reduce((sum, { hours }) => sum + hours.length, 0);
  return { isFull, sent, failure: failureOf(batches) };
}

async function sendAndSave(
  deps: SubmitDeps,
  calls: readonly ClaimedCall[],
  signal: AbortSignal,
): Promise<readonly Batch[]> {
  const outcomes = await Promise.allSettled(calls.map((call) => send(deps, call, signal)));
  const batches = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (batches.length > 0) await saveBatches(deps, batches);
  const broken = outcomes.find((one) => one.status === 'rejected');
  if (broken) throw broken.reason;
  return batches;
}

interface Batch extends ClaimedCall {
  readonly sent: SentBatch;
}

async function send(
  { metering }: SubmitDeps,
  call: ClaimedCall,
  signal: AbortSignal,
): Promise<Batch> {
  const { submissionId, hours } = call;
  const sent = await withCorrelation(submissionId, () =>
    sendBatch(metering, hours, { correlationId: submissionId, signal }),
  );
  return { ...call, sent };
}

/** Calls that failed at the same time are one failure, with the longest pause that Microsoft asked for. */
function failureOf(batches: readonly Batch[]): SentBatch['failure'] {
  const failures = batches.flatMap(({ sent }) => sent.failure ?? []);
  if (failures.length === 0) return undefined;
  const pauses = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return { retryAfterMs: pauses.length > 0 ? Math.max(...pauses) : undefined };
}

async function saveBatches(deps: SubmitDeps, batches: readonly Batch[]): Promise<void> {
  const now = deps.now();
  const incidents = await inTransaction(deps.db, async (trx) => {
    const answered = await answerHours(trx, batches, now);
    const answers = answered.map(({ answer }) => answer);
    const calls = batches.map(({ submissionId, sent: { outcome } }) => ({ submissionId, outcome }));
    const saved = new Set((await saveAnswers(trx, { calls, answers, now })).map(keyOf));
    const final = answered.filter(({ answer }) => saved.has(keyOf(answer)) && answer.outcome);
    const changed = final.filter(({ hour, answer }) => answer.outcome !== hour.publishedOutcome);
    await enqueueSettled(trx, changed.flatMap(settledHour), now);
    for (const { hour, answer } of final) await moveOn(deps, trx, { hour, answer, now });
    return final.filter(({ answer }) => answer.state !== 'settled');
  });
  for (const { hour, answer } of incidents) {
    withCorrelation(hour.submissionId, () => logIncident(deps.log, hour, answer.problem));
  }
  for (const { submissionId, hours, sent } of batches) {
    if (sent.outcome === 'answered') continue;
    deps.log.warn(
      { submissionId, rows: hours.length, code: sent.outcome },
      'could not send usage; it will be sent again',
    );
  }
}

interface Answered {
  readonly hour: ClaimedHour;
  readonly answer: AnsweredHour;
}

async function answerHours(trx: Trx, batches: readonly Batch[], now: Date): Promise<Answered[]> {
  const given = batches.flatMap(({ hours, sent }) =>
    hours.flatMap((hour, index) => {
      const answer = sent.answers[index];
      return answer ? [{ hour, answer }] : [];
    }),
  );
  const doubted = given.filter(({ answer }) => isInvalidDimension(answer));
  const known = await knownDimensions(
    trx,
    doubted.map(({ hour }) => hour),
  );
  return given.map(({ hour, answer }) => {
    const isDimensionKnown = known(hour)?.has(hour.dimension) ?? false;
    return { hour, answer: answerHour(hour, answer, { now, isDimensionKnown }) };
  });
}

function isInvalidDimension(answer: RowAnswer): boolean {
  return answer.kind === 'result' && answer.result.status === 'InvalidDimension';
}

function settledHour({ hour, answer }: Answered): SettledHour[] {
  const outcome = OUTCOMES[answer.state];
  if (outcome === undefined) return [];
  const { problem, status, usageEventId } = answer;
  const answered = { outcome, status: status ?? 'Error', problem };
  return [{ ...hour, ...answered, usageEventId: usageEventId ?? undefined }];
}

/** Moves units that this outcome does not bill to another hour, or gives them up. */
async function moveOn(
  deps: SubmitDeps,
  trx: Trx,
  { hour, answer, now }: Answered & { readonly now: Date },
): Promise<void> {
  const quantity = decimal(hour.quantity);
  if (answer.problem === 'quantity-mismatch') {
    const missing = quantity.minus(answer.billed ?? quantity);
    const moved = { ...hour, quantity: missing, reason: 'quantity-mismatch' } as const;
    if (missing.gt(ZERO)) await moveUnits(trx, moved, { now, graceMs: deps.graceMs });
    else await openOverBilled(trx, hour, now);
  }
  if (answer.state === 'writtenOff') {
    // Units that may have been counted are never sent again.
    const mayCarry = !answer.isInDoubt;
    await writeOff(deps, trx, { hour, quantity, now, mayCarry });
  }
}

/**
 * Opens an incident for the day of the hour. An accepted quantity cannot be changed through the metering API, so a person
 * must correct it.
 */
async function openOverBilled(trx: Trx, hour: ClaimedHour, now: Date): Promise<void> {
  const { publisherId, subscriptionId, planId, dimension } = hour;
  const day = hour.hour.toISOString().slice(0, 10);
  const of = { subscriptionId, planId, dimension, day };
  const total = await overBilledOn(trx, of);
  if (!total) return;
  const { ours, theirs, hours } = total;
  const message = `Microsoft has ${theirs} units for ${day}, ${hours.join(', ')} UTC, but Landfall sent ${ours}. Correct it in Partner Center, or settle it with the customer.`;
  await openIncidents(
    trx,
    [{ ...of, publisherId, kind: 'over-billed', ours, theirs, message }],
    now,
  );
}

function keyOf(hour: HourKey): string {
  return JSON.stringify([hour.subscriptionId, hour.dimension, hour.hour.getTime()]);
}
