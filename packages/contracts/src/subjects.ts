import type { z } from 'zod';
import { notificationReceived } from './notification-facts.ts';
import { subscriptionFactKinds, subscriptionFact } from './subscription-facts.ts';
import { usageSettled } from './usage-facts.ts';
import type { ServiceName } from './services.ts';

/**
 * A fact's subject: past tense, first token the owner. Publish and consume take this constant, never
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

/** A genuine notification is stored; the worker may read Microsoft and act. */
export const notificationReceivedFact = fact({
  subject: 'ingest.notification.received',
  owner: 'webhook-ingest',
  schema: notificationReceived,
  summary: 'A genuine notification of the connection webhook is stored.',
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
  purchased: 'A purchase is known to us for the first time.',
  provisioningRequested:
    "The product shall make the customer's space and confirm it; billing may wait for it.",
  provisioningFailed: "The product could not make the customer's space, or did not answer in time.",
  activated: 'The subscription is Subscribed; billing has started.',
  claimed: 'A person of the customer has linked what was activated without a visit.',
  activationFailed: 'The activation that was asked for will not happen.',
  planChanged: 'Another plan is in force.',
  quantityChanged: 'Another number of seats is in force.',
  changeRefused: "A customer's change was refused by the policy.",
  accessRequested: "Somebody of the customer's organisation asks for access to the manage page.",
  suspended: 'Payment is missing; access is limited, data kept.',
  reinstated: 'Payment is fixed; everything is restored.',
  renewed: 'A new term has begun; reason `trial-converted` where it is the first paid one.',
  autoRenewChanged: 'The customer has switched automatic renewal off or on.',
  beneficiaryChanged:
    'Microsoft names whom the subscription is for, or somebody else: it was transferred.',
  purchaserChanged: 'Microsoft names who bought the subscription, or somebody else.',
  configurationDue: 'A purchase is still not configured; Microsoft voids it after 30 days.',
  suspensionEnding: 'A suspended subscription is about to end for good.',
  unsubscribed: 'Ended for good; nothing revives it.',
  erasureDue: "The time to keep an ended subscription's data is over.",
  personalDataErased: 'Personal data of an ended subscription is erased here; the record stays.',
};

/** A usage hour has its final answer from the metering API. */
export const usageSettledFact = fact({
  subject: 'billing.usage.settled',
  owner: 'billing-sync',
  schema: usageSettled,
  summary: "A usage hour has Microsoft's answer: accepted, duplicate or refused.",
});

export const facts: readonly FactDefinition<unknown>[] = [
  notificationReceivedFact,
  ...subscriptionFactKinds.map((kind) => subscriptionFactFor(kind)),
  usageSettledFact,
];
