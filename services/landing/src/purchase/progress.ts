import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Visit } from '../store/visits.ts';

/**
 * The progress of a confirmed purchase. `recorded`: we stored the confirmation. `awaitingApproval`: the publisher decides
 * whether it is activated; `declined` is its no. `provisioning`: the product
 * creates the customer's space; activation follows. `requested`: the worker is calling Microsoft. `received`:
 * Microsoft accepted the call, which does not guarantee success. `settingUp`: Microsoft has confirmed, but the
 * space does not exist yet. `ready`: Microsoft's record says Subscribed, and the space exists if the product
 * needs one. `unready`: Microsoft has confirmed, but the space could not be created.
 */
export type Stage =
  | 'recorded'
  | 'awaitingApproval'
  | 'provisioning'
  | 'requested'
  | 'received'
  | 'settingUp'
  | 'ready'
  | 'unready'
  | 'failed'
  | 'declined'
  | 'suspended'
  | 'ended';

export type Step = 'recorded' | 'approval' | 'space' | 'requested' | 'confirmed' | 'ready';

type Seen = Pick<
  SubscriptionView,
  'status' | 'unrecognisedStatus' | 'activation' | 'approval' | 'provisioning'
>;

/** While the worker cannot be reached, `subscription` is undefined and our own record decides. */
export function stageOf(
  visit: Pick<Visit, 'handedOverAt' | 'refusal'>,
  subscription: Seen | undefined,
): Stage {
  if (!subscription) return visit.handedOverAt && !visit.refusal ? 'requested' : 'recorded';
  if (subscription.status === 'Unsubscribed') {
    return subscription.approval?.state === 'declined' ? 'declined' : 'ended';
  }
  if (subscription.status === 'Suspended') return 'suspended';
  if (subscription.status === 'Subscribed') return standing(subscription);
  switch (subscription.activation.state) {
    case 'awaiting-approval':
      return 'awaitingApproval';
    case 'declined':
      return 'declined';
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

/** The steps: whether the publisher approves the purchase, and when a space is created. */
export function stepsOf(subscription: Seen | undefined): readonly Step[] {
  const [first, ...others] = stepsWithoutApproval(subscription);
  const approval = subscription?.approval?.state;
  const isHeld = approval === 'waiting' || approval === 'approved';
  return isHeld ? [first, 'approval', ...others] : [first, ...others];
}

/** Whether a space is created, and whether before or after Microsoft's confirmation. */
function stepsWithoutApproval(subscription: Seen | undefined): readonly [Step, ...Step[]] {
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
    case 'awaitingApproval':
      return 'recorded';
    case 'provisioning':
      return steps.includes('approval') ? 'approval' : 'recorded';
    case 'requested':
      return steps.findLast((step) => step === 'space' || step === 'approval') ?? 'recorded';
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
  return !isFinal(stage) && stage !== 'unready' && stage !== 'awaitingApproval';
}

/** Whether nothing more happens without a person. */
export function isFinal(stage: Stage): boolean {
  return (
    stage === 'ready' ||
    stage === 'failed' ||
    stage === 'declined' ||
    stage === 'suspended' ||
    stage === 'ended'
  );
}
