import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import {
  isPartnerLed,
  isTestPurchase,
  type Approval,
  type Provisioning,
} from '@landfall/domain/subscription';
import { termView } from '../facts.ts';
import type { DecidedApproval } from '../store/approvals.ts';
import type { ChangeRow } from '../store/changes.ts';
import type { SubscriptionRecord } from '../store/subscriptions.ts';
import type { Deadline } from '../store/timers.ts';

/** A subscription as callers see it, with its open change, its deadlines and the decision about its purchase, if any. */
export function viewOf(
  record: SubscriptionRecord,
  beside: {
    readonly change: ChangeRow | undefined;
    readonly deadlines: readonly Deadline[] | undefined;
    readonly answers?: Readonly<Record<string, string>> | undefined;
    readonly decided: DecidedApproval | undefined;
  },
): SubscriptionView {
  const { change, deadlines = [], answers, decided } = beside;
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
    isTestPurchase: isTestPurchase(state),
    sessionMode: state.sessionMode,
    sandboxType: state.sandboxType,
    sourceOffers: state.sourceOffers && [...state.sourceOffers],
    beneficiary: state.beneficiary,
    purchaser: state.purchaser,
    allowedCustomerOperations: [...state.allowedCustomerOperations],
    channel: isPartnerLed(state) ? 'csp' : 'direct',
    activation: {
      state: activation.state,
      requestedAt: 'requestedAt' in activation ? activation.requestedAt?.toISOString() : undefined,
      failure: activation.state === 'failed' ? activation.failure : undefined,
    },
    approval: approvalView(state.approval, decided),
    provisioning: provisioningView(state.provisioning),
    deadlines: deadlines.map(({ kind, at }) => ({ kind, at: at.toISOString() })),
    claimedBy: state.claimedBy,
    answers: answers && { ...answers },
    pendingChange: change && pendingChange(change),
    version: record.version,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}

function approvalView(
  approval: Approval,
  decided: DecidedApproval | undefined,
): SubscriptionView['approval'] {
  const { state } = approval;
  if (state === 'none') return undefined;
  return {
    state,
    requestedAt: approval.requestedAt?.toISOString(),
    dueAt: state === 'waiting' ? approval.dueAt.toISOString() : undefined,
    decidedAt: 'decidedAt' in approval ? approval.decidedAt.toISOString() : undefined,
    decidedBy: decided?.decidedBy,
    reason: decided?.reason ?? undefined,
    messageToBuyer: decided?.messageToBuyer ?? undefined,
  };
}

function provisioningView(provisioning: Provisioning): SubscriptionView['provisioning'] {
  return {
    state: provisioning.state,
    dueAt: provisioning.state === 'requested' ? provisioning.dueAt.toISOString() : undefined,
    failure: provisioning.state === 'failed' ? provisioning.failure : undefined,
  };
}

function pendingChange(change: ChangeRow): NonNullable<SubscriptionView['pendingChange']> {
  return {
    changeId: change.id,
    kind: change.kind,
    planId: change.planId ?? undefined,
    quantity: change.quantity ?? undefined,
    origin: change.origin,
    state: change.state === 'sent' ? 'sent' : 'requested',
    requestedAt: change.requestedAt.toISOString(),
  };
}
