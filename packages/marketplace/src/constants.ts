/**
 * The application id of Microsoft's marketplace in Entra ID: the resource we ask tokens for, and the
 * caller every connection webhook must name. Look-alikes circulate in samples; compare, never retype.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-registration
 */
export const MARKETPLACE_APPLICATION_ID = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';

/** The one api-version of the SaaS fulfillment v2, operations and metering APIs. */
export const API_VERSION = '2018-08-31';

/** Microsoft Entra ID of the public cloud. */
export const DEFAULT_AUTHORITY_URL = 'https://login.microsoftonline.com';

/** Fulfillment lives below `/saas/subscriptions`, metering directly below. There is no test host. */
export const DEFAULT_MARKETPLACE_BASE_URL = 'https://marketplaceapi.microsoft.com/api';
