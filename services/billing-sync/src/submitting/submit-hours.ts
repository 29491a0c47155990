import { randomUUID } from 'node:crypto';
import { reportableQuantity } from '@landfall/domain/usage';
import { MAX_BATCH_EVENTS, type Metering } from '@landfall/marketplace/metering';
import { inTransaction } from '@landfall/service-kit/database';
import { withCorrelation } from '@landfall/service-kit/log';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from '../store/hours.ts';
import {
  type AnsweredHour,
  type ClaimedHour,
  claimHours,
  saveAnswers,
} from '../store/submissions.ts';
import { answerHour } from './answer.ts';
import { LEASE_MS, type SentBatch, sendBatch } from './send-batch.ts';
import { type SettledHour, enqueueSettled } from './settled-fact.ts';
import { type UsageDeps, carry, logIncident, writeOff } from './write-off.ts';

export interface SubmitDeps extends UsageDeps {
  /** The access of one publisher. Only its own hours are sent by it. */
  readonly metering: Pick<Metering, 'postBatch'>;
  /** Publisher of the hours; undefined for all hours if there is only one publisher. */
  readonly publisherId: string | undefined;
}

export interface SubmitRound {
  readonly sent: number;
  /** Milliseconds for which Microsoft should not be called again. */
  readonly pauseMs?: number | undefined;
}

/**
 * Sends one batch: claims the rows and stores the call, sends it, saves the outcome of each row. After a crash in
 * between, the rows are sent again when their lease has ended, and Microsoft answers Duplicate.
 */
export async function submitHours(deps: SubmitDeps, signal: AbortSignal): Promise<SubmitRound> {
  const submissionId = randomUUID();
  return withCorrelation(submissionId, async () => {
    const { publisherId } = deps;
    const limits = { leaseMs: LEASE_MS, limit: MAX_BATCH_EVENTS };
    const claim = { submissionId, publisherId, now: deps.now(), ...limits };
    const hours = await inTransaction(deps.db, (trx) => claimHours(trx, claim));
    if (hours.length === 0) return { sent: 0 };
    const sent = await sendBatch(deps.metering, hours, { correlationId: submissionId, signal });
    await saveBatch(deps, { submissionId, hours, sent });
    return { sent: hours.length, pauseMs: sent.pauseMs };
  });
}

async function saveBatch(
  deps: SubmitDeps,
  batch: {
    readonly submissionId: string;
    readonly hours: readonly ClaimedHour[];
    readonly sent: SentBatch;
  },
): Promise<void> {
  const now = deps.now();
  const { submissionId, hours, sent } = batch;
  const answered = hours.flatMap((hour, index) => {
    const answer = sent.answers[index];
    return answer ? [{ hour, answer: answerHour(hour, answer, now) }] : [];
  });
  const incidents = await inTransaction(deps.db, async (trx) => {
    const answers = answered.map(({ answer }) => answer);
    const options = { submissionId, outcome: sent.outcome, answers, now };
    const saved = new Set((await saveAnswers(trx, options)).map(keyOf));
    const ours = answered.filter(({ answer }) => saved.has(keyOf(answer)));
    const final = ours.filter(({ answer }) => isFinal(answer));
    await enqueueSettled(trx, final.map(settledHour), now);
    for (const { hour, answer } of final) await moveOn(deps, trx, { hour, answer, now });
    return ours.filter(({ answer }) => isIncident(answer));
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

function isFinal(answer: AnsweredHour): boolean {
  return answer.nextAttemptAt === null && answer.state !== 'held';
}

function settledHour({ hour, answer }: Answered): SettledHour {
  const usageEventId = answer.usageEventId ?? undefined;
  return { ...hour, status: answer.status ?? 'Error', usageEventId };
}

/** Moves units that a final outcome does not bill to another hour, or gives them up. */
async function moveOn(
  deps: SubmitDeps,
  trx: Trx,
  of: Answered & { readonly now: Date },
): Promise<void> {
  const { hour, answer, now } = of;
  if (answer.problem === 'quantity-mismatch' && answer.keptQuantity !== null) {
    const quantity = reportableQuantity(hour.quantity - answer.keptQuantity);
    if (quantity > 0) await carry(deps, trx, { hour, quantity, reason: 'quantity-mismatch', now });
  }
  if (answer.state === 'writtenOff') {
    // Units that may have been counted are never sent again.
    const mayCarry = !answer.isInDoubt;
    await writeOff(deps, trx, { hour, quantity: hour.quantity, now, mayCarry });
  }
}

function isIncident(answer: AnsweredHour): boolean {
  return answer.state === 'refused' || answer.state === 'writtenOff';
}

function keyOf(hour: HourKey): string {
  return JSON.stringify([hour.subscriptionId, hour.dimension, hour.hour.getTime()]);
}
