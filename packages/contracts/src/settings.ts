import { z } from 'zod';
import { defaultSettings, GRACE_DAYS, MIN_RETENTION_DAYS } from '@landfall/domain/timers';
import { command, query } from './procedures.ts';
import { text } from './text.ts';

/** Bounds the number of timers per subscription. More reminders would not help anyone. */
const MAX_REMINDERS = 10;
/** Microsoft voids a purchase after 30 days, so the wait for the product must end a day earlier. */
const MAX_TIMEOUT_HOURS = (GRACE_DAYS - 1) * 24;
/** Ten years, the longest period of any tax law that we know of. */
const MAX_RETENTION_DAYS = 3660;

const reminderDays = z
  .array(
    z
      .number()
      .int()
      .min(1)
      .max(GRACE_DAYS - 1),
  )
  .max(MAX_REMINDERS)
  .refine((days) => new Set(days).size === days.length, {
    error: 'Each day may be listed only once.',
  });

/** Partner Center allows 100 plans per offer. */
const MAX_PLANS = 100;

/** `none`, `all`, or the plans whose purchases need an approval. */
const manualApproval = z.union([
  z.enum(['none', 'all']),
  z
    .array(text(100).min(1))
    .min(1)
    .max(MAX_PLANS)
    .refine((planIds) => new Set(planIds).size === planIds.length, {
      error: 'Each plan may be listed only once.',
    }),
]);

/** Without `offerId`: what all offers inherit. Without `publisherId`: all publishers. */
export const settingsTarget = z.object({
  publisherId: text(100).min(1).optional(),
  offerId: text(100).min(1).optional(),
});

/**
 * A publisher's settings for an offer. Fields that are set nowhere have their default. A day is 24 hours. The settings
 * cannot change Microsoft's own limits: 30 days to configure a purchase, 30 days of suspension, and at
 * least 7 days of retention.
 */
export const offerSettings = z.object({
  /** If true, activation (and so billing) waits until the product confirms the customer's space. */
  waitForProduct: z.boolean().default(defaultSettings.waitForProduct),
  /** How long the product may take. After that, the activation fails with `product-silent`. */
  timeoutHours: z.number().positive().max(MAX_TIMEOUT_HOURS).default(defaultSettings.timeoutHours),
  /**
   * Which purchases a person has to approve before Landfall activates them: `none`, `all`, or those of the listed plans. A
   * purchase that waits already keeps waiting until someone decides.
   */
  manualApproval: manualApproval.default('none'),
  /** `configurationDue`, or `approvalDue` for a purchase that waits for approval, is published this many days after Landfall first sees the purchase. */
  configurationReminderDays: reminderDays.default([...defaultSettings.configurationReminderDays]),
  /** `suspensionEnding` is published this many days before the suspension ends. */
  suspensionReminderDays: reminderDays.default([...defaultSettings.suspensionReminderDays]),
  /** Days from the end until `erasureDue` is published. Landfall erases personal data a day later. */
  retentionDays: z
    .number()
    .int()
    .min(MIN_RETENTION_DAYS)
    .max(MAX_RETENTION_DAYS)
    .default(defaultSettings.retentionDays),
});

export type OfferSettings = z.output<typeof offerSettings>;

const { shape } = offerSettings;

/** A change of settings: what is absent stays, and null goes back to the inherited value. */
export const settingsChange = z.object({
  waitForProduct: shape.waitForProduct.removeDefault().nullable().optional(),
  timeoutHours: shape.timeoutHours.removeDefault().nullable().optional(),
  manualApproval: shape.manualApproval.removeDefault().nullable().optional(),
  configurationReminderDays: shape.configurationReminderDays.removeDefault().nullable().optional(),
  suspensionReminderDays: shape.suspensionReminderDays.removeDefault().nullable().optional(),
  retentionDays: shape.retentionDays.removeDefault().nullable().optional(),
});

export type SettingsChange = z.output<typeof settingsChange>;

/** What is set for exactly one target. The rest is inherited. */
export const ownSettings = z.object({
  waitForProduct: z.boolean().optional(),
  timeoutHours: z.number().optional(),
  manualApproval: manualApproval.optional(),
  configurationReminderDays: z.array(z.number()).optional(),
  suspensionReminderDays: z.array(z.number()).optional(),
  retentionDays: z.number().optional(),
});

export type OwnSettings = z.output<typeof ownSettings>;

/** The settings in force for a target, and which of them are its own. */
const settingsView = offerSettings.extend({ own: ownSettings });

/** Settings of offers; served by fulfillment-worker. */
export const settingsProcedures = {
  settings: {
    get: query({
      scope: 'settings:read',
      calledBy: ['landing'],
      scopedBy: 'publisher',
      summary:
        'Settings in force for an offer: waiting for the product, approval, reminders and retention. `own` lists those that are set for the offer itself.',
      input: settingsTarget,
      output: settingsView,
    }),
    put: command({
      scope: 'settings:write',
      scopedBy: 'publisher',
      summary:
        'Changes the named settings of one offer, or those that offers inherit. With null, the offer inherits the setting again. A change applies only to what starts afterwards.',
      auditedBy: 'get',
      input: settingsTarget.extend({ settings: settingsChange }),
      output: settingsView.extend({
        /** What looks like a mistake, such as an offer that no subscription has. */
        warnings: z.array(z.string()).optional(),
      }),
    }),
  },
} as const;
