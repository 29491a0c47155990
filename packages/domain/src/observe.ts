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
 * Compares our record with Microsoft's and says what happened in between. Notifications, landing
 * visits, commands and reconciliation all end here, so whichever of them notices a change first, the
 * same events come out, and the second finds nothing left to say.
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
  // A reading that cannot be true tells nothing about the rest of the record either.
  if (moves.some((move) => move.type === 'contradictionSeen')) return moves;
  return [...fields(known, seen), ...moves, ...activationOutcome(known, seen)];
}

/**
 * A purchase that Microsoft sends no notification about: it waits for its landing page, or ended before
 * anybody had opened it. One that was active once has a term.
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
  // Microsoft drops seats and term once a subscription has ended; we keep what was last in force.
  const ended = seen.status === 'Unsubscribed';
  const renewed = !ended && isNewTerm(known, seen);
  const endsTrial = !ended && known.isFreeTrial && !seen.isFreeTrial;
  // The plan it still names: one that came into force just before the end is part of the story.
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
  const told = evolveAll(known, events) ?? known;
  if (!ended && hasOtherDetails(told, seen)) {
    events.push({ type: 'detailsChanged', snapshot: seen });
  }
  if (!ended && isNewlyImpossible(known, seen)) {
    events.push({ type: 'termImpossible', term: seen.impossibleTerm });
  }
  return events;
}

/** Once it has ended nothing new is kept of people: their data is about to be erased, or is. */
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

/** A later end while it runs is a renewal; the first dates, given at activation, are not. */
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
    // The two pending statuses mean the same to us, and are still kept as Microsoft has them.
    (isPending(known) && known.status !== seen.status && isPendingStatus(seen.status)) ||
    !sameTerm(known.term, seen.term) ||
    (known.impossibleTerm !== undefined && seen.impossibleTerm === undefined) ||
    known.allowedCustomerOperations.toSorted().join() !==
      seen.allowedCustomerOperations.toSorted().join()
  );
}

/** Said once for the same dates. */
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

/** An activation of ours that ended in Unsubscribed has failed, and the buyer must be told so. */
function activationOutcome(known: Subscription, seen: CompleteSnapshot): SubscriptionEvent[] {
  const underway =
    known.activation.state === 'provisioning' ||
    known.activation.state === 'requested' ||
    known.activation.state === 'confirming';
  return underway && seen.status === 'Unsubscribed'
    ? [{ type: 'activationFailed', failure: 'ended-before-confirmation' }]
    : [];
}
