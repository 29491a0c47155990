import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Visit } from '../store/visits.ts';

/**
 * The progress of a confirmed purchase. `recorded`: we stored the confirmation. `provisioning`: the product
 * creates the customer's space; activation follows. `requested`: the worker is calling Microsoft. `received`:
 * Microsoft accepted the call, which does not guarantee success. `settingUp`: Microsoft has confirmed, but the
 * space does not exist yet. `ready`: Microsoft's record says Subscribed, and the space exists if the product
 * needs one. `unready`: Microsoft has confirmed, but the space could not be created.
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

/** While the worker cannot be reached, `subscription` is undefined and our own record decides. */
export function stageOf(
  visit: Pick<Visit, 'handedOverAt' | 'refusal'>,
  subscription: Seen | undefined,
): Stage {
  if (!subscription) return visit.handedOverAt && !visit.refusal ? 'requested' : 'recorded';
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

/** The steps: whether a space is created, and whether before or after Microsoft's confirmation. */
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

/** The last step that is done. Undefined if the page no longer shows steps. */
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

/** Whether Microsoft, the product or our own service is working on it. */
export function isUnderway(stage: Stage): boolean {
  return !isFinal(stage) && stage !== 'unready';
}

/** Whether nothing more happens without a person. */
export function isFinal(stage: Stage): boolean {
  return stage === 'ready' || stage === 'failed' || stage === 'suspended' || stage === 'ended';
}
