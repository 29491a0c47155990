import {
  acceptedPlanChange,
  customerCancels,
  publisherCancels,
  publisherPlanChange,
  quantityChange,
  refusedPlanChange,
} from './changes.ts';
import { lateRefusal, productRefuses } from './decisions.ts';
import { renewal, suspendAndReinstate } from './lifecycle.ts';
import { managedByCustomer } from './manage-page.ts';
import { spaceBeforeBilling } from './provisioning.ts';
import { autoActivatedPurchase, directPurchase, partnerLedPurchase } from './purchases.ts';
import { twoPublishers } from './publishers.ts';
import type { Scenario } from './scenario.ts';
import { forgedNotification, missedUnsubscribe, repeatedNotification } from './trust.ts';
import { meteredUsage } from './usage.ts';

/**
 * What `npm run demo` plays, in this order. Each scenario makes its own purchase and does not
 * affect the others.
 */
export const scenarios: readonly Scenario[] = [
  directPurchase,
  spaceBeforeBilling,
  acceptedPlanChange,
  refusedPlanChange,
  productRefuses,
  lateRefusal,
  quantityChange,
  suspendAndReinstate,
  renewal,
  meteredUsage,
  publisherPlanChange,
  managedByCustomer,
  customerCancels,
  publisherCancels,
  autoActivatedPurchase,
  partnerLedPurchase,
  repeatedNotification,
  forgedNotification,
  missedUnsubscribe,
  twoPublishers,
];
