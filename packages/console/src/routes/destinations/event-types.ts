import type { ProductEventType } from '@landfall/contracts/product-events';

/** The types of events, as a page can load them: the contract's own list brings the schemas of all events with it. */
export const eventTypes = [
  'subscription.purchased',
  'subscription.approvalRequested',
  'subscription.approvalDue',
  'subscription.approved',
  'subscription.declined',
  'subscription.provisioningRequested',
  'subscription.provisioningFailed',
  'subscription.activated',
  'subscription.claimed',
  'subscription.activationFailed',
  'subscription.planChanged',
  'subscription.quantityChanged',
  'subscription.changeRefused',
  'subscription.accessRequested',
  'subscription.suspended',
  'subscription.reinstated',
  'subscription.renewed',
  'subscription.autoRenewChanged',
  'subscription.beneficiaryChanged',
  'subscription.purchaserChanged',
  'subscription.configurationDue',
  'subscription.suspensionEnding',
  'subscription.unsubscribed',
  'subscription.erasureDue',
  'subscription.personalDataErased',
  'usage.refused',
  'usage.writtenOff',
  'usage.thresholdCrossed',
  'usage.settled',
  'ping',
] as const satisfies readonly ProductEventType[];

type Missing = Exclude<ProductEventType, (typeof eventTypes)[number]>;

/** Fails the type check when the contract has a type that is not listed above. */
const nothingIsMissing: Missing extends never ? true : Missing = true;
void nothingIsMissing;
