import type { procedureClient } from '@landfall/client/nats.ts';
import { errorDetails } from '@landfall/client/errors.ts';
import { DECISION_BUDGET_MS } from '@landfall/domain/operation.ts';
import type { Logger } from '@landfall/service-kit/log.ts';
import type { Verdict } from './db/schema.ts';
import { within } from './deadline.ts';
import type { Delivery } from './delivery.ts';
import { recordVerdict, type Db } from './store.ts';

/** Kept back from the budget for storing the verdict once it is there. */
const RECORD_RESERVE_MS = 500;

export type WorkerClient = ReturnType<typeof procedureClient<'fulfillment-worker'>>;

export interface Decisions {
  /** The final verdict, or undecided where none could be had in time. */
  decide(notificationId: string, delivery: Delivery): Promise<Verdict>;
}

/**
 * Asks the worker about a plan or seat change inside the time that Microsoft waits. Deliveries of one
 * notification that arrive at the same time ask once per instance; what makes their answers agree is
 * the stored verdict. Never throws for trouble: no answer means undecided, which becomes a 503.
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
  const left = () => delivery.receivedAt.getTime() + DECISION_BUDGET_MS - now().getTime();
  const timeoutMs = left() - RECORD_RESERVE_MS;
  try {
    const asked = worker.decisions.decide.mutate(
      {
        notificationId,
        publisherId: delivery.publisherId,
        operationId: delivery.operationId,
        subscriptionId: delivery.subscriptionId ?? '',
        action: delivery.action,
        receivedAt: delivery.receivedAt.toISOString(),
      },
      { context: { timeoutMs } },
    );
    const decided = await within(timeoutMs, 'decision.late', asked);
    const verdict = decided.answer === 'refuse' ? 'refused' : 'accepted';
    const reason = decided.reason ?? (decided.answer === 'unconfirmed' ? 'unconfirmed' : undefined);
    const recorded = recordVerdict(db, notificationId, verdict, reason);
    return await within(left(), 'decision.late', recorded);
  } catch (error: unknown) {
    const reason = troubleOf(error);
    log.error({ notificationId, reason }, 'no decision in time; Microsoft is asked to call again');
    void recordVerdict(db, notificationId, 'undecided', reason).catch(() => undefined);
    return 'undecided';
  }
}

function troubleOf(error: unknown): string {
  const details = errorDetails(error);
  if (details) return details.fault ?? details.rejection ?? details.code;
  const isCoded = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return isCoded ? String(error.code) : 'decision.failed';
}
