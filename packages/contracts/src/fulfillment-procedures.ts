import { z } from 'zod';
import { calendarProcedures } from './calendar-procedures.ts';
import { credentialProcedures } from './credential-procedures.ts';
import { customerMailProcedures } from './customer-mail-procedures.ts';
import { deliveryProcedures } from './delivery-procedures.ts';
import { listenerProcedures } from './listener-procedures.ts';
import { importProcedures } from './import-procedures.ts';
import { operationProcedures } from './operation-procedures.ts';
import { policyProcedures } from './policy-procedures.ts';
import { command } from './procedures.ts';
import { publisherProcedures } from './publisher-procedures.ts';
import { ofPublisher } from './ownership.ts';
import { reconciliationProcedures } from './reconciliation-procedures.ts';
import { repairProcedures } from './repair-procedures.ts';
import { settingsProcedures } from './settings.ts';
import { subscriptionId, subscriptionProcedures } from './subscription-procedures.ts';
import { subscriptionView } from './subscription-view.ts';
import { text } from './text.ts';

/** Served by fulfillment-worker. The gateway mounts all of them except those with the scope `internal`. */
export const fulfillmentProcedures = {
  ...subscriptionProcedures,
  ...policyProcedures,
  ...settingsProcedures,
  ...reconciliationProcedures,
  ...deliveryProcedures,
  ...customerMailProcedures,
  ...repairProcedures,
  ...credentialProcedures,
  ...importProcedures,
  ...listenerProcedures,
  ...operationProcedures,
  ...publisherProcedures,
  // The gateway adds its own entries, so it serves the public calendar.
  ...calendarProcedures,
  purchases: {
    resolve: command({
      scope: 'internal',
      calledBy: ['landing'],
      scopedBy: 'installation',
      summary:
        'Resolves a purchase token to its subscription, and records the subscription if it is new.',
      input: z.object({
        purchaseToken: text(8192).min(1),
        /** The publisher whose landing page was opened. If it is absent, the first configured publisher. */
        ...ofPublisher,
      }),
      output: subscriptionView,
    }),
  },
  accessRequests: {
    record: command({
      scope: 'internal',
      calledBy: ['landing'],
      scopedBy: 'installation',
      summary: 'Records an access request from the manage page, and notifies the product once.',
      input: subscriptionId.extend({
        tenantId: text(100).min(1),
        objectId: text(100).min(1),
        askedAt: z.iso.datetime(),
      }),
      output: z.object({ isNew: z.boolean() }),
    }),
  },
} as const;

export type FulfillmentProcedures = typeof fulfillmentProcedures;
