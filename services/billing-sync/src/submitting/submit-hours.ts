import { randomUUID } from 'node:crypto';
import { decimal, decimalText, ZERO } from '@landfall/domain/decimal';
import { MAX_BATCH_EVENTS, type Metering } from '@landfall/marketplace/metering';
import { inTransaction } from '@landfall/service-kit/database';
import { withCorrelation } from '@landfall/service-kit/log';
import type { Trx } from '../db/schema.ts';
import { knownDimensions } from '../store/catalogue.ts';
import type { HourKey } from '../store/hours.ts';
import { type FoundIncident, openIncidents } from '../store/incidents.ts';
import { moveUnits } from '../store/placing.ts';
import {
  type AnsweredHour,
  type ClaimedHour,
  type ClaimOptions,
  claimHours,
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
  /** Runs claims one after another. Claims at the same time would share the rows that are due, in many small calls. */
  readonly inTurn: <T>(claim: () => Promise<T>) => Promise<T>;
}

export interface SubmitRound {
  /** Rows that were due, at most {@link MAX_BATCH_EVENTS}. */
  readonly found: number;
  readonly sent: number;
  readonly failure?: SentBatch['failure'];
}

/**
 * Sends one batch: claims the rows and stores the call, sends it, saves the outcome of each row. After a crash in
 * between, the rows are sent again when their lease has ended, and Microsoft answers Duplicate.
 */
export async function submitHours(
  deps: SubmitDeps,
  { signal, probe }: { readonly signal: AbortSignal; readonly probe?: ClaimOptions['probe'] },
): Promise<SubmitRound> {
  const submissionId = randomUUID();
  return withCorrelation(submissionId, async () => {
    const claim = (trx: Trx) =>
      claimHours(trx, {
        submissionId,
        publisherId: deps.publisherId,
        now: deps.now(),
        leaseMs: LEASE_MS,
        suspendedMs: HOLD_RECHECK_MS,
        limit: MAX_BATCH_EVENTS,
        probe,
      });
    const { found, hours } = await deps.inTurn(() => inTransaction(deps.db, claim));
    if (hours.length === 0) return { found, sent: 0 };
    const sent = await sendBatch(deps.metering, hours, { correlationId: submissionId, signal });
    await saveBatch(deps, { submissionId, hours, sent });
    return { found, sent: hours.length, failure: sent.failure };
  });
}

interface Batch {
  readonly submissionId: string;
  readonly hours: readonly ClaimedHour[];
  readonly sent: SentBatch;
}

async function saveBatch(deps: SubmitDeps, { submissionId, hours, sent }: Batch): Promise<void> {
  const now = deps.now();
  const incidents = await inTransaction(deps.db, async (trx) => {
    const answered = await answerHours(trx, { hours, sent, now });
    const answers = answered.map(({ answer }) => answer);
    const options = { submissionId, outcome: sent.outcome, answers, now };
    const saved = new Set((await saveAnswers(trx, options)).map(keyOf));
    const final = answered.filter(({ answer }) => saved.has(keyOf(answer)) && answer.outcome);
    const changed = final.filter(({ hour, answer }) => answer.outcome !== hour.publishedOutcome);
    await enqueueSettled(trx, changed.flatMap(settledHour), now);
    for (const { hour, answer } of final) await moveOn(deps, trx, { hour, answer, now });
    return final.filter(({ answer }) => answer.state !== 'settled');
  });
  for (const { hour, answer } of incidents) logIncident(deps.log, hour, answer.problem);
  if (sent.outcome !== 'answered') {
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

async function answerHours(
  trx: Trx,
  { hours, sent, now }: Omit<Batch, 'submissionId'> & { readonly now: Date },
): Promise<Answered[]> {
  const given = hours.flatMap((hour, index) => {
    const answer = sent.answers[index];
    return answer ? [{ hour, answer }] : [];
  });
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
    else await openIncidents(trx, [overBilled({ hour, answer })], now);
  }
  if (answer.state === 'writtenOff') {
    // Units that may have been counted are never sent again.
    const mayCarry = !answer.isInDoubt;
    await writeOff(deps, trx, { hour, quantity, now, mayCarry });
  }
}

/** An accepted quantity cannot be changed through the metering API, so a person must correct it. */
function overBilled({ hour, answer }: Answered): FoundIncident {
  const { publisherId, subscriptionId, planId, dimension } = hour;
  const at = hour.hour.toISOString();
  const ours = decimalText(decimal(hour.quantity));
  const theirs = answer.billed && decimalText(answer.billed);
  return {
    publisherId,
    subscriptionId,
    planId,
    dimension,
    day: at.slice(0, 10),
    kind: 'over-billed',
    ours,
    theirs,
    message: `Microsoft has ${theirs} units for the hour ${at}, but Landfall sent ${ours}. Correct it in Partner Center, or settle it with the customer.`,
  };
}

function keyOf(hour: HourKey): string {
  return JSON.stringify([hour.subscriptionId, hour.dimension, hour.hour.getTime()]);
}
