import { mayClaim } from './claim.ts';
import type { SubscriptionEvent } from './events.ts';
import { isPending, isTerminal, type Person, type Subscription } from './subscription.ts';

/** A request by a person or program. What Microsoft reports is observed, not decided. */
export type SubscriptionCommand =
  | {
      readonly type: 'activate';
      readonly claimedBy?: Person | undefined;
      /** Set if the publisher must approve the purchase first; when Microsoft voids it. */
      readonly approveBy?: Date | undefined;
      /** Set if the product must create the customer's space first; its deadline. */
      readonly provisionBy?: Date | undefined;
    }
  /** `provisionBy` as for `activate`. */
  | { readonly type: 'approve'; readonly provisionBy?: Date | undefined }
  | { readonly type: 'decline' }
  /** Microsoft activated a purchase that the publisher wants to approve first. */
  | { readonly type: 'bypassApproval' }
  | { readonly type: 'recordActivationSent' }
  | { readonly type: 'failActivation'; readonly failure: string }
  | { readonly type: 'requestProvisioning'; readonly provisionBy: Date }
  | { readonly type: 'confirmProvisioned' }
  | { readonly type: 'failProvisioning'; readonly failure: string };

type CommandOf<Type extends SubscriptionCommand['type']> = Extract<
  SubscriptionCommand,
  { readonly type: Type }
>;

export type Decision<Code extends string> =
  | { readonly events: readonly SubscriptionEvent[] }
  | { readonly rejected: Code };

export type CommandRejection =
  | 'subscription.ended'
  | 'subscription.not-pending'
  | 'subscription.other-tenant'
  | 'approval.not-requested'
  | 'approval.approved'
  | 'approval.declined'
  | 'provisioning.not-requested';

/** Returns events if the command is accepted, or a rejection code. An accepted command that changes nothing gives no events. */
export function decide(
  subscription: Subscription,
  command: SubscriptionCommand,
  at: Date,
): Decision<CommandRejection> {
  switch (command.type) {
    case 'activate':
      return activate(subscription, command, at);
    case 'approve':
      return approve(subscription, command, at);
    case 'decline':
      return decline(subscription, at);
    case 'bypassApproval':
      return bypassApproval(subscription);
    case 'recordActivationSent':
      return isPending(subscription) && subscription.activation.state === 'requested'
        ? { events: [{ type: 'activationSent', at }] }
        : { events: [] };
    case 'failActivation':
      return isPending(subscription) && isAtMicrosoft(subscription)
        ? { events: [{ type: 'activationFailed', failure: command.failure }] }
        : { events: [] };
    case 'requestProvisioning':
      return requestProvisioning(subscription, { at, dueAt: command.provisionBy });
    case 'confirmProvisioned':
      return confirmProvisioned(subscription, at);
    case 'failProvisioning':
      return failProvisioning(subscription, command.failure);
    default:
      return command satisfies never;
  }
}

function activate(
  subscription: Subscription,
  { claimedBy, approveBy, provisionBy }: Omit<CommandOf<'activate'>, 'type'>,
  at: Date,
): Decision<CommandRejection> {
  if (isTerminal(subscription)) return { rejected: 'subscription.ended' };
  if (claimedBy && !mayClaim(subscription, claimedBy)) {
    return { rejected: 'subscription.other-tenant' };
  }
  if (subscription.status === 'Suspended') return { rejected: 'subscription.not-pending' };
  if (subscription.status === 'Subscribed') return { events: claim(subscription, claimedBy) };
  if (subscription.approval.state === 'declined') return { rejected: 'approval.declined' };
  if (isUnderway(subscription)) return { events: claim(subscription, claimedBy) };
  const requested: SubscriptionEvent = { type: 'activationRequested', at, claimedBy };
  // An approved purchase stays approved when its activation fails and is requested again.
  if (approveBy && subscription.approval.state !== 'approved') {
    return { events: [requested, { type: 'approvalRequested', at, dueAt: approveBy }] };
  }
  return {
    events: provisionBy
      ? [requested, { type: 'provisioningRequested', at, dueAt: provisionBy }]
      : [requested],
  };
}

/** Only a waiting purchase can be decided. The first decision stands; the same one again changes nothing. */
function approve(
  { status, approval }: Subscription,
  { provisionBy }: Omit<CommandOf<'approve'>, 'type'>,
  at: Date,
): Decision<CommandRejection> {
  if (approval.state === 'approved') return { events: [] };
  if (approval.state === 'declined') return { rejected: 'approval.declined' };
  if (isTerminal({ status })) return { rejected: 'subscription.ended' };
  if (approval.state !== 'waiting') return { rejected: 'approval.not-requested' };
  const approved: SubscriptionEvent = { type: 'approved', at };
  return {
    events: provisionBy
      ? [approved, { type: 'provisioningRequested', at, dueAt: provisionBy }]
      : [approved],
  };
}

function decline({ status, approval }: Subscription, at: Date): Decision<CommandRejection> {
  if (approval.state === 'declined') return { events: [] };
  if (approval.state === 'approved') return { rejected: 'approval.approved' };
  if (isTerminal({ status })) return { rejected: 'subscription.ended' };
  if (approval.state !== 'waiting') return { rejected: 'approval.not-requested' };
  return { events: [{ type: 'declined', at }] };
}

/**
 * A decision stays on the record even if Microsoft then activates the purchase. A purchase whose activation Landfall requested
 * was not bypassed: the publisher wanted approvals only afterwards.
 */
function bypassApproval({
  status,
  approval,
  activation,
}: Subscription): Decision<CommandRejection> {
  const isRunning = status === 'Subscribed' || status === 'Suspended';
  const isOurs = 'requestedAt' in activation && activation.requestedAt !== undefined;
  const isOpen = approval.state === 'waiting' || (approval.state === 'none' && !isOurs);
  return { events: isRunning && isOpen ? [{ type: 'approvalBypassed' }] : [] };
}

/** The first person to confirm keeps the claim. */
function claim(subscription: Subscription, claimedBy: Person | undefined): SubscriptionEvent[] {
  if (!claimedBy || subscription.claimedBy) return [];
  return [{ type: 'claimed', claimedBy }];
}

/** For subscriptions that Microsoft has activated: billing runs already, and the product is asked once. */
function requestProvisioning(
  { status, provisioning }: Subscription,
  request: { readonly at: Date; readonly dueAt: Date },
): Decision<CommandRejection> {
  const isRunning = status === 'Subscribed' || status === 'Suspended';
  const isAsked = provisioning.state === 'requested' || provisioning.state === 'confirmed';
  return { events: isRunning && !isAsked ? [{ type: 'provisioningRequested', ...request }] : [] };
}

/**
 * After a failure, a late answer must not start billing for a pending purchase: the product was told that
 * the activation failed. If billing runs already, a late answer is welcome.
 */
function confirmProvisioned(subscription: Subscription, at: Date): Decision<CommandRejection> {
  const { provisioning } = subscription;
  if (isTerminal(subscription)) return { rejected: 'subscription.ended' };
  if (provisioning.state === 'confirmed') return { events: [] };
  const isAwaited =
    provisioning.state === 'requested' ||
    (provisioning.state === 'failed' && !isPending(subscription));
  return isAwaited
    ? { events: [{ type: 'provisioned', at }] }
    : { rejected: 'provisioning.not-requested' };
}

function failProvisioning(subscription: Subscription, failure: string): Decision<CommandRejection> {
  const { provisioning, activation } = subscription;
  if (isTerminal(subscription)) return { rejected: 'subscription.ended' };
  if (provisioning.state === 'failed') return { events: [] };
  if (provisioning.state !== 'requested') return { rejected: 'provisioning.not-requested' };
  const failed: SubscriptionEvent = { type: 'provisioningFailed', failure };
  return {
    events:
      activation.state === 'provisioning'
        ? [failed, { type: 'activationFailed', failure }]
        : [failed],
  };
}

function isUnderway(subscription: Subscription): boolean {
  const { state } = subscription.activation;
  return state === 'awaiting-approval' || state === 'provisioning' || isAtMicrosoft(subscription);
}

/** Whether the activation has left the product. Before that, only the product's answer or deadline ends it. */
function isAtMicrosoft({ activation }: Subscription): boolean {
  return activation.state === 'requested' || activation.state === 'confirming';
}
