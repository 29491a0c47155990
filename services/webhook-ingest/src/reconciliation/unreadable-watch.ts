import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { Fault } from '@landfall/domain/fault';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { WorkerClient } from '../webhook/decision.ts';
import type { Db } from '../db/schema.ts';
import { listUnreconciled, markReconciled } from '../store/unreadable.ts';

/** Shortest time between two reconciliations of a publisher, however many unreadable calls arrive. */
const RECONCILE_PAUSE_MS = 10 * 60_000;
/** Time between two looks for new unreadable calls. */
const LOOK_MS = 2_000;
/** The worker answers when it has stored the run, not when the run ends. */
const START_TIMEOUT_MS = 5_000;

/**
 * Asks the worker to reconcile a publisher after a verified call without a readable subscription, because the call may
 * be about any of its subscriptions. The table keeps what is due during a crash or while the worker is down.
 */
export function startUnreadableWatch(parts: {
  readonly db: Db;
  readonly worker: Pick<WorkerClient, 'reconciliation'>;
  /** There is only one publisher, whatever Microsoft's records call it. */
  readonly isSole: boolean;
  readonly log: Logger;
  readonly now: () => Date;
}): Loop {
  const { db, worker, isSole, log, now } = parts;
  const run = async (): Promise<void> => {
    const at = now();
    const pausedSince = new Date(at.getTime() - RECONCILE_PAUSE_MS);
    for (const publisherId of await listUnreconciled(db, { at, pausedSince })) {
      const wanted = isSole || publisherId === null ? {} : { publisherId };
      try {
        const context = { timeoutMs: START_TIMEOUT_MS };
        const { runId } = await worker.reconciliation.start.mutate(wanted, { context });
        log.warn({ publisherId, runId }, 'started a reconciliation for unreadable notifications');
      } catch (error: unknown) {
        const { rejection } = errorDetails(error) ?? {};
        // A running reconciliation may have passed the subscription already, so another one follows.
        if (rejection === 'reconciliation.running') continue;
        if (rejection !== 'publisher.not-found') {
          const message = 'the worker did not start a reconciliation';
          throw new Fault('worker.unavailable', message, { retry: 'later', cause: error });
        }
        log.warn(
          { publisherId },
          'unreadable notifications name a publisher that is not configured',
        );
      }
      await markReconciled(db, publisherId, at);
    }
  };
  return startLoop({ name: 'unreadable', everyMs: LOOK_MS, log, run });
}
