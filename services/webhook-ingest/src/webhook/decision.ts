import type { procedureClient } from '@landfall/service-kit/rpc/nats';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { DECISION_BUDGET_MS } from '@landfall/domain/operation';
import { withOneRepeat } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Verdict, Db } from '../db/schema.ts';
import { within } from './deadline.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { recordVerdict } from '../store/deliveries.ts';

/** Reason of a verdict on an unreadable call: 503 if a rule could refuse it, 200 if none could. */
const UNREADABLE = 'unreadable';
/** Part of the budget that is reserved for storing the verdict. */
const RECORD_RESERVE_MS = 500;
/** With less time left, a repeated question could not be answered in time. */
const LAST_QUESTION_MS = 1_000;
/** One repeat for a lost connection of the worker, and one for a worker that stopped while it had the question. */
const MAX_QUESTIONS = 3;
/** Failures that are usually over when the question is repeated. The worker itself repeats failed calls to Microsoft. */
const WORTH_ASKING_AGAIN: ReadonlySet<string> = new Set([
  'database.unavailable',
  'rpc.disconnected',
  'rpc.no-responder',
]);

export type WorkerClient = ReturnType<typeof procedureClient<'fulfillment-worker'>>;

export interface Decisions {
  /** The final verdict, or `undecided` if there was none in time. */
  decide(notificationId: string, delivery: Delivery): Promise<Verdict>;
}

/**
 * Asks the worker about a plan or seat change within the time that Microsoft waits. A call that may be such a change but
 * cannot be judged is accepted only if no rule of its publisher could refuse it. Otherwise Microsoft repeats it for
 * eight hours and then gives up the change; meanwhile there is an alert and a reconciliation. Deliveries of one
 * notification that arrive at the same time ask once per instance, and the stored verdict makes their answers agree.
 * Never throws: without an answer the verdict is `undecided`, which becomes a 503.
 */
export function createDecisions(deps: {
  worker: WorkerClient;
  db: Db;
  log: Logger;
  now: () => Date;
}): Decisions {
  const asking = new Map<string, Promise<Verdict>>();
  return {
    decide(notificationId, delivery) {
      const running = asking.get(notificationId);
      if (running) return running;
      const asked = ask(deps, notificationId, delivery).finally(() => {
        asking.delete(notificationId);
      });
      asking.set(notificationId, asked);
      return asked;
    },
  };
}

async function ask(
  { worker, db, log, now }: { worker: WorkerClient; db: Db; log: Logger; now: () => Date },
  notificationId: string,
  delivery: Delivery,
): Promise<Verdict> {
  // Measured by a clock that is never set, because Microsoft's ten seconds are real time.
  const receivedAt =
    performance.now() - Math.max(0, now().getTime() - delivery.receivedAt.getTime());
  const askedAt = now();
  const left = () => receivedAt + DECISION_BUDGET_MS - performance.now();
  const asked = delivery.judgement === 'decide' ? askDecision : askWhetherRefusable;
  const question = () => {
    const timeoutMs = left() - RECORD_RESERVE_MS;
    const ageMs = Math.round(performance.now() - receivedAt);
    const answer = asked(worker, { notificationId, delivery, timeoutMs, ageMs });
    return within(timeoutMs, 'decision.late', answer);
  };
  try {
    const answer = { ...(await persistently(question, left)), askedAt, answeredAt: now() };
    const recorded = withOneRepeat(() => recordVerdict(db, notificationId, answer));
    return await within(left(), 'decision.late', recorded);
  } catch (error: unknown) {
    const reason = troubleOf(error);
    log.error(
      { notificationId, reason },
      'got no decision in time; answered 503 so that Microsoft calls again',
    );
    const silence = { verdict: 'undecided', reason, askedAt, answeredAt: undefined } as const;
    void recordVerdict(db, notificationId, silence).catch(() => undefined);
    return 'undecided';
  }
}

/** Repeats the question while that can help. It is safe, because the worker stores its decisions. */
async function persistently<T>(question: () => Promise<T>, left: () => number): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await question();
    } catch (error: unknown) {
      const isWorthIt = WORTH_ASKING_AGAIN.has(troubleOf(error));
      if (!isWorthIt || number === MAX_QUESTIONS || left() < LAST_QUESTION_MS) throw error;
    }
  }
}

interface Question {
  readonly notificationId: string;
  readonly delivery: Delivery;
  readonly timeoutMs: number;
  /** Time since the delivery arrived. */
  readonly ageMs: number;
}
type Answer = { readonly verdict: Verdict; readonly reason: string | undefined };

async function askDecision(worker: WorkerClient, question: Question): Promise<Answer> {
  const { notificationId, delivery, timeoutMs, ageMs } = question;
  const { answer, reason } = await worker.decisions.decide.mutate(
    {
      notificationId,
      publisherId: delivery.publisherId,
      operationId: delivery.operationId,
      subscriptionId: delivery.subscriptionId ?? '',
      action: delivery.action,
      receivedAt: delivery.receivedAt.toISOString(),
      ageMs,
    },
    { context: { timeoutMs } },
  );
  return {
    verdict: answer === 'refuse' ? 'refused' : 'accepted',
    reason: reason ?? (answer === 'unconfirmed' ? 'unconfirmed' : undefined),
  };
}

async function askWhetherRefusable(
  worker: WorkerClient,
  { delivery: { publisherId, action }, timeoutMs }: Question,
): Promise<Answer> {
  const { mayRefuse } = await worker.decisions.mayRefuse.query(
    { publisherId, action: action === '' ? undefined : action },
    { context: { timeoutMs } },
  );
  return { verdict: mayRefuse ? 'undecided' : 'accepted', reason: UNREADABLE };
}

function troubleOf(error: unknown): string {
  const details = errorDetails(error);
  if (details) return details.fault ?? details.rejection ?? details.code;
  const isCoded = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return isCoded ? String(error.code) : 'decision.failed';
}
