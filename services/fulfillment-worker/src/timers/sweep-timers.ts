import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { addTasks } from '../store/tasks.ts';
import { claimDueTimers, markQueued } from '../store/timers.ts';

/** Timers concern hours and days, but a buyer's timeout should be noticed within a second. */
const SWEEP_MS = 1000;
/** Timers in the lanes at once, of all processes: they concern days and must leave room for customers. */
const MAX_QUEUED = 50;
/** No one waits for the name of a private offer, and an import brings one timer per subscription. */
const MAX_QUEUED_OFFERS = 5;
/** Far longer than two statements take. After a crash another process takes the timers over. */
const LEASE_MS = 30_000;

export interface SweepOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly wakeLanes: () => void;
}

/**
 * Puts due timers into their subscriptions' lanes, in any number of processes. The row stays until its effect
 * is recorded, so that no crash loses it; the task's key makes sure that there is only one task.
 */
export function startTimers(options: SweepOptions): AsyncDisposable {
  const { log } = options;
  return startLoop({ name: 'timers', everyMs: SWEEP_MS, log, run: () => sweepTimers(options) });
}

export async function sweepTimers({ db, now, wakeLanes }: SweepOptions): Promise<void> {
  const at = now();
  const claim = { now: at, leaseMs: LEASE_MS };
  const due = [
    ...(await claimDueTimers(db.kysely, { ...claim, areOffers: false, limit: MAX_QUEUED })),
    ...(await claimDueTimers(db.kysely, { ...claim, areOffers: true, limit: MAX_QUEUED_OFFERS })),
  ];
  if (due.length === 0) return;
  const tasks = due.map(({ id, subscriptionId, correlationId }) => ({
    subscriptionId,
    kind: 'timer' as const,
    payload: { timerId: id },
    correlationId,
    dedupeKey: `timer:${id}`,
  }));
  // Lanes are locked before timers, as in every transaction that locks both.
  await inTransaction(db, async (trx) => {
    await addTasks(trx, tasks);
    await markQueued(
      trx,
      due.map(({ id }) => id),
      at,
    );
  });
  wakeLanes();
}
