import { claimAfter } from './claim.ts';
import type { CompleteSnapshot } from './complete.ts';
import { withoutPeople } from './erased-people.ts';
import type { SubscriptionEvent } from './events.ts';
import {
  isKnownStatus,
  isPending,
  type Activation,
  type Approval,
  type Provisioning,
  type Subscription,
  type SubscriptionStatus,
} from './subscription.ts';

/** The state after an event. Every event is valid in every state, because `observe` and `decide` chose it. */
export function evolve(known: Subscription | undefined, event: SubscriptionEvent): Subscription {
  if (event.type === 'purchased') return fromSnapshot(event.snapshot);
  if (!known)
    throw new Error(`A subscription's first event must be "purchased", not "${event.type}"`);
  switch (event.type) {
    case 'activationRequested':
      return {
        ...known,
        activation: { state: 'requested', requestedAt: event.at },
        claimedBy: event.claimedBy ?? known.claimedBy,
      };
    case 'approvalRequested':
      return approvalRequested(known, event);
    case 'approved':
      return {
        ...known,
        activation: {
          state: 'requested',
          requestedAt: requestedAtOf(known.activation) ?? event.at,
        },
        approval: decided(known.approval, 'approved', event.at),
      };
    case 'declined':
      return {
        ...known,
        activation: { state: 'declined', requestedAt: requestedAtOf(known.activation) },
        approval: decided(known.approval, 'declined', event.at),
      };
    case 'approvalBypassed':
      return { ...known, approval: closed(known.approval, 'bypassed') };
    case 'claimed':
      return { ...known, claimedBy: event.claimedBy };
    case 'activationSent':
      return { ...known, activation: sent(known.activation, event.at) };
    case 'activated':
      return { ...known, status: 'Subscribed', activation: confirmed(known.activation) };
    case 'activationFailed':
      return {
        ...known,
        activation: failed(known.activation, event.failure),
        provisioning: abandoned(known.provisioning, event.failure),
      };
    case 'provisioningRequested':
      return provisioningRequested(known, event);
    case 'provisioned':
      return provisioned(known, event.at);
    case 'provisioningFailed':
      return { ...known, provisioning: { state: 'failed', failure: event.failure } };
    case 'planChanged':
      return {
        ...known,
        planId: event.to,
        isFreeTrial: event.endsTrial ? false : known.isFreeTrial,
      };
    case 'quantityChanged':
      return { ...known, quantity: event.to };
    case 'suspended':
      return { ...known, status: 'Suspended' };
    case 'reinstated':
      return { ...known, status: 'Subscribed' };
    case 'renewed':
      return {
        ...known,
        term: event.term,
        impossibleTerm: undefined,
        isFreeTrial: event.convertsTrial ? false : known.isFreeTrial,
      };
    case 'autoRenewChanged':
      return { ...known, autoRenew: event.to };
    case 'beneficiaryChanged':
      return withPeople({ ...known, beneficiary: event.to });
    case 'purchaserChanged':
      return withPeople({ ...known, purchaser: event.to });
    case 'unsubscribed':
      return {
        ...known,
        status: 'Unsubscribed',
        unrecognisedStatus: undefined,
        approval:
          known.approval.state === 'waiting' ? closed(known.approval, 'ended') : known.approval,
        provisioning:
          known.provisioning.state === 'requested'
            ? { state: 'failed', failure: 'ended' }
            : known.provisioning,
      };
    case 'sourceOffersSeen':
      return { ...known, sourceOffers: event.sourceOffers };
    case 'personalDataErased':
      return withoutPersons(known);
    case 'imported':
      return { ...known, claimedBy: known.claimedBy ?? event.claimedBy };
    case 'personErased':
      return withoutPeople(known, event.whose);
    case 'detailsChanged':
      return withDetails(known, event.snapshot);
    case 'statusUnrecognised':
      return { ...known, unrecognisedStatus: event.status };
    case 'termImpossible':
      return { ...known, impossibleTerm: event.term };
    case 'contradictionSeen':
    case 'approvalDue':
    case 'configurationDue':
    case 'suspensionEnding':
    case 'erasureDue':
      return known;
    default:
      return event satisfies never;
  }
}

/** The state after several events; undefined if there is no record and no event. */
export function evolveAll(
  known: Subscription | undefined,
  events: readonly SubscriptionEvent[],
): Subscription | undefined {
  let state = known;
  for (const event of events) state = evolve(state, event);
  return state;
}

function fromSnapshot(snapshot: CompleteSnapshot): Subscription {
  return {
    ...snapshot,
    // Later events change it. An unknown status goes into `unrecognisedStatus`.
    status:
      isKnownStatus(snapshot.status) && snapshot.status === 'NotStarted'
        ? 'NotStarted'
        : 'PendingFulfillmentStart',
    activation: { state: 'none' },
    approval: { state: 'none' },
    provisioning: { state: 'none' },
  };
}

function withDetails(known: Subscription, snapshot: CompleteSnapshot): Subscription {
  const { offerId, name, autoRenew, isFreeTrial, isTest, term } = snapshot;
  const { allowedCustomerOperations } = snapshot;
  return {
    ...known,
    offerId,
    purchasedAt: snapshot.purchasedAt,
    status: pendingStatus(known.status, snapshot.status),
    name,
    autoRenew,
    isFreeTrial,
    isTest,
    sessionMode: snapshot.sessionMode,
    sandboxType: snapshot.sandboxType,
    term,
    impossibleTerm: snapshot.impossibleTerm,
    allowedCustomerOperations,
    unrecognisedStatus: undefined,
  };
}

/** A changed beneficiary or purchaser ends the claim of a person from another organisation. */
function withPeople(next: Subscription): Subscription {
  return { ...next, claimedBy: claimAfter(next, next.claimedBy) };
}

/** Details change the status only between the two pending ones, which no event distinguishes. */
function pendingStatus(known: SubscriptionStatus, seen: string): SubscriptionStatus {
  const bothPending = isPending({ status: known }) && isKnownStatus(seen);
  return bothPending && isPending({ status: seen }) ? seen : known;
}

function sent(activation: Activation, at: Date): Activation {
  return { state: 'confirming', requestedAt: requestedAtOf(activation) ?? at, sentAt: at };
}

function confirmed(activation: Activation): Activation {
  return { state: 'confirmed', requestedAt: requestedAtOf(activation) };
}

function failed(activation: Activation, failure: string): Activation {
  return { state: 'failed', requestedAt: requestedAtOf(activation), failure };
}

function requestedAtOf(activation: Activation | Approval): Date | undefined {
  return 'requestedAt' in activation ? activation.requestedAt : undefined;
}

/** A requested activation waits for the publisher. */
function approvalRequested(
  known: Subscription,
  { at, dueAt }: { readonly at: Date; readonly dueAt: Date },
): Subscription {
  const requestedAt = requestedAtOf(known.activation) ?? at;
  return {
    ...known,
    activation: { state: 'awaiting-approval', requestedAt },
    approval: { state: 'waiting', requestedAt: at, dueAt },
  };
}

function decided(approval: Approval, state: 'approved' | 'declined', at: Date): Approval {
  return { state, requestedAt: requestedAtOf(approval) ?? at, decidedAt: at };
}

function closed(approval: Approval, state: 'bypassed' | 'ended'): Approval {
  return { state, requestedAt: requestedAtOf(approval) };
}

/** A requested activation waits for the space. A subscription that Microsoft has activated does not wait. */
function provisioningRequested(
  known: Subscription,
  { at, dueAt }: { readonly at: Date; readonly dueAt: Date },
): Subscription {
  const { activation } = known;
  return {
    ...known,
    activation:
      activation.state === 'requested'
        ? { state: 'provisioning', requestedAt: activation.requestedAt }
        : activation,
    provisioning: { state: 'requested', requestedAt: at, dueAt },
  };
}

function provisioned(known: Subscription, at: Date): Subscription {
  const { activation } = known;
  return {
    ...known,
    activation:
      activation.state === 'provisioning'
        ? { state: 'requested', requestedAt: activation.requestedAt }
        : activation,
    provisioning: { state: 'confirmed', confirmedAt: at },
  };
}

/** The product learns of the failure and may remove the space, so the next activation asks it again. */
function abandoned(provisioning: Provisioning, failure: string): Provisioning {
  return provisioning.state === 'requested' || provisioning.state === 'confirmed'
    ? { state: 'failed', failure }
    : provisioning;
}

/** Keeps the organisations for the record, and erases the people. */
function withoutPersons(known: Subscription): Subscription {
  const { tenantId: beneficiary } = known.beneficiary;
  const { tenantId: purchaser } = known.purchaser;
  return {
    ...known,
    name: '',
    beneficiary: { tenantId: beneficiary },
    purchaser: { tenantId: purchaser },
    claimedBy: undefined,
  };
}
