import { isSamePerson } from './claim.ts';
import { complete, type CompleteSnapshot } from './complete.ts';
import type { SubscriptionEvent } from './events.ts';
import { evolveAll } from './evolve.ts';
import { statusEvents } from './lifecycle.ts';
import {
  isKnownStatus,
  isPending,
  isTerminal,
  type Snapshot,
  type Subscription,
  type Term,
} from './subscription.ts';

/**
 * Compares our record with Microsoft's and returns what happened in between. Notifications, landing
 * visits, commands and reconciliation all use it. Whichever notices a change first produces its events;
 * the next one finds no difference.
 */
export function observe(known: Subscription | undefined, reading: Snapshot): SubscriptionEvent[] {
  const seen = complete(reading, known);
  if (!known) return discover(seen);
  if (!isKnownStatus(seen.status)) {
    return known.unrecognisedStatus === seen.status
      ? []
      : [{ type: 'statusUnrecognised', status: seen.status }];
  }
  const moves = statusEvents(known.status, seen.status);
  // If the status is impossible, the other fields of the reading are not trusted either.
  if (moves.some((move) => move.type === 'contradictionSeen')) return moves;
  return [...fields(known, seen), ...moves, ...activationOutcome(known, seen)];
}

/**
 * Whether a purchase waits for its landing page, or ended before anyone opened it. Microsoft sends no
 * notification about these. A purchase that was once active has a term.
 */
export function isUnopened(known: Subscription | undefined, seen: Snapshot): boolean {
  const { status, term } = seen;
  if (status === 'Unsubscribed') {
    return known
      ? isPending(known) && known.activation.state === 'none'
      : term.startDate === undefined && term.endDate === undefined;
  }
  return !known && status !== undefined && isPendingStatus(status);
}

function discover(seen: CompleteSnapshot): SubscriptionEvent[] {
  const events: SubscriptionEvent[] = [{ type: 'purchased', snapshot: seen }];
  const { impossibleTerm } = seen;
  if (impossibleTerm) events.push({ type: 'termImpossible', term: impossibleTerm });
  return isKnownStatus(seen.status)
    ? [...events, ...statusEvents('PendingFulfillmentStart', seen.status)]
    : [...events, { type: 'statusUnrecognised', status: seen.status }];
}

function fields(known: Subscription, seen: CompleteSnapshot): SubscriptionEvent[] {
  const events: SubscriptionEvent[] = [];
  // Microsoft no longer sends seats and term after the end, so the last known values stay.
  const ended = seen.status === 'Unsubscribed';
  const renewed = !ended && isNewTerm(known, seen);
  const endsTrial = !ended && known.isFreeTrial && !seen.isFreeTrial;
  // An ended record still names its plan, which may have changed just before the end.
  if (!isTerminal(known) && seen.planId && seen.planId !== known.planId) {
    const change = { type: 'planChanged', from: known.planId, to: seen.planId } as const;
    events.push(endsTrial ? { ...change, endsTrial } : change);
  }
  if (!ended && seen.quantity !== known.quantity) {
    events.push({ type: 'quantityChanged', from: known.quantity, to: seen.quantity });
  }
  if (renewed) {
    const convertsTrial = endsTrial && events.every((event) => event.type !== 'planChanged');
    const renewal = { type: 'renewed', term: seen.term } as const;
    events.push(convertsTrial ? { ...renewal, convertsTrial } : renewal);
  }
  if (!ended && seen.autoRenew !== known.autoRenew) {
    events.push({ type: 'autoRenewChanged', to: seen.autoRenew });
  }
  events.push(...people(known, seen));
  const changed = evolveAll(known, events) ?? known;
  if (!ended && hasOtherDetails(changed, seen)) {
    events.push({ type: 'detailsChanged', snapshot: seen });
  }
  if (!ended && isNewlyImpossible(known, seen)) {
    events.push({ type: 'termImpossible', term: seen.impossibleTerm });
  }
  return events;
}

/** After the end, no new personal data is stored, because it is erased soon or already. */
function people(known: Subscription, seen: CompleteSnapshot): SubscriptionEvent[] {
  if (isTerminal(known)) return [];
  const events: SubscriptionEvent[] = [];
  const { beneficiary, purchaser } = seen;
  if (!isSamePerson(known.beneficiary, beneficiary)) {
    events.push({ type: 'beneficiaryChanged', from: known.beneficiary, to: beneficiary });
  }
  if (!isSamePerson(known.purchaser, purchaser)) {
    events.push({ type: 'purchaserChanged', from: known.purchaser, to: purchaser });
  }
  return events;
}

/** A later end date of a running term is a renewal. The first dates, set at activation, are not. */
function isNewTerm(known: Subscription, seen: CompleteSnapshot): boolean {
  const before = known.term.endDate;
  const after = seen.term.endDate;
  return (
    !isPending(known) &&
    before !== undefined &&
    after !== undefined &&
    after.getTime() > before.getTime()
  );
}

function hasOtherDetails(known: Subscription, seen: CompleteSnapshot): boolean {
  return (
    known.offerId !== seen.offerId ||
    known.name !== seen.name ||
    known.isFreeTrial !== seen.isFreeTrial ||
    known.isTest !== seen.isTest ||
    known.sessionMode !== seen.sessionMode ||
    known.sandboxType !== seen.sandboxType ||
    known.unrecognisedStatus !== undefined ||
    // The two pending statuses mean the same to Landfall, but the record keeps Microsoft's.
    (isPending(known) && known.status !== seen.status && isPendingStatus(seen.status)) ||
    !sameTerm(known.term, seen.term) ||
    (known.impossibleTerm !== undefined && seen.impossibleTerm === undefined) ||
    known.allowedCustomerOperations.toSorted().join() !==
      seen.allowedCustomerOperations.toSorted().join()
  );
}

/** True only once for the same dates. */
function isNewlyImpossible(
  known: Subscription,
  seen: CompleteSnapshot,
): seen is CompleteSnapshot & { readonly impossibleTerm: Term } {
  const { impossibleTerm: term } = seen;
  return term !== undefined && !sameTerm(known.impossibleTerm ?? {}, term);
}

function isPendingStatus(status: string): boolean {
  return isKnownStatus(status) && isPending({ status });
}

function sameTerm(left: Term, right: Term): boolean {
  return (
    left.startDate?.getTime() === right.startDate?.getTime() &&
    left.endDate?.getTime() === right.endDate?.getTime() &&
    left.termUnit === right.termUnit
  );
}

/** An activation that ends in Unsubscribed has failed, and the buyer must see that. */
function activationOutcome(known: Subscription, seen: CompleteSnapshot): SubscriptionEvent[] {
  const underway =
    known.activation.state === 'awaiting-approval' ||
    known.activation.state === 'provisioning' ||
    known.activation.state === 'requested' ||
    known.activation.state === 'confirming';
  return underway && seen.status === 'Unsubscribed'
    ? [{ type: 'activationFailed', failure: 'ended-before-confirmation' }]
    : [];
}
