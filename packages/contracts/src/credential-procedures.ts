import { z } from 'zod';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';

export const credentialStatus = z.object({
  /** Absent for the only publisher, where nobody has named it. */
  publisherId: z.string().optional(),
  /** secret, secret-file, certificate or federated; its content is nowhere in this answer. */
  kind: z.string(),
  /**
   * What matters most of: Entra or the API refuses it or it cannot be read (`rejected`), it has ended
   * (`expired`), it ends within thirty days (`expiring`), a token was had with it (`ok`).
   */
  state: z.enum(['ok', 'expiring', 'expired', 'rejected', 'unknown']),
  /** From the certificate, or as it was declared; absent where nobody knows. */
  expiresAt: z.iso.datetime().optional(),
  /** Whole days that are left; negative after the end. */
  daysLeft: z.number().int().optional(),
  lastSuccessAt: z.iso.datetime().optional(),
  lastFailureAt: z.iso.datetime().optional(),
  /** Code of the last failure; absent once a token was had, and the API took it. */
  failure: z.string().optional(),
  /** Microsoft's own sentence about it, where its API gave one. */
  explanation: z.string().optional(),
  /** What to do about it. */
  nextStep: z.string().optional(),
});

export type CredentialStatus = z.output<typeof credentialStatus>;

/** How access to Microsoft's APIs stands; served by fulfillment-worker. */
export const credentialProcedures = {
  credentials: {
    status: query({
      scope: 'credentials:read',
      scopedBy: 'publisher',
      summary:
        'The credential of each fulfillment application: its kind, its days left and whether it works.',
      input: z.object(ofPublisher),
      /** The one that needs attention most, and all of them. */
      output: credentialStatus.extend({ publishers: z.array(credentialStatus) }),
    }),
  },
} as const;
