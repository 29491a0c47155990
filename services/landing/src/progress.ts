import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import type { Visit } from './store.ts';

/**
 * How far a confirmed purchase is. `recorded`: we keep the confirmation. `requested`: the worker has
 * stored it and asks Microsoft. `received`: Microsoft has the call, which promises nothing yet.
 * `ready`: Microsoft's own record says Subscribed.
 */
export const stages = ['recorded', 'requested', 'received', 'ready'] as const;
export type Stage = (typeof stages)[number] | 'failed' | 'suspended' | 'ended';

/** `subscription` is absent while the worker cannot be asked: then our own record speaks. */
export function stageOf(
  visit: Pick<Visit, 'handed_over_at' | 'refusal'>,
  subscription: Pick<SubscriptionView, 'status' | 'unrecognisedStatus' | 'activation'> | undefined,
): Stage {
  if (!subscription) return visit.handed_over_at && !visit.refusal ? 'requested' : 'recorded';
  if (subscription.status === 'Unsubscribed') return 'ended';
  if (subscription.status === 'Suspended') return 'suspended';
  if (subscription.status === 'Subscribed') return 'ready';
  switch (subscription.activation.state) {
    case 'failed':
      return 'failed';
    case 'confirming':
    case 'confirmed':
      return 'received';
    case 'requested':
      return 'requested';
    default:
      return visit.refusal ? 'failed' : 'recorded';
  }
}

/** Nothing more will happen by itself. */
export function isFinal(stage: Stage): boolean {
  return stage === 'ready' || stage === 'failed' || stage === 'suspended' || stage === 'ended';
}
