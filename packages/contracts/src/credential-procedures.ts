import { z } from 'zod';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';

/** State of one publisher's credential. Never contains the credential itself. */
export const credentialStatus = z.object({
  /** Absent for the only publisher if it has no configured id. */
  publisherId: z.string().optional(),
  /** secret, secret-file, certificate or federated. The answer never contains the credential itself. */
  kind: z.string(),
  /**
   * The most serious state that applies: `rejected` (Entra or the API refuses it, or it cannot be read),
   * `expired`, `expiring` (within thirty days), or `ok` (it yielded a token).
   */
  state: z.enum(['ok', 'expiring', 'expired', 'rejected', 'unknown']),
  /** From the certificate or the configuration; absent if unknown. */
  expiresAt: z.iso.datetime().optional(),
  /** Whole days until it expires; negative afterwards. */
  daysLeft: z.number().int().optional(),
  lastSuccessAt: z.iso.datetime().optional(),
  lastFailureAt: z.iso.datetime().optional(),
  /** Code of the last failure; absent once it yielded a token that the API accepted. */
  failure: z.string().optional(),
  /** Microsoft's own explanation, if its API gave one. */
  explanation: z.string().optional(),
  /** What the operator should do. */
  nextStep: z.string().optional(),
});

export type CredentialStatus = z.output<typeof credentialStatus>;

/** State of the access to Microsoft's APIs; served by fulfillment-worker. */
export const credentialProcedures = {
  credentials: {
    status: query({
      scope: 'credentials:read',
      scopedBy: 'publisher',
      summary:
        'The credential of each fulfillment application: its kind, the days left, and whether it works.',
      input: z.object(ofPublisher),
      /** The credential that needs attention most, and the list of all. */
      output: credentialStatus.extend({ publishers: z.array(credentialStatus) }),
    }),
  },
} as const;
