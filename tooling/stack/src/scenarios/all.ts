import { approvedByHand } from './approval.ts';
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
import { invitedAdmin } from './people-and-keys.ts';
import { spaceBeforeBilling } from './provisioning.ts';
import { autoActivatedPurchase, directPurchase, partnerLedPurchase } from './purchases.ts';
import { twoPublishers } from './publishers.ts';
import { repeatedCommand } from './repeated-command.ts';
import type { Scenario } from './scenario.ts';
import { notifiedByMail } from './notified-by-mail.ts';
import { forgedNotification, missedUnsubscribe, repeatedNotification } from './trust.ts';
import { meteredUsage } from './usage/counted-once.ts';
import { outage } from './usage/outage.ts';
import { readBack } from './usage/read-back.ts';
import { recurringFee } from './usage/recurring.ts';
import { refusedHours } from './usage/refused-hours.ts';
import { monthlyStatement } from './usage/statement.ts';
import { monthlyAndYearly, privatePlan } from './usage/terms.ts';
import { newTerm } from './usage/terms-and-tiers.ts';
import { ownVerdicts } from './usage/verdicts.ts';

/**
 * What `npm run demo` plays, in this order. Each scenario makes its own purchase and does not
 * affect the others.
 */
export const scenarios: readonly Scenario[] = [
  directPurchase,
  spaceBeforeBilling,
  approvedByHand,
  notifiedByMail,
  acceptedPlanChange,
  refusedPlanChange,
  productRefuses,
  lateRefusal,
  quantityChange,
  suspendAndReinstate,
  renewal,
  meteredUsage,
  monthlyAndYearly,
  privatePlan,
  ownVerdicts,
  monthlyStatement,
  publisherPlanChange,
  managedByCustomer,
  customerCancels,
  publisherCancels,
  autoActivatedPurchase,
  partnerLedPurchase,
  repeatedNotification,
  repeatedCommand,
  forgedNotification,
  missedUnsubscribe,
  twoPublishers,
  invitedAdmin,
  // These move the clock ahead by about five weeks in all. No later scenario uses what was bought before.
  refusedHours,
  outage,
  recurringFee,
  readBack,
  newTerm,
];
