import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { giveUpDeliveries, giveUpOverflow } from '../store/deliveries.ts';

/** Ten times the schedule. Only deliveries to a disabled destination wait that long. They can be replayed. */
const MAX_WAITING_DAYS = 30;
/** Of a disabled destination. Some hundred megabytes, and hours of sending once it is enabled. */
export const MAX_WAITING = 100_000;
/** Keeps each statement short, so that it does not block other work. */
const BATCH = 5_000;
const INTERVAL_MS = 10 * 60_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Marks deliveries that waited too long as dead, and those of disabled destinations beyond the newest 100,000, in batches. They
 * can be replayed until the retention rules remove them.
 */
export async function giveUpWaiting(
  {
    db,
    log,
    now,
    most = MAX_WAITING,
  }: {
    readonly db: Db['kysely'];
    readonly log: Logger;
    readonly now: () => Date;
    readonly most?: number;
  },
  signal: AbortSignal,
): Promise<void> {
  let deliveries = 0;
  for (let count = BATCH; count === BATCH && !signal.aborted; deliveries += count) {
    const at = now();
    const createdBefore = new Date(at.getTime() - MAX_WAITING_DAYS * DAY_MS);
    count = await giveUpDeliveries(db, { at, createdBefore, limit: BATCH });
  }
  for (let count = BATCH; count === BATCH && !signal.aborted; deliveries += count) {
    count = await giveUpOverflow(db, { at: now(), most, limit: BATCH });
  }
  if (deliveries > 0) log.error({ deliveries }, 'gave up deliveries that waited too long');
}

/** Runs periodically in every process. Two processes at once are harmless. */
export function startGivingUp(db: Db['kysely'], log: Logger, now: () => Date): AsyncDisposable {
  return startLoop({
    name: 'give-up-waiting',
    everyMs: INTERVAL_MS,
    now,
    log,
    run: (signal) => giveUpWaiting({ db, log, now }, signal),
  });
}
