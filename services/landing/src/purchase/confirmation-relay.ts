import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { doublingPause } from '@landfall/domain/back-off';
import { isFault } from '@landfall/domain/fault';
import { withCorrelation, type Logger } from '@landfall/service-kit/log';
import type { Purchases } from '../clients/purchases.ts';
import type { Db, Identity } from '../db/schema.ts';
import {
  postponeHandOver,
  recordConfirmed,
  recordHandedOver,
  reopenConfirmation,
  takeDueConfirmations,
} from '../store/confirmations.ts';
import { recordEvent } from '../store/events.ts';
import { foundOwner } from '../store/members.ts';
import type { Visit } from '../store/visits.ts';
import type { Confirmation } from './confirmation.ts';

/** Longer than one call may take, so that two instances do not send the same confirmation at once. */
const LEASE_MS = 30_000;
/** Pauses between attempts: doubled from the first to the last, so even after a long outage, the next attempt is minutes away. */
const FIRST_PAUSE_MS = 2_000;
const LAST_PAUSE_MS = 5 * 60_000;
/** Confirmations per round of the sweep. The next round takes the rest. */
const BATCH = 20;
/** How long the progress page of a confirmed purchase can be opened again, by link or bookmark. */
const CONFIRMED_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Stores confirmations and sends them to the worker. They are stored first: if the worker cannot be reached,
 * the sweep tries again, so a closed browser or a restart loses nothing. Sending one twice is harmless,
 * because the worker does nothing if the subscription is already in the requested state.
 */
export interface Confirmations {
  /** Does nothing if the visit is confirmed already, for example by a second click. */
  confirm(visit: Visit, confirmation: Confirmation, visitor: Identity): Promise<void>;
  /** Sends a confirmation again after its activation has failed. Does nothing while it is still being sent. */
  repeat(visit: Visit, visitor: Identity): Promise<void>;
  /** Sends what is due: confirmations that an earlier attempt, a crash or another instance left. */
  sweep(): Promise<void>;
}

interface RelayDeps {
  readonly db: Db;
  readonly subscriptions: Pick<Purchases, 'activate'>;
  readonly log: Logger;
  readonly now: () => Date;
  /** For leases and pauses. */
  readonly machineNow: () => Date;
}

export function createConfirmations(deps: RelayDeps): Confirmations {
  const { db, machineNow } = deps;
  return {
    async confirm(visit, confirmation, visitor) {
      if (!(await storeConfirmation(deps, { visit, confirmation, visitor }))) return;
      // If this process stops here, the sweep sends it.
      const { claimedBy, answers } = confirmation;
      await relay(deps, { ...visit, claimedBy, answers });
    },
    async repeat(visit, visitor) {
      const dueAt = new Date(machineNow().getTime() + LEASE_MS);
      if (!(await reopenConfirmation(db, visit.id, dueAt))) return;
      await recordEvent(db, {
        kind: 'confirmation.repeated',
        visit,
        visitor,
        correlationId: visit.correlationId,
      });
      await relay(deps, { ...visit, handOverAttempts: 0 });
    },
    async sweep() {
      const at = machineNow();
      const due = await takeDueConfirmations(db, {
        at,
        leaseUntil: new Date(at.getTime() + LEASE_MS),
        limit: BATCH,
      });
      await Promise.all(due.map((visit) => relay(deps, visit)));
    },
  };
}

async function storeConfirmation(
  { db, now, machineNow }: RelayDeps,
  { visit, confirmation, visitor }: { visit: Visit; confirmation: Confirmation; visitor: Identity },
): Promise<boolean> {
  const at = now();
  return db.transaction().execute(async (trx) => {
    const isFirst = await recordConfirmed(trx, visit.id, {
      owner: visitor,
      ...confirmation,
      at,
      keepUntil: new Date(at.getTime() + CONFIRMED_LIFE_MS),
      handOverDueAt: new Date(machineNow().getTime() + LEASE_MS),
    });
    if (!isFirst) return false;
    await recordEvent(trx, {
      kind: 'purchase.confirmed',
      visit,
      visitor,
      correlationId: visit.correlationId,
      detail: visit.relation ?? undefined,
    });
    return true;
  });
}

async function relay(deps: RelayDeps, visit: Visit): Promise<void> {
  const { db, subscriptions, log, now, machineNow } = deps;
  const { subscriptionId, claimedBy, answers } = visit;
  if (!subscriptionId || !claimedBy) return;
  await withCorrelation(visit.correlationId, async () => {
    try {
      const answer = await subscriptions.activate({ subscriptionId, claimedBy, answers });
      const refusal = 'refused' in answer ? answer.refused : undefined;
      if ('subscription' in answer) await keepOwner(deps, answer.subscription);
      await recordHandedOver(db, visit.id, { at: now(), ...(refusal ? { refusal } : {}) });
      await recordEvent(db, {
        kind: refusal ? 'confirmation.refused' : 'confirmation.handedOver',
        visit,
        correlationId: visit.correlationId,
        detail: refusal,
      });
    } catch (error) {
      if (!isFault(error)) throw error;
      const pauseMs = doublingPause(visit.handOverAttempts + 1, {
        firstMs: FIRST_PAUSE_MS,
        longestMs: LAST_PAUSE_MS,
      });
      const dueAt = new Date(machineNow().getTime() + pauseMs);
      await postponeHandOver(db, visit.id, dueAt);
      log.warn(
        {
          fault: error.code,
          supportCode: visit.supportCode,
          attempt: visit.handOverAttempts + 1,
        },
        'could not send a confirmation to the worker; will try again',
      );
    }
  });
}

/** Makes the worker's customer the owner on the manage pages, so that the subscription is in their list. */
async function keepOwner(
  { db, now }: RelayDeps,
  { id, claimedBy }: Pick<SubscriptionView, 'id' | 'claimedBy'>,
): Promise<void> {
  const { tenantId, objectId, emailId: email } = claimedBy ?? {};
  if (!tenantId || !objectId) return;
  const who = { tenantId: tenantId.toLowerCase(), objectId: objectId.toLowerCase(), email };
  await foundOwner(db, { subscriptionId: id, who, at: now() });
}
