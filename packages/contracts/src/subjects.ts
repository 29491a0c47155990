import { z } from 'zod';
import { decimal, decimalText } from '@landfall/domain/decimal';
import { matterClosed, matterOpened, type MatterClosed, type MatterOpened } from './matters.ts';
import { notificationsReceived } from './notification-facts.ts';
import { subscriptionFactKinds, subscriptionFact } from './subscription-facts.ts';
import { services, type ServiceName } from './services.ts';

/**
 * A fact with its subject: past tense, first token the owner. Publish and consume take this constant, never
 * a string. Consumers parse with `schema`, which ignores fields they do not know.
 */
export interface FactDefinition<Payload> {
  readonly subject: string;
  readonly owner: ServiceName;
  readonly schema: z.ZodType<Payload>;
  readonly summary: string;
}

function fact<Payload>(definition: FactDefinition<Payload>): FactDefinition<Payload> {
  return definition;
}

/** Published when genuine notifications have been stored. The worker then reads Microsoft's record and acts. */
export const notificationReceivedFact = fact({
  subject: 'ingest.notification.received',
  owner: 'webhook-ingest',
  schema: notificationsReceived,
  summary: 'Genuine notifications of the connection webhook are stored.',
});

/** One subject per kind of {@link subscriptionFactKinds}; all carry the same payload shape. */
export function subscriptionFactFor(kind: (typeof subscriptionFactKinds)[number]) {
  return fact({
    subject: `fulfillment.subscription.${kind}`,
    owner: 'fulfillment-worker',
    schema: subscriptionFact,
    summary: subscriptionFactSummaries[kind],
  });
}

const subscriptionFactSummaries: Record<(typeof subscriptionFactKinds)[number], string> = {
  purchased: 'A new purchase was recorded.',
  approvalRequested:
    'The buyer has confirmed a purchase that you approve by hand. Approve or decline it before `dueAt`.',
  approvalDue: 'A purchase still waits for your approval. Microsoft voids it at `dueAt`.',
  approved: 'You have approved a purchase. Its activation continues.',
  declined: 'You have declined a purchase. Landfall asks Microsoft to end it.',
  provisioningRequested:
    "The product is asked to create the customer's space and to confirm it. Billing may wait for that.",
  provisioningFailed:
    "The product could not create the customer's space, or did not answer in time.",
  activated: 'The subscription is Subscribed; billing has started.',
  claimed:
    "Someone in the customer's organisation linked a subscription that was activated without a visit.",
  activationFailed: 'The requested activation failed for good.',
  planChanged: 'The plan has changed.',
  quantityChanged: 'The number of seats has changed.',
  changeRefused: "Your rules or your product refused a customer's change.",
  accessRequested: "Someone in the customer's organisation requested access to the manage page.",
  suspended: 'A payment failed. Limit access, but keep the data.',
  reinstated: 'The payment went through. Restore full access.',
  renewed: 'A new term has begun. The reason is `trial-converted` if it is the first paid one.',
  autoRenewChanged: 'The customer has switched automatic renewal off or on.',
  beneficiaryChanged:
    'Microsoft named the beneficiary for the first time, or another one after a transfer.',
  purchaserChanged: 'Microsoft named the purchaser for the first time, or another one.',
  configurationDue: 'A purchase is still not activated. Microsoft cancels it after 30 days.',
  suspensionEnding: 'A suspended subscription ends for good soon, unless the customer pays.',
  unsubscribed: 'The subscription has ended for good.',
  erasureDue:
    'The retention period of an ended subscription is over. Erase its data; Landfall erases its personal data a day later.',
  personalDataErased:
    'Landfall has erased the personal data of an ended subscription. The record stays.',
};

/** What became of an hour of usage. Test purchases are included and marked. */
export const usageOutcomes = ['billed', 'refused', 'writtenOff'] as const;

const usageSettled = z.object({
  eventId: z.string(),
  /** Absent in facts published before this field existed. */
  publisherId: z.string().optional(),
  subscriptionId: z.string(),
  dimension: z.string(),
  /** Start of the UTC hour. */
  hour: z.iso.datetime(),
  planId: z.string(),
  /** Decimal text; a JSON number in facts published before quantities were exact. */
  quantity: z.union([
    z.string(),
    z.number().transform((units) => decimalText(decimal(String(units)))),
  ]),
  /** Absent in facts published before this field existed. */
  outcome: z.enum(usageOutcomes).optional(),
  /** Microsoft's status of the row; an open set: Accepted, Duplicate, Expired, … */
  status: z.string(),
  /**
   * Why the hour is not billed as reported: refused, quantity-mismatch, outcome-unknown, expired, not-active, or the code of
   * a fault.
   */
  problem: z.string().optional(),
  usageEventId: z.string().optional(),
  isTest: z.boolean().optional(),
  settledAt: z.iso.datetime(),
});

export type UsageSettled = z.output<typeof usageSettled>;

/** Published when an hour has its final outcome, and again if a refused hour is sent again and ends differently. */
export const usageSettledFact = fact({
  subject: 'billing.usage.settled',
  owner: 'billing-sync',
  schema: usageSettled,
  summary: 'An hour of usage has its final outcome: billed, refused or written off.',
});

const usageThresholdCrossed = z.object({
  eventId: z.string(),
  publisherId: z.string(),
  subscriptionId: z.string(),
  dimension: z.string(),
  planId: z.string(),
  termStart: z.iso.datetime().optional(),
  /** The limit that was crossed, and the units of the term above the included quantity. Decimal text. */
  limit: z.string(),
  overage: z.string(),
  crossedAt: z.iso.datetime(),
});

export type UsageThresholdCrossed = z.output<typeof usageThresholdCrossed>;

/** Published once per limit and term. */
export const usageThresholdCrossedFact = fact({
  subject: 'billing.usage.thresholdCrossed',
  owner: 'billing-sync',
  schema: usageThresholdCrossed,
  summary: "A subscription's usage above the included quantity crossed a limit that you set.",
});

/** A fact about usage. Its subject says which one. */
export type UsageFact = UsageSettled | UsageThresholdCrossed;

/** First token of each service's subjects. */
const subjectTokens: Readonly<Record<ServiceName, string>> = {
  gateway: 'gateway',
  landing: 'landing',
  'webhook-ingest': 'ingest',
  'fulfillment-worker': 'fulfillment',
  'billing-sync': 'billing',
};

/** Published when a service finds something that needs attention, and again if its severity or due time changes. */
export function matterOpenedFactOf(owner: ServiceName): FactDefinition<MatterOpened> {
  return fact({
    subject: `${subjectTokens[owner]}.matter.opened`,
    owner,
    schema: matterOpened,
    summary: 'Something needs attention.',
  });
}

/** Published when the cause of a matter is gone. The gateway also publishes it when a person closes any matter. */
export function matterClosedFactOf(owner: ServiceName): FactDefinition<MatterClosed> {
  return fact({
    subject: `${subjectTokens[owner]}.matter.closed`,
    owner,
    schema: matterClosed,
    summary: 'A matter is closed: its cause is gone, or a person has closed it.',
  });
}

/** A fact about a matter. Its subject says which one. */
export type MatterFact = MatterOpened | MatterClosed;

/** Every fact. */
export const facts: readonly FactDefinition<unknown>[] = [
  notificationReceivedFact,
  ...subscriptionFactKinds.map((kind) => subscriptionFactFor(kind)),
  usageSettledFact,
  usageThresholdCrossedFact,
  ...services.flatMap(({ name }) => [matterOpenedFactOf(name), matterClosedFactOf(name)]),
];
