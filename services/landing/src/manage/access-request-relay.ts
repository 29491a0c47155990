import { isFault } from '@landfall/domain/fault';
import type { Logger } from '@landfall/service-kit/log';
import type { Subscriptions } from '../clients/subscriptions.ts';
import type { Db } from '../db/schema.ts';
import { recordSent, unsentRequests } from '../store/access-requests.ts';

/** A person reads the request, so a delay of a few seconds does not matter. */
export const ACCESS_REQUEST_SWEEP_MS = 5_000;
/** Requests per round of the sweep. The next round takes the rest. */
const BATCH = 20;

/**
 * Sends requests for access to the worker, which reports them to the publisher's product. The requests are
 * stored already, so a crash or an unreachable worker only delays them. Sending one twice is harmless.
 */
export async function relayAccessRequests({
  db,
  subscriptions,
  log,
  now,
}: {
  readonly db: Db;
  readonly subscriptions: Pick<Subscriptions, 'recordAccessRequest'>;
  readonly log: Logger;
  readonly now: () => Date;
}): Promise<void> {
  for (const request of await unsentRequests(db, BATCH)) {
    try {
      // One at a time: if one fails, the others would too.
      await subscriptions.recordAccessRequest(request);
    } catch (error: unknown) {
      if (!isFault(error)) throw error;
      log.warn(
        { fault: error.code },
        'could not send a request for access to the worker; will try again',
      );
      return;
    }
    await recordSent(db, request, now());
  }
}
