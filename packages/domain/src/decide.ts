import type { SubscriptionEvent } from './events.ts';
import { isPending, isTerminal, type Person, type Subscription } from './subscription.ts';

/** What a person or a program asks of us. What Microsoft tells is observed, not decided. */
export type SubscriptionCommand =
  | { readonly type: 'activate'; readonly claimedBy?: Person | undefined }
  | { readonly type: 'recordActivationSent' }
  | { readonly type: 'failActivation'; readonly failure: string };

export type Decision<Code extends string> =
  | { readonly events: readonly SubscriptionEvent[] }
  | { readonly rejected: Code };

/** Yes, as events, or no, as a code. Asking for what is already so is a yes without events. */
export function decide(
  subscription: Subscription,
  command: SubscriptionCommand,
  at: Date,
): Decision<'subscription.ended' | 'subscription.not-pending'> {
  switch (command.type) {
    case 'activate':
      return activate(subscription, command.claimedBy, at);
    case 'recordActivationSent':
      return isPending(subscription) && subscription.activation.state === 'requested'
        ? { events: [{ type: 'activationSent', at }] }
        : { events: [] };
    case 'failActivation':
      return isPending(subscription) && isUnderway(subscription)
        ? { events: [{ type: 'activationFailed', failure: command.failure }] }
        : { events: [] };
    default:
      return command satisfies never;
  }
}

function activate(
  subscription: Subscription,
  claimedBy: Person | undefined,
  at: Date,
): Decision<'subscription.ended' | 'subscription.not-pending'> {
  if (isTerminal(subscription)) return { rejected: 'subscription.ended' };
  if (subscription.status === 'Suspended') return { rejected: 'subscription.not-pending' };
  if (subscription.status === 'Subscribed') return { events: claim(subscription, claimedBy) };
  if (isUnderway(subscription)) return { events: claim(subscription, claimedBy) };
  return { events: [{ type: 'activationRequested', at, claimedBy }] };
}

/** The first person to confirm is the one we know; a second visit does not take it over. */
function claim(subscription: Subscription, claimedBy: Person | undefined): SubscriptionEvent[] {
  if (!claimedBy || subscription.claimedBy) return [];
  return [{ type: 'claimed', claimedBy }];
}

function isUnderway(subscription: Subscription): boolean {
  const { state } = subscription.activation;
  return state === 'requested' || state === 'confirming';
}
