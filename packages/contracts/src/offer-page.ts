import { z } from 'zod';
import { inLanguages, text } from './text.ts';

/** A buyer wants to be done within minutes; longer forms belong into the product. */
const MAX_QUESTIONS = 30;
const MAX_CHOICES = 100;
const MAX_LABEL_LENGTH = 200;
const MAX_HELP_LENGTH = 500;
/** Longer than any of our own messages, with room for wordier languages. */
const MAX_MESSAGE_LENGTH = 2000;
/** Base64 of the 64 KiB that a logo may have: it is on each page of a buyer who may be on the road. */
const MAX_LOGO_BASE64_LENGTH = 90_000;
/** Two or three sentences; thirty such answers fit into one form and one message. */
export const MAX_ANSWER_LENGTH = 500;

const httpsUrl = z.url({ protocol: /^https$/, error: 'must begin with https://' }).max(500);
const colour = z.stringFormat('colour', /^#[0-9a-f]{6}$/i);

/** What browsers can fill in by themselves; the words of the HTML standard. */
const autocompletes = [
  'name',
  'given-name',
  'family-name',
  'organization',
  'organization-title',
  'email',
  'tel',
  'url',
  'street-address',
  'postal-code',
  'address-level2',
  'country-name',
] as const;

export const questionKinds = ['text', 'choice', 'number', 'check', 'email'] as const;

/** One thing that the buyer is asked before the activation. The answer is handed on under `id`. */
export const question = z.object({
  id: z.stringFormat('question id', /^[a-z][a-zA-Z0-9_-]{0,49}$/),
  kind: z.enum(questionKinds),
  label: inLanguages(MAX_LABEL_LENGTH),
  help: inLanguages(MAX_HELP_LENGTH).optional(),
  /** Of a check: it must be ticked. */
  required: z.boolean().default(false),
  /** `text`: the whole answer fits it. A regular expression that RE2 and HTML both understand. */
  pattern: text(200).min(1).optional(),
  /** `number`: the smallest and the largest one. `text`: the shortest and the longest. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** `number`: no fractions. */
  integer: z.boolean().optional(),
  choices: z
    .array(z.object({ value: text(100).min(1), label: inLanguages(MAX_LABEL_LENGTH) }))
    .max(MAX_CHOICES)
    .optional(),
  autocomplete: z.enum(autocompletes).optional(),
  /** Asked for these plans alone. */
  plans: z.array(text(100).min(1)).min(1).max(MAX_CHOICES).optional(),
});

export type Question = z.output<typeof question>;

/**
 * `#rrggbb`. A button has `onAccent` upon `accent`; links have `accent` upon the page. What is left out
 * is computed; what is given and cannot be read (WCAG 2.2 AA, 4.5:1) is refused.
 */
const colours = z.object({
  accent: colour,
  onAccent: colour.optional(),
  /** The same in dark mode. */
  accentDark: colour.optional(),
  onAccentDark: colour.optional(),
});

const brandingShape = {
  productName: text(100).min(1).optional(),
  /** Where "open the product" leads. */
  productUrl: httpsUrl.optional(),
  colours: colours.optional(),
  links: z
    .object({
      support: httpsUrl.optional(),
      terms: httpsUrl.optional(),
      privacy: httpsUrl.optional(),
    })
    .optional(),
  supportEmail: z.email().max(320).optional(),
  /** For whoever asks for none of ours. */
  defaultLanguage: text(10).min(2).optional(),
};

const hash = z.stringFormat('hash', /^[0-9a-f]{64}$/);

const beside = {
  /** Other words for ours: by language, then by the message's key. */
  texts: z
    .record(text(10).min(2), z.record(text(100).min(1), text(MAX_MESSAGE_LENGTH).min(1)))
    .optional(),
  /** Absent: those of one level above. Empty: none. */
  questions: z.array(question).max(MAX_QUESTIONS).optional(),
};

/** What is set for a publisher, an offer or a plan. What is left out is as one level above. */
export const offerPage = z.object({
  branding: z
    .object({
      ...brandingShape,
      /** PNG, WebP or SVG of at most 64 KiB, as base64; or the hash of the one that is there. */
      logo: z
        .union([
          z.object({ base64: z.base64().min(1).max(MAX_LOGO_BASE64_LENGTH) }),
          z.object({ hash }),
        ])
        .optional(),
    })
    .optional(),
  ...beside,
});

/** The same as it is kept: the logo under its hash, at `/landing/assets/brand/<file>`. */
export const storedOfferPage = z.object({
  branding: z
    .object({ ...brandingShape, logo: z.object({ hash, file: z.string() }).optional() })
    .optional(),
  ...beside,
});

export type OfferPage = z.output<typeof offerPage>;
export type StoredOfferPage = z.output<typeof storedOfferPage>;
