import { errorDetails } from '@landfall/client/errors.ts';
import { Fault } from '@landfall/domain/fault.ts';
import type { Logger } from '@landfall/service-kit/log.ts';
import { startLoop, type Loop } from '@landfall/service-kit/loop.ts';
import type { WorkerClient } from './decision.ts';
import { listUnreconciled, markReconciled, type Db } from './store.ts';

/** Of a publisher's unreadable calls, however many there are, a run begins once in this time. */
const RECONCILE_PAUSE_MS = 10 * 60_000;
/** How soon a call that was just stored is found. */
const LOOK_MS = 2_000;
/** The worker answers as soon as the run is stored; it does not wait for its end. */
const START_TIMEOUT_MS = 5_000;

/**
 * A genuine call that leads to no subscription may be about any of its publisher's: the worker is asked
 * to reconcile that publisher. What a crash or an absent worker leaves is found again in the table.
 */
export function startUnreadableWatch(parts: {
  readonly db: Db;
  readonly worker: Pick<WorkerClient, 'reconciliation'>;
  /** One publisher, whatever Microsoft's records call it. */
  readonly isSole: boolean;
  readonly log: Logger;
  readonly now: () => Date;
}): Loop {
  const { db, worker, isSole, log, now } = parts;
  const run = async (): Promise<void> => {
    const at = now();
    const pausedSince = new Date(at.getTime() - RECONCILE_PAUSE_MS);
    for (const publisherId of await listUnreconciled(db, pausedSince)) {
      const wanted = isSole || publisherId === null ? {} : { publisherId };
      try {
        const context = { timeoutMs: START_TIMEOUT_MS };
        const { runId } = await worker.reconciliation.start.mutate(wanted, { context });
        log.warn(
          { publisherId, runId },
          'a reconciliation was started for unreadable notifications',
        );
      } catch (error: unknown) {
        const { rejection } = errorDetails(error) ?? {};
        // A run that is under way may have passed what the call was about: another one follows it.
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
