import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import {
  disableDestination,
  findDestination,
  markFailing,
  markWorking,
  pauseDestination,
} from '../store/destinations.ts';
import { releaseWaiting } from '../store/deliveries.ts';
import { afterFailure } from './health.ts';
import type { Answer } from './channels/channel.ts';

/** Longest pause that a receiver can ask for, because the request may be a mistake. */
const MAX_PAUSE_MS = 60 * 60 * 1000;

/**
 * Updates the destination after an answer. If it works again, waiting events are sent at once. If it fails,
 * that is logged at the beginning and at growing intervals. If it asks for a pause, it is paused. If it is
 * gone or has failed for too long, it is disabled until an operator enables it.
 */
export async function observeAnswer(
  deps: { readonly db: Db; readonly log: Logger },
  destinationId: string,
  observed: { readonly answer: Answer; readonly at: Date },
): Promise<void> {
  const { log } = deps;
  const db = deps.db.kysely;
  const { answer, at } = observed;
  const { status, failure, retryAfterMs } = answer;
  const about = { destinationId, status, failure };
  if (failure === undefined) {
    if (!(await markWorking(db, destinationId))) return;
    const released = await releaseWaiting(db, destinationId, at);
    log.info({ ...about, released }, 'a destination works again; its waiting events were released');
    return;
  }
  if (answer.concerns === 'delivery') return;
  if (failure === 'gone') {
    const { isNew } = await disableDestination(db, destinationId, 'gone');
    if (isNew) log.error(about, 'disabled a destination that is gone; its events wait');
    return;
  }
  if (retryAfterMs) {
    const pauseMs = Math.min(retryAfterMs, MAX_PAUSE_MS);
    await pauseDestination(db, destinationId, new Date(at.getTime() + pauseMs));
  }
  const destination = await findDestination(db, destinationId);
  if (destination?.state !== 'enabled') return;
  const { failingSince, alertStep } = destination;
  const diagnosis = afterFailure({ failingSince, alertStep }, at);
  if (diagnosis.alert && (await markFailing(db, destination, diagnosis))) {
    const since = diagnosis.failingSince;
    log[diagnosis.alert](
      { ...about, since },
      'could not deliver to a destination; deliveries are retried',
    );
  }
  if (!diagnosis.isHopeless) return;
  const { isNew } = await disableDestination(db, destinationId, 'failing');
  if (isNew)
    log.error(about, 'disabled a destination after days without a delivery; its events wait');
}
