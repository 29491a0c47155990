import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import { isPartnerLed } from '@landfall/domain/subscription.ts';
import { termView } from '../facts.ts';
import type { ChangeRow } from '../store/changes.ts';
import type { SubscriptionRecord } from '../store/subscriptions.ts';

/** A subscription as callers see it, with the change that is under way, if any. */
export function viewOf(
  record: SubscriptionRecord,
  change: ChangeRow | undefined,
): SubscriptionView {
  const { state } = record;
  const { activation } = state;
  return {
    id: state.id,
    publisherId: state.publisherId,
    offerId: state.offerId,
    planId: state.planId,
    name: state.name,
    quantity: state.quantity,
    status: state.status,
    unrecognisedStatus: state.unrecognisedStatus,
    term: termView(state.term),
    autoRenew: state.autoRenew,
    isFreeTrial: state.isFreeTrial,
    isTest: state.isTest,
    beneficiary: state.beneficiary,
    purchaser: state.purchaser,
    allowedCustomerOperations: [...state.allowedCustomerOperations],
    channel: isPartnerLed(state) ? 'csp' : 'direct',
    activation: {
      state: activation.state,
      requestedAt: 'requestedAt' in activation ? activation.requestedAt?.toISOString() : undefined,
      failure: activation.state === 'failed' ? activation.failure : undefined,
    },
    claimedBy: state.claimedBy,
    pendingChange: change && pendingChange(change),
    version: record.version,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}

function pendingChange(change: ChangeRow): NonNullable<SubscriptionView['pendingChange']> {
  return {
    changeId: change.id,
    kind: change.kind,
    planId: change.plan_id ?? undefined,
    quantity: change.quantity ?? undefined,
    state: change.state === 'sent' ? 'sent' : 'requested',
    requestedAt: change.requested_at.toISOString(),
  };
}
