import { z } from 'zod';
import { retention } from '@landfall/contracts/retention';
import { marketplaceBaseUrl } from '@landfall/publishers/marketplace-config';
import { hasPublishers, publisherAccessShape } from '@landfall/publishers/publisher-list';
import { baseConfigShape, secureUrl } from '@landfall/service-kit/config';
import { retentionShape } from '@landfall/service-kit/retention';

/** Each hour becomes due once. A look every few seconds costs one indexed query. */
const SUBMIT_INTERVAL_MS = 5000;

/** Reporters send with small delays. Two minutes cover them and are short against Microsoft's window of a day. */
const USAGE_HOUR_GRACE_MS = 2 * 60 * 1000;

const shape = z.object({
  ...baseConfigShape,
  ...retentionShape(retention['billing-sync'].rules),
  MARKETPLACE_BASE_URL: marketplaceBaseUrl,
  ENTRA_AUTHORITY_URL: secureUrl().describe(
    'Microsoft Entra ID, which issues access tokens: https://login.microsoftonline.com',
  ),
  ...publisherAccessShape,
  SUBMIT_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(10)
    .max(600_000)
    .default(SUBMIT_INTERVAL_MS)
    .describe('time between two checks for hours to rate and send'),
  USAGE_HOUR_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(USAGE_HOUR_GRACE_MS)
    .describe('time that an hour waits for late reports before it is rated'),
  USAGE_PAUSED_UNTIL: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .describe(
      'after a restore: until this time, usage is accepted but neither rated nor sent, so that it can be reported again first',
    ),
  USAGE_EXPIRED: z
    .enum(['write-off', 'carry'])
    .default('write-off')
    .describe(
      'usage that Microsoft no longer accepts: write-off does not bill it, carry adds it to a current hour',
    ),
});

export const configSchema = hasPublishers(shape);

export type Config = z.output<typeof configSchema>;
