import type { Kysely } from 'kysely';
import type { Logger } from '@landfall/service-kit/log';
import { isFault } from '@landfall/domain/fault';
import type { LandingTables } from '../db/schema.ts';
import { requestsToTell, recordTold } from '../store/publisher-people.ts';
import type { Subscriptions } from '../clients/subscriptions.ts';

/** People read the requests, so half a minute is fast enough and does not burden a worker that is away. */
export const TELL_SWEEP_MS = 5_000;
/** Rows per round of the sweep. The next round takes the rest. */
const BATCH = 20;

/**
 * Tells the worker, and by it the publisher's product, who asks for access. The request is in our table
 * already, so a crash or a worker that is away only delays it; telling twice changes nothing there.
 */
export async function tellRequests({
  db,
  subscriptions,
  log,
  now,
}: {
  readonly db: Kysely<LandingTables>;
  readonly subscriptions: Pick<Subscriptions, 'tellRequest'>;
  readonly log: Logger;
  readonly now: () => Date;
}): Promise<void> {
  for (const request of await requestsToTell(db, BATCH)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: where one fails, all would
      await subscriptions.tellRequest(request);
    } catch (error: unknown) {
      if (!isFault(error)) throw error;
      log.warn(
        { fault: error.code },
        'could not send a request for access to the worker; will try again',
      );
      return;
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await recordTold(db, request, now());
  }
}
