import type { CompleteSnapshot } from './complete.ts';
import type { ErasedPeople } from './erased-people.ts';
import type { Person, SubscriptionStatus, Term } from './subscription.ts';

/** What happened to a subscription, in the past tense. The store turns each event into a timeline entry. */
export type SubscriptionEvent =
  | { readonly type: 'purchased'; readonly snapshot: CompleteSnapshot }
  | {
      readonly type: 'activationRequested';
      readonly at: Date;
      readonly claimedBy?: Person | undefined;
    }
  /** The publisher has to approve the purchase first. Microsoft voids it at `dueAt`. */
  | { readonly type: 'approvalRequested'; readonly at: Date; readonly dueAt: Date }
  | { readonly type: 'approvalDue'; readonly day: number; readonly dueAt: Date }
  | { readonly type: 'approved'; readonly at: Date }
  | { readonly type: 'declined'; readonly at: Date }
  /** Microsoft activated a purchase that the publisher wanted to approve first. */
  | { readonly type: 'approvalBypassed' }
  | { readonly type: 'claimed'; readonly claimedBy: Person }
  | { readonly type: 'activationSent'; readonly at: Date }
  | { readonly type: 'activated' }
  | { readonly type: 'activationFailed'; readonly failure: string }
  | { readonly type: 'provisioningRequested'; readonly at: Date; readonly dueAt: Date }
  | { readonly type: 'provisioned'; readonly at: Date }
  | { readonly type: 'provisioningFailed'; readonly failure: string }
  | {
      readonly type: 'planChanged';
      readonly from: string;
      readonly to: string;
      /** The new plan has no free trial, so the running trial is over. */
      readonly endsTrial?: boolean | undefined;
    }
  | { readonly type: 'quantityChanged'; readonly from: number | null; readonly to: number | null }
  | { readonly type: 'suspended' }
  | { readonly type: 'reinstated' }
  | {
      readonly type: 'renewed';
      readonly term: Term;
      /** The free trial became a paid term. */
      readonly convertsTrial?: boolean | undefined;
    }
  | { readonly type: 'autoRenewChanged'; readonly to: boolean }
  /** Microsoft named the beneficiary for the first time, or another one after a transfer. */
  | { readonly type: 'beneficiaryChanged'; readonly from: Person; readonly to: Person }
  | { readonly type: 'purchaserChanged'; readonly from: Person; readonly to: Person }
  | { readonly type: 'unsubscribed' }
  | { readonly type: 'detailsChanged'; readonly snapshot: CompleteSnapshot }
  | { readonly type: 'sourceOffersSeen'; readonly sourceOffers: readonly string[] }
  | { readonly type: 'configurationDue'; readonly day: number; readonly dueAt: Date }
  | { readonly type: 'suspensionEnding'; readonly daysLeft: number; readonly dueAt: Date }
  | { readonly type: 'erasureDue'; readonly dueAt: Date }
  | { readonly type: 'personalDataErased' }
  /** Taken over from another system, with the person who had confirmed the purchase there. */
  | { readonly type: 'imported'; readonly source: string; readonly claimedBy?: Person | undefined }
  /** Someone asked for the erasure of a person's data, or of all people of a tenant. */
  | { readonly type: 'personErased'; readonly whose: ErasedPeople }
  | { readonly type: 'statusUnrecognised'; readonly status: string }
  /** Microsoft sent a term that does not end after its start. The known term stays. */
  | { readonly type: 'termImpossible'; readonly term: Term }
  | {
      readonly type: 'contradictionSeen';
      readonly from: SubscriptionStatus;
      readonly to: SubscriptionStatus;
    };

export type SubscriptionEventType = SubscriptionEvent['type'];

/** Events that are published to other services and the ISV's product. The others stay internal. */
export const publishedEventTypes = [
  'purchased',
  'approvalRequested',
  'approvalDue',
  'approved',
  'declined',
  'provisioningRequested',
  'provisioningFailed',
  'activated',
  'claimed',
  'activationFailed',
  'planChanged',
  'quantityChanged',
  'suspended',
  'reinstated',
  'renewed',
  'autoRenewChanged',
  'beneficiaryChanged',
  'purchaserChanged',
  'configurationDue',
  'suspensionEnding',
  'unsubscribed',
  'erasureDue',
  'personalDataErased',
] as const satisfies readonly SubscriptionEventType[];

export type PublishedEventType = (typeof publishedEventTypes)[number];

/** Whether an event is published to other services and the ISV's product. */
export function isPublished(event: SubscriptionEvent): event is SubscriptionEvent & {
  readonly type: PublishedEventType;
} {
  return (publishedEventTypes as readonly string[]).includes(event.type);
}
