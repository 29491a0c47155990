/**
 * The application id of Microsoft's marketplace in Entra ID. We request tokens for this resource, and every
 * webhook token must name it as its caller. Samples contain similar ids, so never retype it.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-registration
 */
export const MARKETPLACE_APPLICATION_ID = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';

/** The api-version of the SaaS fulfillment v2, operations and metering APIs. There is only this one. */
export const API_VERSION = '2018-08-31';

/** Microsoft Entra ID of the public cloud. */
export const DEFAULT_AUTHORITY_URL = 'https://login.microsoftonline.com';

/** Fulfillment is at `/saas/subscriptions` below it, metering directly below. Microsoft has no test host. */
export const DEFAULT_MARKETPLACE_BASE_URL = 'https://marketplaceapi.microsoft.com/api';
