/**
 * The application id of Microsoft's marketplace: the audience of our calls, and the caller of
 * webhooks.
 */
export const MARKETPLACE_APPLICATION_ID = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';

/** The only version of the fulfillment, operations and metering APIs. */
export const API_VERSION = '2018-08-31';

/** Tenant of all personal Microsoft accounts. */
export const PERSONAL_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 3600 * SECOND_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A ChangePlan or ChangeQuantity without an answer is accepted after this time. */
export const AUTO_ACCEPT_MS = 10 * SECOND_MS;

/** A purchase that is not configured becomes void after this time. */
export const PENDING_LIFE_MS = 30 * DAY_MS;

/** A suspended subscription ends after this time without a payment. */
export const GRACE_MS = 30 * DAY_MS;

/**
 * Lifetime of a purchase token today. Older pages give another one (see the oddity
 * `purchaseTokenLife`).
 */
export const PURCHASE_TOKEN_LIFE_MS = DAY_MS;
export const PURCHASE_TOKEN_LIFE_OLD_MS = HOUR_MS;

/** Usage can be reported for this long after it happened. */
export const USAGE_WINDOW_MS = DAY_MS;

/** The most rows in a batch of usage events. */
export const USAGE_BATCH_MAX = 25;

/** Submitted usage counts as processed after this time: reports lag by up to two days. */
export const USAGE_PROCESSING_MS = 2 * DAY_MS;

/** More seats are refused, whatever the plan allows. */
export const SEATS_MAX = 1_000_000;
