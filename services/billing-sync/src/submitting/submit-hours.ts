import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { hourOf, reportableQuantity } from '@landfall/domain/usage';
import { MAX_BATCH_EVENTS, type Metering } from '@landfall/marketplace/metering';
import { inTransaction, type Database } from '@landfall/service-kit/database';
import { withCorrelation, type Logger } from '@landfall/service-kit/log';
import { answerHour } from './answer.ts';
import type { BillingDb } from '../db/schema.ts';
import { LEASE_MS, sendBatch, type SentBatch } from './send-batch.ts';
import { enqueueSettled, type SettledHour } from './settled-fact.ts';
import { moveUnits, type HourKey } from '../store/usage-records.ts';
import {
  claimHours,
  expireHours,
  saveAnswers,
  type AnsweredHour,
  type ClaimedHour,
} from '../store/submissions.ts';

/** As many hours as are given up in one transaction; each writes a fact and a note. */
const EXPIRE_BATCH = 200;

export interface UsageDeps {
  readonly database: Database<BillingDb>;
  readonly log: Logger;
  readonly now: () => Date;
  readonly graceMs: number;
  /** What becomes of units that Microsoft no longer takes. */
  readonly expired: 'write-off' | 'carry';
}

export interface SubmitDeps extends UsageDeps {
  /** One publisher's access, which nothing of another's is sent by. */
  readonly metering: Pick<Metering, 'postBatch'>;
  /** Whose hours; undefined for all of them, where there is one publisher. */
  readonly publisherId: string | undefined;
}

export interface SubmitRound {
  readonly sent: number;
  /** Milliseconds for which Microsoft need not be asked again. */
  readonly pauseMs?: number | undefined;
}

/**
 * One call's worth: claim and write down, send, save each row's own fate. A crash in between leaves
 * the rows claimed; their lease ends, they are sent again, and Microsoft answers Duplicate.
 */
export async function submitHours(deps: SubmitDeps, signal: AbortSignal): Promise<SubmitRound> {
  const submissionId = randomUUID();
  return withCorrelation(submissionId, async () => {
    const { publisherId } = deps;
    const limits = { leaseMs: LEASE_MS, limit: MAX_BATCH_EVENTS };
    const claim = { submissionId, publisherId, now: deps.now(), ...limits };
    const hours = await inTransaction(deps.database, (trx) => claimHours(trx, claim));
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
  const incidents = await inTransaction(deps.database, async (trx) => {
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
    deps.log.warn({ submissionId, rows: hours.length, code: sent.outcome }, 'usage not taken now');
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

/** Units that a final word sends elsewhere. */
async function moveOn(
  deps: SubmitDeps,
  trx: Transaction<BillingDb>,
  of: Answered & { readonly now: Date },
): Promise<void> {
  const { hour, answer, now } = of;
  if (answer.problem === 'quantity-mismatch' && answer.keptQuantity !== null) {
    const quantity = reportableQuantity(hour.quantity - answer.keptQuantity);
    if (quantity > 0) await carry(deps, trx, { hour, quantity, reason: 'quantity-mismatch', now });
  }
  if (answer.state === 'writtenOff') {
    // Units that may have been counted are never sent a second time.
    const mayCarry = !answer.isInDoubt;
    await writeOff(deps, trx, { hour, quantity: hour.quantity, now, mayCarry });
  }
}

/** Rated hours whose window has passed: given up, noted, told. Returns how many. */
export async function expireAll(deps: UsageDeps, isStopping: () => boolean): Promise<number> {
  let total = 0;
  while (!isStopping()) {
    const now = deps.now();
    const expired = await inTransaction(deps.database, async (trx) => {
      const hours = await expireHours(trx, now, EXPIRE_BATCH);
      const settled = hours.map((hour) => ({ ...hour, status: 'Expired' }));
      await enqueueSettled(trx, settled, now);
      for (const hour of hours) {
        const mayCarry = hour.problem === 'expired';
        await writeOff(deps, trx, { hour, quantity: hour.quantity, now, mayCarry });
      }
      return hours;
    });
    for (const hour of expired) logIncident(deps.log, hour, hour.problem);
    total += expired.length;
    if (expired.length < EXPIRE_BATCH) break;
  }
  return total;
}

interface Units {
  readonly hour: HourKey;
  readonly quantity: number;
  readonly now: Date;
}

async function writeOff(
  deps: UsageDeps,
  trx: Transaction<BillingDb>,
  units: Units & { readonly mayCarry: boolean },
): Promise<void> {
  const { hour, quantity, now } = units;
  if (deps.expired === 'carry' && units.mayCarry) {
    await carry(deps, trx, { hour, quantity, reason: 'expired', now });
    return;
  }
  await trx
    .insertInto('adjustments')
    .values({
      subscription_id: hour.subscriptionId,
      dimension: hour.dimension,
      from_hour: hour.hour,
      to_hour: null,
      quantity: String(quantity),
      reason: 'expired',
      at: now,
    })
    .execute();
}

async function carry(
  deps: UsageDeps,
  trx: Transaction<BillingDb>,
  units: Units & { readonly reason: 'quantity-mismatch' | 'expired' },
): Promise<void> {
  const { subscriptionId, dimension, hour } = units.hour;
  const { quantity, reason, now } = units;
  await moveUnits(
    trx,
    { subscriptionId, dimension, hour, quantity, kind: 'reported', reason },
    { now, currentHour: hourOf(now), graceMs: deps.graceMs },
  );
}

function isIncident(answer: AnsweredHour): boolean {
  return answer.state === 'refused' || answer.state === 'writtenOff';
}

function logIncident(log: Logger, hour: HourKey, problem: string | null): void {
  const { subscriptionId, dimension } = hour;
  const details = { subscriptionId, dimension, hour: hour.hour.toISOString(), problem };
  log.error(details, 'usage was not billed as meant; look at it');
}

function keyOf(hour: HourKey): string {
  return JSON.stringify([hour.subscriptionId, hour.dimension, hour.hour.getTime()]);
}
