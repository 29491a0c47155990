import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Visit } from '../store/visits.ts';

/**
 * How far a confirmed purchase is. `recorded`: we keep the confirmation. `provisioning`: the product
 * makes the customer's space, Microsoft is asked after it. `requested`: the worker asks Microsoft.
 * `received`: Microsoft has the call, which promises nothing yet. `settingUp`: Microsoft has confirmed,
 * the space is still being made. `ready`: Microsoft's own record says Subscribed, and the space, where
 * one is waited for, exists. `unready`: Microsoft has confirmed and the space could not be made.
 */
export type Stage =
  | 'recorded'
  | 'provisioning'
  | 'requested'
  | 'received'
  | 'settingUp'
  | 'ready'
  | 'unready'
  | 'failed'
  | 'suspended'
  | 'ended';

export type Step = 'recorded' | 'space' | 'requested' | 'confirmed' | 'ready';

type Seen = Pick<SubscriptionView, 'status' | 'unrecognisedStatus' | 'activation' | 'provisioning'>;

/** `subscription` is absent while the worker cannot be asked: then our own record speaks. */
export function stageOf(
  visit: Pick<Visit, 'handed_over_at' | 'refusal'>,
  subscription: Seen | undefined,
): Stage {
  if (!subscription) return visit.handed_over_at && !visit.refusal ? 'requested' : 'recorded';
  if (subscription.status === 'Unsubscribed') return 'ended';
  if (subscription.status === 'Suspended') return 'suspended';
  if (subscription.status === 'Subscribed') return standing(subscription);
  switch (subscription.activation.state) {
    case 'failed':
      return 'failed';
    case 'confirming':
    case 'confirmed':
      return 'received';
    case 'requested':
      return 'requested';
    case 'provisioning':
      return 'provisioning';
    default:
      return visit.refusal ? 'failed' : 'recorded';
  }
}

function standing({ provisioning }: Seen): Stage {
  switch (provisioning?.state) {
    case 'requested':
      return 'settingUp';
    case 'failed':
      return 'unready';
    default:
      return 'ready';
  }
}

/** What there is to go through: whether a space is made, and whether before or after Microsoft's yes. */
export function stepsOf(subscription: Seen | undefined): readonly Step[] {
  const space = subscription?.provisioning?.state ?? 'none';
  const isActive = subscription?.status === 'Subscribed';
  if (space === 'none' || (space === 'failed' && !isActive)) {
    return ['recorded', 'requested', 'confirmed', 'ready'];
  }
  const isByMicrosoft = subscription?.activation.requestedAt === undefined;
  return isActive && (isByMicrosoft || space !== 'confirmed')
    ? ['recorded', 'confirmed', 'space', 'ready']
    : ['recorded', 'space', 'requested', 'confirmed', 'ready'];
}

/** The last step that is done; undefined where no step is worth showing any more. */
export function reachedStep(stage: Stage, steps: readonly Step[]): Step | undefined {
  switch (stage) {
    case 'recorded':
    case 'provisioning':
      return 'recorded';
    case 'requested':
      return steps.includes('space') ? 'space' : 'recorded';
    case 'received':
      return 'requested';
    case 'settingUp':
      return 'confirmed';
    case 'ready':
      return 'ready';
    default:
      return undefined;
  }
}

/** Somebody is at work on it: Microsoft, the product or we. */
export function isUnderway(stage: Stage): boolean {
  return !isFinal(stage) && stage !== 'unready';
}

/** Nothing more will happen by itself. */
export function isFinal(stage: Stage): boolean {
  return stage === 'ready' || stage === 'failed' || stage === 'suspended' || stage === 'ended';
}
