import { z } from 'zod';
import { retention } from '@landfall/contracts/retention';
import { hasPublishers, publisherShape } from '@landfall/publishers/publisher-list';
import { baseConfigShape, secureUrl } from '@landfall/service-kit/config';
import { retentionShape } from '@landfall/service-kit/retention';

const shape = z.object({
  ...baseConfigShape,
  ...retentionShape(retention['webhook-ingest'].rules),
  ENTRA_AUTHORITY_URL: secureUrl().describe(
    'Microsoft Entra ID, which signs the tokens of callers: https://login.microsoftonline.com',
  ),
  ...publisherShape,
});

/**
 * The verifier compares a caller's token (`tid`, `aud`) with the tenant and the application of the offers' technical
 * configuration. They have no defaults: the service does not start without them.
 */
export const configSchema = hasPublishers(shape);

export type Config = z.output<typeof configSchema>;
