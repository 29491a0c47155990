import { z } from 'zod';
import { CALL_APIS, CALLERS, OUTCOMES } from '../calls/call-log.ts';
import type { ClockReading } from '../market/clock.ts';
import type { StoredFault } from '../market/faults.ts';
import type { PresetName } from '../market/presets.ts';
import type { Person } from '../authority/identities.ts';
import type { Settings } from '../market/settings.ts';
import type { DeliveryView, OperationView, SubscriptionView, UsageView } from '../market/views.ts';

/** The control API is everything under this path. */
export const CONTROL_PATH = '/_emulator';

/** The clock moves at most ten years at a time. */
const ADVANCE_MAX_MS = 10 * 366 * 86_400_000;

/** A request without parameters still needs a JSON body, because a form on another site cannot send one. */
export const emptySchema = z.strictObject({});

export const advanceSchema = z.strictObject({ ms: z.int().min(0).max(ADVANCE_MAX_MS) });

export const clockSchema = z.strictObject({
  offsetMs: z.int().min(-ADVANCE_MAX_MS).max(ADVANCE_MAX_MS).optional(),
  frozen: z.boolean().optional(),
});

export const purchaseSchema = z.strictObject({
  offerId: z.string(),
  planId: z.string(),
  quantity: z.int().min(1).optional(),
  beneficiary: z.string(),
  purchaser: z.string().optional(),
  name: z.string().min(1).max(200).optional(),
  termUnit: z.string().optional(),
  autoRenew: z.boolean().optional(),
  freeTrial: z.boolean().optional(),
  /** The private offer through which it is bought. */
  privateOfferId: z.guid().optional(),
  /** Bought by a partner in its integration sandbox. */
  isSandbox: z.boolean().optional(),
  /** A test purchase, with Microsoft's mark. */
  isTest: z.boolean().optional(),
  /** Microsoft's commerce test. Its usage is not billed. */
  isDryRun: z.boolean().optional(),
});

/** Sign-in names of the new beneficiary and purchaser. An omitted person does not change. */
export const transferSchema = z.strictObject({
  beneficiary: z.string().optional(),
  purchaser: z.string().optional(),
});

export const autoRenewSchema = z.strictObject({ autoRenew: z.boolean() });

export const changePlanSchema = z.strictObject({ planId: z.string() });
export const changeQuantitySchema = z.strictObject({ quantity: z.int() });

export const redeliverSchema = z.strictObject({
  times: z.int().min(1).max(200).default(1),
  parallel: z.boolean().default(false),
});

export const signInHintSchema = z.strictObject({ email: z.string() });

export const rotateKeysSchema = z.strictObject({ retire: z.boolean().optional() });

/** A new secret of the fulfillment application; a random one if none is given. */
export const rotateSecretSchema = z.strictObject({ clientSecret: z.string().min(8).optional() });

/** A decimal in JSON's notation. */
const decimal = z.string().regex(/^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/);

/** How the report shows a processed day of a dimension. A null status: as usual again. */
export const usageReconSchema = z.strictObject({
  subscriptionId: z.guid().toLowerCase(),
  dimension: z.string(),
  /** The UTC day of the usage, such as 2025-01-12. */
  day: z.iso.date(),
  reconStatus: z.string().min(1).nullable(),
  /** Without it: everything for Accepted, half for Mismatch, and otherwise 0. */
  processedQuantity: decimal.optional(),
});

export const usageMissingSchema = z.strictObject({ isMissing: z.boolean() });

/** Which calls of the log; all of them without a filter. */
export const callFilterSchema = z.strictObject({
  caller: z.enum(CALLERS).optional(),
  api: z.enum(CALL_APIS).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  /** A subscription's id, or its beginning. */
  subscriptionId: z.string().optional(),
});

/** A disturbance of one click. */
export interface PresetView {
  readonly name: PresetName;
  readonly title: string;
  /** What happens, in one sentence. */
  readonly text: string;
}

export type UsageReconInput = z.input<typeof usageReconSchema>;
export type PurchaseInput = z.input<typeof purchaseSchema>;
export type TransferInput = z.input<typeof transferSchema>;
export type RedeliverInput = z.input<typeof redeliverSchema>;

export interface LandingVisit {
  readonly purchaseToken: string;
  /** The landing page's URL with the token; null if no landing page is set. */
  readonly landingUrl: string | null;
}

export interface PurchaseResult extends LandingVisit {
  readonly subscriptionId: string;
}

export interface RedeliverResult {
  /** The HTTP status per copy; null without an answer. */
  readonly statuses: readonly (number | null)[];
}

/** The whole state of the marketplace, without keys and secrets. */
export interface StateView {
  readonly clock: ClockReading;
  readonly settings: Settings;
  readonly faults: readonly StoredFault[];
  readonly people: readonly Omit<Person, 'password'>[];
  readonly subscriptions: readonly SubscriptionView[];
  readonly operations: readonly OperationView[];
  readonly deliveries: readonly DeliveryView[];
  readonly usage: readonly UsageView[];
}
