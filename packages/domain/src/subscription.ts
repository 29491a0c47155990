/**
 * Landfall's record of a SaaS subscription. Microsoft's record is the truth: plan, quantity, status and
 * term change only by reading it (see `observe.ts`). Our own intents are separate fields.
 */
export interface Subscription {
  readonly id: string;
  readonly publisherId: string;
  readonly offerId: string;
  readonly planId: string;
  readonly name: string;
  /** Seats; null if the plan is not sold per seat, or Microsoft has not sent the number yet. Never 0. */
  readonly quantity: number | null;
  readonly status: SubscriptionStatus;
  /** Microsoft's status as sent, if it is unknown. `status` is then the last known one. */
  readonly unrecognisedStatus?: string | undefined;
  /** Time of purchase from Microsoft; absent if it was not sent, or the record is older than this field. */
  readonly purchasedAt?: Date | undefined;
  readonly term: Term;
  /** A term from Microsoft that does not end after its start. It is shown but not applied. */
  readonly impossibleTerm?: Term | undefined;
  readonly autoRenew: boolean;
  readonly isFreeTrial: boolean;
  readonly isTest: boolean;
  /** `DryRun`: Microsoft's commerce test, which is not billed. Absent: none. An open set. */
  readonly sessionMode?: string | undefined;
  /** `Csp`: a partner's integration sandbox. Absent: none. An open set. */
  readonly sandboxType?: string | undefined;
  /** Ids of the private offers through which the plan was bought; absent until read. */
  readonly sourceOffers?: readonly string[] | undefined;
  readonly beneficiary: Person;
  readonly purchaser: Person;
  readonly allowedCustomerOperations: readonly string[];
  readonly activation: Activation;
  readonly approval: Approval;
  readonly provisioning: Provisioning;
  readonly claimedBy?: Person | undefined;
}

/** Microsoft's statuses of a subscription. Microsoft may add others. */
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

/** Identity in Microsoft Entra. `tenantId` and `objectId` are the key; the address is only for display. */
export interface Person {
  readonly tenantId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly emailId?: string | undefined;
}

/**
 * Our side of an activation. `awaiting-approval`: the intent is stored, and the publisher decides first; `declined` is its no.
 * `provisioning`: the intent is stored, and the product creates the customer's
 * space first. `requested`: Microsoft is called as soon as possible. `confirming`: Microsoft has received
 * the call, which does not mean success yet. `confirmed`: a reading showed Subscribed.
 */
export type Activation =
  | { readonly state: 'none' }
  | { readonly state: 'awaiting-approval'; readonly requestedAt: Date }
  | { readonly state: 'provisioning'; readonly requestedAt: Date }
  | { readonly state: 'requested'; readonly requestedAt: Date }
  | { readonly state: 'confirming'; readonly requestedAt: Date; readonly sentAt: Date }
  | { readonly state: 'confirmed'; readonly requestedAt?: Date | undefined }
  | { readonly state: 'failed'; readonly requestedAt?: Date | undefined; readonly failure: string }
  | { readonly state: 'declined'; readonly requestedAt?: Date | undefined };

/**
 * The publisher's approval of a purchase. `none`: this purchase never needed one. `dueAt`: Microsoft voids the purchase then.
 * `bypassed`: Microsoft activated the purchase without Landfall. `ended`: it ended before anyone decided.
 */
export type Approval =
  | { readonly state: 'none' }
  | { readonly state: 'waiting'; readonly requestedAt: Date; readonly dueAt: Date }
  | {
      readonly state: 'approved' | 'declined';
      readonly requestedAt: Date;
      readonly decidedAt: Date;
    }
  | { readonly state: 'bypassed' | 'ended'; readonly requestedAt?: Date | undefined };

/**
 * The customer's space in the ISV's product, if the product must confirm it. `none`: the product
 * was not asked. `dueAt`: a product that has not answered by then counts as silent.
 */
export type Provisioning =
  | { readonly state: 'none' }
  | { readonly state: 'requested'; readonly requestedAt: Date; readonly dueAt: Date }
  | { readonly state: 'confirmed'; readonly confirmedAt: Date }
  | { readonly state: 'failed'; readonly failure: string };

/**
 * One reading of Microsoft's record, in our words. An absent field was not sent and says nothing, so
 * `complete` keeps the known value. Null was sent: the plan is not sold per seat, or the mode is the
 * normal one.
 */
export interface Snapshot {
  readonly id: string;
  readonly publisherId: string;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly name?: string | undefined;
  readonly quantity?: number | null | undefined;
  /** As sent, trimmed; an open set. */
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

/** Whether Landfall knows this status of Microsoft's. */
export function isKnownStatus(status: string): status is SubscriptionStatus {
  return (subscriptionStatuses as readonly string[]).includes(status);
}

/** Whether the subscription has ended. It never becomes active again. */
export function isTerminal(subscription: { readonly status: string }): boolean {
  return subscription.status === 'Unsubscribed';
}

/** Whether the purchase still waits for its activation. */
export function isPending(subscription: Pick<Subscription, 'status'>): boolean {
  return subscription.status === 'PendingFulfillmentStart' || subscription.status === 'NotStarted';
}

/**
 * Whether a purchase is a test: marked as one, in Microsoft's commerce test (`DryRun`), or in any sandbox.
 * It is served like any other purchase, but counted separately.
 */
export function isTestPurchase(
  subscription: Pick<Subscription, 'isTest' | 'sessionMode' | 'sandboxType'>,
): boolean {
  const { isTest, sessionMode, sandboxType } = subscription;
  return isTest || sessionMode?.toLowerCase() === 'dryrun' || sandboxType !== undefined;
}

/**
 * Whether a partner bought the subscription for the customer. Microsoft then lets the beneficiary only read
 * it, and every change goes through the partner.
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

/** The offer id without the suffix of a preview listing, whose subscriptions belong to the same offer. */
export function baseOfferId(offerId: string): string {
  return offerId.trim().replace(/-preview$/i, '');
}
