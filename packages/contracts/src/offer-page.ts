import { z } from 'zod';
import { inLanguages, text } from './text.ts';

/** A buyer wants to finish within minutes. Longer forms belong in the product. */
const MAX_QUESTIONS = 30;
const MAX_CHOICES = 100;
const MAX_LABEL_LENGTH = 200;
const MAX_HELP_LENGTH = 500;
/** Longer than any of Landfall's messages, with room for wordier languages. */
const MAX_MESSAGE_LENGTH = 2000;
/** Base64 of a 64 KiB logo. Every page contains it, and a buyer may be on a slow connection. */
const MAX_LOGO_BASE64_LENGTH = 90_000;
/** Two or three sentences. Thirty such answers fit in one form and one message. */
export const MAX_ANSWER_LENGTH = 500;

const httpsUrl = z.url({ protocol: /^https$/, error: 'Must begin with https://.' }).max(500);
const colour = z.stringFormat('colour', /^#[0-9a-f]{6}$/i);

/** Values of the HTML attribute `autocomplete` that a question may have. */
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

/** Kinds of questions that a buyer can be asked. */
export const questionKinds = ['text', 'choice', 'number', 'check', 'email'] as const;

/** A question to the buyer before activation. The product gets the answer under `id`. */
export const question = z.object({
  id: z.stringFormat('question id', /^[a-z][a-zA-Z0-9_-]{0,49}$/),
  kind: z.enum(questionKinds),
  label: inLanguages(MAX_LABEL_LENGTH),
  help: inLanguages(MAX_HELP_LENGTH).optional(),
  /** Whether the buyer must answer. A required check must be ticked. */
  required: z.boolean().default(false),
  /** For `text`: a regular expression for the whole answer, in the syntax that RE2 and HTML share. */
  pattern: text(200).min(1).optional(),
  /** For `number`: the smallest and largest value. For `text`: the smallest and largest length. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** For `number`: only whole numbers. */
  integer: z.boolean().optional(),
  choices: z
    .array(z.object({ value: text(100).min(1), label: inLanguages(MAX_LABEL_LENGTH) }))
    .max(MAX_CHOICES)
    .optional(),
  autocomplete: z.enum(autocompletes).optional(),
  /** Only buyers of these plans are asked. Absent: all buyers. */
  plans: z.array(text(100).min(1)).min(1).max(MAX_CHOICES).optional(),
});

export type Question = z.output<typeof question>;

/**
 * Colours as `#rrggbb`. Buttons show `onAccent` on `accent`, and links show `accent` on the page. Absent
 * colours are computed. Colours with too little contrast (WCAG 2.2 AA, 4.5:1) are refused.
 */
const colours = z.object({
  accent: colour,
  onAccent: colour.optional(),
  /** The same colours for dark mode. */
  accentDark: colour.optional(),
  onAccentDark: colour.optional(),
});

const brandingShape = {
  productName: text(100).min(1).optional(),
  /** Target of the button that opens the product. */
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
  /** The language of the pages if Landfall has none of the languages that the buyer's browser asks for. */
  defaultLanguage: text(10).min(2).optional(),
};

const hash = z.stringFormat('hash', /^[0-9a-f]{64}$/);

const textsAndQuestions = {
  /** Replacements of Landfall's own texts: by language, then by message key. */
  texts: z
    .record(text(10).min(2), z.record(text(100).min(1), text(MAX_MESSAGE_LENGTH).min(1)))
    .optional(),
  /** Absent: the questions of the level above. Empty: none. */
  questions: z.array(question).max(MAX_QUESTIONS).optional(),
};

/** Settings of a publisher, an offer or a plan. Absent fields come from the level above. */
export const offerPage = z.object({
  branding: z
    .object({
      ...brandingShape,
      /** PNG, WebP or SVG of at most 64 KiB as base64, or the hash of the stored logo to keep it. */
      logo: z
        .union([
          z.object({ base64: z.base64().min(1).max(MAX_LOGO_BASE64_LENGTH) }),
          z.object({ hash }),
        ])
        .optional(),
    })
    .optional(),
  ...textsAndQuestions,
});

/** An offer page as stored. The logo is served at `/landing/assets/brand/<file>`. */
export const storedOfferPage = z.object({
  branding: z
    .object({ ...brandingShape, logo: z.object({ hash, file: z.string() }).optional() })
    .optional(),
  ...textsAndQuestions,
});

export type OfferPage = z.output<typeof offerPage>;
export type StoredOfferPage = z.output<typeof storedOfferPage>;
