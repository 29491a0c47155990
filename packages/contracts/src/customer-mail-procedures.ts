import { z } from 'zod';
import { customerMails } from './customer-mails.ts';
import { languages } from './languages.ts';
import { ofPublisher } from './ownership.ts';
import { command, query } from './procedures.ts';
import { text } from './text.ts';

const mail = z.enum(customerMails);
const language = z.enum(languages);
/** Longer paragraphs are not read. */
const MAX_TEXT = 2000;

const fields = {
  /** Whether customers get mails. */
  isOn: z.boolean(),
  /** The mails that they get. */
  mails: z.array(mail).max(customerMails.length),
  /** The language of the mails. */
  language: z.enum(languages),
  /** The name of the sender. Null: the installation's. */
  senderName: text(100).min(1).nullable(),
  /** Where answers go. Null: to the installation's address. */
  replyTo: z.email().max(254).nullable(),
  /** Names of your offers as customers know them, by offer ID. Without one, the offer ID is shown. */
  productNames: z.record(text(100).min(1), text(200).min(1)),
  /** If true, test purchases get mails too. */
  includesTests: z.boolean(),
  /** If true, customers of partners (CSP) get mails too. Usually the partner writes to them. */
  includesPartnerLed: z.boolean(),
};

export const customerMailSettings = z.object(fields);

export type CustomerMailSettings = z.output<typeof customerMailSettings>;

const settingsView = customerMailSettings.extend({
  /** False: this installation has no mail server, so nothing is sent. */
  isReady: z.boolean(),
  nextStep: z.string().optional(),
  /** The destination under which deliveries are listed. Absent until mails are switched on. */
  destinationId: z.uuid().optional(),
});

/** A text of one offer (or of all) in one language. */
const place = {
  ...ofPublisher,
  /** Absent: all offers. */
  offerId: text(100).min(1).optional(),
  language,
};

const shown = {
  subject: z.string(),
  html: z.string(),
  text: z.string(),
};

/** Mails to customers; served by fulfillment-worker. */
export const customerMailProcedures = {
  customerMails: {
    get: query({
      scope: 'settings:read',
      scopedBy: 'publisher',
      summary: 'Whether customers get mails, and which.',
      input: z.object(ofPublisher),
      output: settingsView,
    }),
    put: command({
      scope: 'settings:write',
      scopedBy: 'publisher',
      summary: 'Switches mails to customers on or off, and chooses them. What is absent stays.',
      auditedBy: 'get',
      input: z.object({ ...ofPublisher, settings: z.object(fields).partial() }),
      output: settingsView,
    }),
    texts: query({
      scope: 'settings:read',
      scopedBy: 'publisher',
      summary: 'The texts of the mails in a language: yours, and those that they replace.',
      input: z.object(place),
      output: z.object({
        items: z.array(
          z.object({
            /** Such as `ready.subject`. */
            key: z.string(),
            /** The text in force. */
            text: z.string(),
            /** Set for exactly this offer (or for all offers) and language. */
            own: z.string().optional(),
          }),
        ),
      }),
    }),
    putText: command({
      scope: 'settings:write',
      scopedBy: 'publisher',
      summary:
        'Replaces a text of a mail. It may name {product}, {plan} and {date}. Null: our text again.',
      auditedBy: 'texts',
      input: z.object({ ...place, key: text(60), text: text(MAX_TEXT).min(1).nullable() }),
      output: z.object({ key: z.string(), text: z.string(), own: z.string().optional() }),
    }),
    preview: query({
      scope: 'settings:read',
      scopedBy: 'publisher',
      summary: 'A mail as customers get it, with sample values.',
      input: z.object({ ...place, mail }),
      output: z.object(shown),
    }),
    test: command({
      scope: 'settings:write',
      scopedBy: 'publisher',
      summary: 'Sends a mail with sample values to an address of yours.',
      input: z.object({ ...place, mail, to: z.email().max(254) }),
      output: z.object({
        isSent: z.boolean(),
        /** Code of the failure, as in deliveries.get. */
        failure: z.string().optional(),
        answerCode: z.string().optional(),
      }),
    }),
  },
} as const;
