import { z } from 'zod';
import { INSECURE_ADDRESS, isSecureAddress } from '@landfall/domain/loopback';
import { DEFAULT_MARKETPLACE_BASE_URL } from '@landfall/marketplace/constants';

/** People copy this from Microsoft's pages together with the base address. Our paths add it again. */
const COPIED_PATH = /\/saas(?:\/subscriptions)?$/i;

/**
 * `MARKETPLACE_BASE_URL`, without a trailing slash or copied `/saas`. On Microsoft's host, only one address
 * is valid: at any other one, every call gives a 404, which would look like an unknown subscription.
 */
export const marketplaceBaseUrl = z
  .url()
  .refine(isSecureAddress, INSECURE_ADDRESS)
  .describe(`Microsoft's API: ${DEFAULT_MARKETPLACE_BASE_URL}`)
  .transform((text) => text.replace(/\/+$/, '').replace(COPIED_PATH, ''))
  .refine((text) => text === DEFAULT_MARKETPLACE_BASE_URL || !isMicrosoft(text), {
    message: `set ${DEFAULT_MARKETPLACE_BASE_URL}`,
  });

function isMicrosoft(text: string): boolean {
  return URL.parse(text)?.hostname === new URL(DEFAULT_MARKETPLACE_BASE_URL).hostname;
}
