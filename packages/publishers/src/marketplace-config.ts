import { z } from 'zod';
import { DEFAULT_MARKETPLACE_BASE_URL } from '@landfall/marketplace/constants';

/** What people copy from Microsoft's pages behind the base address; our paths begin with it. */
const COPIED_PATH = /\/saas(?:\/subscriptions)?$/i;

/**
 * `MARKETPLACE_BASE_URL`: without the slash or the `/saas` that was copied with it. With Microsoft's own
 * host it can only be one address: at any other every call is a 404, which reads like "unknown".
 */
export const marketplaceBaseUrl = z
  .url()
  .describe(`Microsoft's API: ${DEFAULT_MARKETPLACE_BASE_URL}`)
  .transform((text) => text.replace(/\/+$/, '').replace(COPIED_PATH, ''))
  .refine((text) => text === DEFAULT_MARKETPLACE_BASE_URL || !isMicrosoft(text), {
    message: `set ${DEFAULT_MARKETPLACE_BASE_URL}`,
  });

function isMicrosoft(text: string): boolean {
  return URL.parse(text)?.hostname === new URL(DEFAULT_MARKETPLACE_BASE_URL).hostname;
}
