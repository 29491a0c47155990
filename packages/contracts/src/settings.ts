import { z } from 'zod';
import { defaultSettings, GRACE_DAYS, MIN_RETENTION_DAYS } from '@landfall/domain/timers';
import { command, query } from './procedures.ts';
import { text } from './text.ts';

/** More reminders than days make no sense; the bound keeps a subscription's timers few. */
const MAX_REMINDERS = 10;
/** Microsoft voids a purchase after 30 days: a product must not be waited for until then. */
const MAX_TIMEOUT_HOURS = (GRACE_DAYS - 1) * 24;
/** Ten years: longer than tax law asks for anywhere that we know of. */
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
  .refine((days) => new Set(days).size === days.length, { error: 'each day once' });

/** Absent `offerId`: every offer without settings of its own. Absent `publisherId`: every publisher. */
export const settingsTarget = z.object({
  publisherId: text(100).min(1).optional(),
  offerId: text(100).min(1).optional(),
});

/**
 * What a publisher sets for an offer. Days are whole days of 24 hours; what is left out has its default.
 * Microsoft's own 30 days (to configure, and suspended) and 7 days of retention are not negotiable.
 */
export const offerSettings = z.object({
  /** Activation, and so billing, waits until the product has confirmed the customer's space. */
  waitForProduct: z.boolean().default(defaultSettings.waitForProduct),
  /** How long the product may take; then the activation fails as `product-silent`. */
  timeoutHours: z.number().positive().max(MAX_TIMEOUT_HOURS).default(defaultSettings.timeoutHours),
  /** Days after a purchase is known on which `configurationDue` is told. */
  configurationReminderDays: reminderDays.default([...defaultSettings.configurationReminderDays]),
  /** Days before the end of a suspension on which `suspensionEnding` is told. */
  suspensionReminderDays: reminderDays.default([...defaultSettings.suspensionReminderDays]),
  /** Days after the end until `erasureDue` is told; personal data is erased here a day later. */
  retentionDays: z
    .number()
    .int()
    .min(MIN_RETENTION_DAYS)
    .max(MAX_RETENTION_DAYS)
    .default(defaultSettings.retentionDays),
});

export type OfferSettings = z.output<typeof offerSettings>;

/** Served by fulfillment-worker. */
export const settingsProcedures = {
  settings: {
    get: query({
      scope: 'settings:read',
      calledBy: ['landing'],
      scopedBy: 'publisher',
      summary: 'Settings of an offer: waiting for the product, reminders and retention.',
      input: settingsTarget,
      output: offerSettings,
    }),
    put: command({
      scope: 'settings:write',
      scopedBy: 'publisher',
      summary:
        'Changes the settings of one offer, or the defaults for all others. Applies to whatever starts afterwards.',
      input: settingsTarget.extend({ settings: offerSettings }),
      output: offerSettings,
    }),
  },
} as const;
