import { z } from 'zod';
import { credentialProcedures } from './credential-procedures.ts';
import { deliveryProcedures } from './delivery-procedures.ts';
import { policyProcedures } from './policy-procedures.ts';
import { command } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { reconciliationProcedures } from './reconciliation-procedures.ts';
import { repairProcedures } from './repair-procedures.ts';
import { settingsProcedures } from './settings.ts';
import { subscriptionId, subscriptionProcedures } from './subscription-procedures.ts';
import { subscriptionView } from './subscription-view.ts';
import { text } from './text.ts';

/** Served by fulfillment-worker; all but `internal` ones are also mounted by the gateway. */
export const fulfillmentProcedures = {
  ...subscriptionProcedures,
  ...policyProcedures,
  ...settingsProcedures,
  ...reconciliationProcedures,
  ...deliveryProcedures,
  ...repairProcedures,
  ...credentialProcedures,
  purchases: {
    resolve: command({
      scope: 'internal',
      calledBy: ['landing'],
      scopedBy: 'installation',
      summary: 'Resolves a purchase token to its subscription, and records a new subscription.',
      input: z.object({
        purchaseToken: text(8192).min(1),
        /** Whose landing page was opened; absent: the only publisher's, or the first one's. */
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
      summary: 'Someone requested access on the manage page. The product is notified once.',
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
