/**
 * What a SaaS subscription is to us. Microsoft's record is the truth: plan, quantity, status and term
 * change only by observing it (see `observe.ts`); what we wish for is kept beside it.
 */
export interface Subscription {
  readonly id: string;
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
  readonly name: string;
  /** Seats; null where the plan is not sold per seat, or Microsoft has not said how many yet. Never 0. */
  readonly quantity: number | null;
  readonly status: SubscriptionStatus;
  /** A status of Microsoft's that we do not know, as sent; `status` then is the last known one. */
  readonly unrecognisedStatus?: string | undefined;
  /** When it was bought, as Microsoft says; absent where it has not, or before this was kept. */
  readonly purchasedAt?: Date | undefined;
  readonly term: Term;
  /** A term that Microsoft sent and that cannot be true: it ends before it begins. Shown, not applied. */
  readonly impossibleTerm?: Term | undefined;
  readonly autoRenew: boolean;
  readonly isFreeTrial: boolean;
  readonly isTest: boolean;
  /** `DryRun`: Microsoft's commerce test, not billed. Absent: None. An open set. */
  readonly sessionMode?: string | undefined;
  /** `Csp`: a partner's integration sandbox. Absent: None. An open set. */
  readonly sandboxType?: string | undefined;
  /** Private offers that the plan was bought through, by id; absent until they were read. */
  readonly sourceOffers?: readonly string[] | undefined;
  readonly beneficiary: Person;
  readonly purchaser: Person;
  readonly allowedCustomerOperations: readonly string[];
  readonly activation: Activation;
  readonly provisioning: Provisioning;
  readonly claimedBy?: Person | undefined;
}

export const subscriptionStatuses = [
  'NotStarted',
  'PendingFulfillmentStart',
  'Subscribed',
  'Suspended',
  'Unsubscribed',
] as const;

export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

export interface Term {
  readonly startDate?: Date | undefined;
  readonly endDate?: Date | undefined;
  /** ISO 8601 duration, an open set: P1M, P1Y, P3Y, P18M, … */
  readonly termUnit?: string | undefined;
}

/** Identity in Microsoft Entra: `tenantId` and `objectId` are the key; the address is for display. */
export interface Person {
  readonly tenantId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly emailId?: string | undefined;
}

/**
 * Our side of an activation. `provisioning`: the intent is stored and the product makes the customer's
 * space first. `requested`: Microsoft is asked as soon as possible. `confirming`: Microsoft has received
 * the call, which means nothing yet. `confirmed`: the subscription was read as Subscribed.
 */
export type Activation =
  | { readonly state: 'none' }
  | { readonly state: 'provisioning'; readonly requestedAt: Date }
  | { readonly state: 'requested'; readonly requestedAt: Date }
  | { readonly state: 'confirming'; readonly requestedAt: Date; readonly sentAt: Date }
  | { readonly state: 'confirmed'; readonly requestedAt?: Date | undefined }
  | { readonly state: 'failed'; readonly requestedAt?: Date | undefined; readonly failure: string };

/**
 * The customer's space in the ISV's product, where the publisher wants to hear that it exists. `none`:
 * nobody has asked the product. `dueAt`: a product that has not answered by then counts as silent.
 */
export type Provisioning =
  | { readonly state: 'none' }
  | { readonly state: 'requested'; readonly requestedAt: Date; readonly dueAt: Date }
  | { readonly state: 'confirmed'; readonly confirmedAt: Date }
  | { readonly state: 'failed'; readonly failure: string };

/**
 * Microsoft's record of a subscription at one reading, in our words. A field that is absent was not said,
 * which is not a value: `complete` keeps what is known. Null was said: the plan is not sold per seat, the
 * mode is the ordinary one.
 */
export interface Snapshot {
  readonly id: string;
  readonly publisherId: string;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly name?: string | undefined;
  readonly quantity?: number | null | undefined;
  /** As sent, trimmed: an open set. */
  readonly status?: string | undefined;
  readonly purchasedAt?: Date | undefined;
  readonly term: Term;
  readonly autoRenew?: boolean | undefined;
  readonly isFreeTrial?: boolean | undefined;
  readonly isTest?: boolean | undefined;
  readonly sessionMode?: string | null | undefined;
  readonly sandboxType?: string | null | undefined;
  readonly beneficiary: Person;
  readonly purchaser: Person;
  readonly allowedCustomerOperations?: readonly string[] | undefined;
}

export function isKnownStatus(status: string): status is SubscriptionStatus {
  return (subscriptionStatuses as readonly string[]).includes(status);
}

export function isTerminal(subscription: { readonly status: string }): boolean {
  return subscription.status === 'Unsubscribed';
}

export function isPending(subscription: Pick<Subscription, 'status'>): boolean {
  return subscription.status === 'PendingFulfillmentStart' || subscription.status === 'NotStarted';
}

/**
 * Whether a purchase is a test: marked as one, in Microsoft's commerce test (`DryRun`), or in a sandbox of
 * whatever kind. It is served like any other and counted apart.
 */
export function isTestPurchase(
  subscription: Pick<Subscription, 'isTest' | 'sessionMode' | 'sandboxType'>,
): boolean {
  const { isTest, sessionMode, sandboxType } = subscription;
  return isTest || sessionMode?.toLowerCase() === 'dryrun' || sandboxType !== undefined;
}

/**
 * A partner bought for the customer. Microsoft then allows the beneficiary to read alone, and every
 * change goes through the partner.
 */
export function isPartnerLed(
  subscription: Pick<Subscription, 'beneficiary' | 'purchaser'>,
): boolean {
  const { beneficiary, purchaser } = subscription;
  return (
    beneficiary.tenantId !== undefined &&
    purchaser.tenantId !== undefined &&
    beneficiary.tenantId.toLowerCase() !== purchaser.tenantId.toLowerCase()
  );
}

/** An offer's preview listing carries a suffix; its subscriptions belong to the same offer of ours. */
export function baseOfferId(offerId: string): string {
  return offerId.trim().replace(/-preview$/i, '');
}
