import { z } from 'zod';
import { baseConfigShape } from '@landfall/service-kit/config.ts';

/** What the verifier compares a caller with. None has a default: without them the service does not start. */
export const configSchema = z.object({
  ...baseConfigShape,
  /** https://login.microsoftonline.com, or the local authority on loopback. */
  ENTRA_AUTHORITY_URL: z.url(),
  /** Tenant of the offer's technical configuration; the token's `tid`. */
  PUBLISHER_TENANT_ID: z.guid(),
  /** Application of the offer's technical configuration; the token's `aud`. */
  FULFILLMENT_CLIENT_ID: z.guid(),
});

export type Config = z.output<typeof configSchema>;
