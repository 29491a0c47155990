import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Logger } from '@landfall/service-kit/log';
import { withCorrelation } from '@landfall/service-kit/log';
import { isFault } from '@landfall/domain/fault';
import { foundOwner } from '../store/members.ts';
import type { Purchases } from '../clients/purchases.ts';
import { recordEvent } from '../store/events.ts';
import { type Visit } from '../store/visits.ts';
import {
  postponeHandOver,
  recordHandedOver,
  takeDueConfirmations,
} from '../store/confirmations.ts';
import type { Db } from '../db/schema.ts';

/** Longer than one call may take, so that two instances do not send the same confirmation at once. */
export const RELAY_LEASE_MS = 30_000;
/** First pause, doubled up to the last: a worker that is away for a night is found within minutes. */
const FIRST_PAUSE_MS = 2_000;
const LAST_PAUSE_MS = 5 * 60_000;
/** One round of the sweep; the next round takes the rest. */
const BATCH = 20;

export interface ConfirmationRelayDeps {
  readonly db: Db;
  readonly purchases: Pick<Purchases, 'activate'>;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Tells the worker that a purchase was confirmed. The confirmation is in our table already; when the
 * worker cannot be reached the sweep tries again, so that a closed browser or a restart loses nothing.
 * Repeating is harmless: asking for what is already so changes nothing at the worker.
 */
export async function relayConfirmation(deps: ConfirmationRelayDeps, visit: Visit): Promise<void> {
  const { db, purchases, log, now } = deps;
  const { subscription_id: subscriptionId, claimed_by: claimedBy, answers } = visit;
  if (!subscriptionId || !claimedBy) return;
  await withCorrelation(visit.correlation_id, async () => {
    try {
      const answer = await purchases.activate({ subscriptionId, claimedBy, answers });
      const refusal = 'refused' in answer ? answer.refused : undefined;
      if ('subscription' in answer) await keepOwner(deps, answer.subscription);
      await recordHandedOver(db, visit.id, { at: now(), ...(refusal ? { refusal } : {}) });
      await recordEvent(db, {
        kind: refusal ? 'confirmation.refused' : 'confirmation.handedOver',
        visit,
        correlation_id: visit.correlation_id,
        detail: refusal,
      });
    } catch (error) {
      if (!isFault(error)) throw error;
      const dueAt = new Date(now().getTime() + pauseMs(visit.hand_over_attempts));
      await postponeHandOver(db, visit.id, dueAt);
      log.warn(
        {
          fault: error.code,
          supportCode: visit.support_code,
          attempt: visit.hand_over_attempts + 1,
        },
        'could not send a confirmation to the worker; will try again',
      );
    }
  });
}

/** Whoever the worker has as its customer owns it on the manage pages, and finds it in their list. */
async function keepOwner(
  { db, now }: ConfirmationRelayDeps,
  { id, claimedBy }: Pick<SubscriptionView, 'id' | 'claimedBy'>,
): Promise<void> {
  const { tenantId, objectId, emailId: email } = claimedBy ?? {};
  if (!tenantId || !objectId) return;
  const who = { tenantId: tenantId.toLowerCase(), objectId: objectId.toLowerCase(), email };
  await foundOwner(db, { subscriptionId: id, who, at: now() });
}

/** Hands over what an earlier attempt, a crash or another instance left. */
export async function sweepConfirmations(deps: ConfirmationRelayDeps): Promise<void> {
  const at = deps.now();
  const due = await takeDueConfirmations(deps.db, {
    at,
    leaseUntil: new Date(at.getTime() + RELAY_LEASE_MS),
    limit: BATCH,
  });
  await Promise.all(due.map((visit) => relayConfirmation(deps, visit)));
}

function pauseMs(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10), LAST_PAUSE_MS);
}
