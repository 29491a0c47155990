import { z } from 'zod';
import type { CustomerMailSettings } from '@landfall/contracts/customer-mail-procedures';
import type { ProductEventType } from '@landfall/contracts/product-events';
import { isPartnerLed, isTestPurchase, type Subscription } from '@landfall/domain/subscription';
import { GRACE_DAYS } from '@landfall/domain/timers';
import { createFormats } from '@landfall/words/formats';
import type { Language } from '@landfall/words/language';
import {
  mailTexts,
  type CustomerMail,
  type MailOverrides,
  type MailTexts,
} from '@landfall/words/mails';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The events that become mails. Renewals have no event: see `renewals.ts`. */
export const eventsOfMails: Readonly<Record<CustomerMail, readonly ProductEventType[]>> = {
  welcome: ['subscription.provisioningRequested'],
  ready: ['subscription.activated'],
  actionNeeded: ['subscription.configurationDue'],
  suspended: ['subscription.suspended', 'subscription.suspensionEnding'],
  renewalAhead: [],
  ended: ['subscription.unsubscribed'],
  accessRequested: ['subscription.accessRequested'],
};

/** What is stored for a mail: an event of the product, or our own note of a renewal. */
const stored = z.union([
  z.object({
    type: z.string(),
    occurredAt: z.iso.datetime(),
    dueAt: z.iso.datetime().optional(),
    subscription: z.object({ id: z.string() }),
  }),
  z.object({
    mail: z.literal('renewalAhead'),
    subscriptionId: z.string(),
    date: z.string(),
  }),
]);

export interface WantedMail {
  readonly mail: CustomerMail;
  readonly subscriptionId: string;
  readonly occurredAt: Date | undefined;
  /** What the mail is about, if the event says it. */
  readonly date: Date | undefined;
}

/** The mail that a stored event asks for; undefined for an event without a mail. */
export function wantedMail(body: string): WantedMail | undefined {
  const { data: event } = stored.safeParse(JSON.parse(body));
  if (!event) return undefined;
  if ('mail' in event) {
    const { mail, subscriptionId, date } = event;
    return { mail, subscriptionId, occurredAt: undefined, date: new Date(date) };
  }
  const { type, occurredAt, dueAt, subscription } = event;
  const found = Object.entries(eventsOfMails).find(([, types]) =>
    (types as readonly string[]).includes(type),
  );
  return (
    found && {
      mail: found[0] as CustomerMail,
      subscriptionId: subscription.id,
      occurredAt: new Date(occurredAt),
      date: dueAt === undefined ? undefined : new Date(dueAt),
    }
  );
}

/** Mails about a state that may be over when they can be sent, such as after an outage of the mail server. */
const ONLY_WHILE: Readonly<Partial<Record<CustomerMail, readonly string[]>>> = {
  actionNeeded: ['PendingFulfillmentStart', 'NotStarted'],
  suspended: ['Suspended'],
  renewalAhead: ['Subscribed'],
};

/** Why a mail is not sent to a customer; undefined if it is. */
export function whyNot(
  subscription: Subscription,
  mail: CustomerMail,
  settings: CustomerMailSettings,
): string | undefined {
  if (!settings.isOn || !settings.mails.includes(mail)) return 'switched-off';
  if (isTestPurchase(subscription) && !settings.includesTests) return 'test-purchase';
  if (isPartnerLed(subscription) && !settings.includesPartnerLed) return 'partner-led';
  if (ONLY_WHILE[mail]?.includes(subscription.status) === false) return 'outdated';
  if (subscription.beneficiary.emailId === undefined) return 'no-address';
  return undefined;
}

/** The date that a mail names: as the event says, otherwise by Microsoft's or the publisher's own time. */
export function dateOf(
  { mail, occurredAt, date }: WantedMail,
  { retentionDays, now }: { readonly retentionDays: number; readonly now: Date },
): Date {
  if (date) return date;
  const days = mail === 'ended' ? retentionDays : GRACE_DAYS;
  return new Date((occurredAt ?? now).getTime() + days * DAY_MS);
}

/** The texts of a mail about a subscription. */
export function textsFor(
  mail: CustomerMail,
  of: {
    readonly offerId: string;
    readonly planId: string;
    readonly date: Date;
    readonly language: Language;
    readonly settings: CustomerMailSettings;
    readonly overrides: MailOverrides;
  },
): MailTexts {
  const { offerId, planId, date, language, settings, overrides } = of;
  const values = {
    product: settings.productNames[offerId] ?? offerId,
    plan: planId,
    date: createFormats(language).date(date),
  };
  return mailTexts(mail, { language, values, overrides });
}
