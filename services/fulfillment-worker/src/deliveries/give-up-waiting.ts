import type { Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { giveUpDeliveries } from '../store/deliveries.ts';

/** Ten times the schedule. Only deliveries to a disabled destination wait that long. They can be replayed. */
const MAX_WAITING_DAYS = 30;
/** Keeps each statement short, so that it does not block other work. */
const BATCH = 5_000;
const INTERVAL_MS = 10 * 60_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Marks deliveries that waited too long as dead, in batches. The retention rules remove them later. */
export async function giveUpWaiting(
  { db, log, now }: { readonly db: Db['kysely']; readonly log: Logger; readonly now: () => Date },
  signal: AbortSignal,
): Promise<void> {
  let deliveries = 0;
  for (let count = BATCH; count === BATCH && !signal.aborted; deliveries += count) {
    const at = now();
    const createdBefore = new Date(at.getTime() - MAX_WAITING_DAYS * DAY_MS);
    count = await giveUpDeliveries(db, { at, createdBefore, limit: BATCH });
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
