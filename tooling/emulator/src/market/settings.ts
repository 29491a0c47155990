import { z } from 'zod';
import { AUTO_ACCEPT_MS } from './constants.ts';
import { odditiesPatchSchema, odditiesSchema } from './oddities.ts';

const httpUrl = z.url({ protocol: /^https?$/ });

const consentSchema = z.record(z.guid(), z.enum(['access_denied', 'consent_required']));

const registrationsSchema = z.record(
  z.string(),
  z.strictObject({ webhookUrl: httpUrl.optional(), landingUrl: httpUrl.optional() }),
);

export const settingsSchema = z.object({
  webhookUrl: httpUrl.nullable().default(null),
  landingUrl: httpUrl.nullable().default(null),
  /** Different URLs of single publishers, by publisher id. */
  registrations: registrationsSchema.default({}),
  /** Version of the token on a notification, as in the application's manifest. */
  tokenVersion: z.union([z.literal(1), z.literal(2)]).default(2),
  /** Time from the 200 of Activate until the subscription is Subscribed. */
  activationDelayMs: z.int().min(0).default(1500),
  /** Activations end in Unsubscribed, with its notification, instead of Subscribed. */
  activationFails: z.boolean().default(false),
  /** Time from the 202 of a publisher's change until it is processed. */
  partnerDelayMs: z.int().min(0).default(1000),
  /** Time after which a change without the publisher's answer is accepted. Microsoft's is the default. */
  autoAcceptMs: z.int().min(0).default(AUTO_ACCEPT_MS),
  /** Lags of records while `recordLag` is measured. Each subscription always has the same one. */
  recordLagMs: z.array(z.int().min(0)).min(1).default([2000]),
  /** How long Get answers 404 to a new purchase while `firstGetLate` is measured. */
  firstGetLateMs: z.int().min(0).default(12_000),
  /** How long Get Operation does not find a new operation while `getOperationLate` is measured. */
  getOperationLateMs: z.int().min(0).default(1500),
  /** The status of processed usage in read-back; null means Accepted. */
  reconStatus: z.string().nullable().default(null),
  /** Tenants whose administrators do not allow user consent. */
  consentRefused: consentSchema.default({}),
  oddities: odditiesSchema.prefault({}),
});

export const settingsPatchSchema = z.strictObject({
  webhookUrl: httpUrl.nullable().optional(),
  landingUrl: httpUrl.nullable().optional(),
  registrations: registrationsSchema.optional(),
  tokenVersion: z.union([z.literal(1), z.literal(2)]).optional(),
  activationDelayMs: z.int().min(0).optional(),
  activationFails: z.boolean().optional(),
  partnerDelayMs: z.int().min(0).optional(),
  autoAcceptMs: z.int().min(0).optional(),
  recordLagMs: z.array(z.int().min(0)).min(1).optional(),
  firstGetLateMs: z.int().min(0).optional(),
  getOperationLateMs: z.int().min(0).optional(),
  reconStatus: z.string().nullable().optional(),
  consentRefused: consentSchema.optional(),
  oddities: odditiesPatchSchema.optional(),
});

export type Settings = z.infer<typeof settingsSchema>;
/** Any part of the settings. Omitted settings do not change. */
export type SettingsPatch = z.input<typeof settingsPatchSchema>;

export function mergeSettings(settings: Settings, patch: SettingsPatch): Settings {
  const { oddities, ...rest } = patch;
  return settingsSchema.parse({
    ...settings,
    ...rest,
    oddities: { ...settings.oddities, ...oddities },
  });
}
