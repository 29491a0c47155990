import { z } from 'zod';
import { credentialStatus } from './credential-procedures.ts';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';

/** The publishers of this installation; served by fulfillment-worker. */
export const publisherProcedures = {
  publishers: {
    list: query({
      scope: 'publishers:read',
      scopedBy: 'publisher',
      summary: 'The configured publishers: tenant, application, and whether the credential works.',
      input: z.object(ofPublisher),
      output: z.object({
        /** In configured order. Not paged, because the configuration bounds the list. */
        items: z.array(
          z.object({
            /** Absent for the only publisher if it has no configured id. */
            publisherId: z.string().optional(),
            /** Microsoft Entra tenant of the fulfillment application. */
            tenantId: z.string(),
            /** Application (client) ID of the fulfillment application. */
            clientId: z.string(),
            /** Whether this is the publisher of landing pages and calls that do not name one. */
            isDefault: z.boolean(),
            credential: credentialStatus.shape.state,
            /** What the operator should do, if the credential does not work or ends soon. */
            nextStep: z.string().optional(),
          }),
        ),
      }),
    }),
  },
} as const;
