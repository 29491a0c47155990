import { customerMails, type CustomerMail } from '@landfall/contracts/customer-mails';
import { isLanguage, type Language } from './language.ts';
import de from '../mails/de.json' with { type: 'json' };
import en from '../mails/en.json' with { type: 'json' };
import es from '../mails/es.json' with { type: 'json' };
import fr from '../mails/fr.json' with { type: 'json' };
import ja from '../mails/ja.json' with { type: 'json' };
import nl from '../mails/nl.json' with { type: 'json' };

export { customerMails, type CustomerMail };

export type MailKey = keyof typeof en;

/** The messages of mails to customers: `<mail>.subject`, `.preheader`, `.title`, `.text1`, `.text2`, `.button`. */
export const mailCatalogues: Readonly<Record<Language, Readonly<Record<MailKey, string>>>> = {
  en,
  de,
  fr,
  es,
  nl,
  ja,
};

/** What the texts can name. Every text may use each of them. */
export interface MailValues {
  /** What the customer bought, as the publisher calls it. */
  readonly product: string;
  readonly plan: string;
  /** A date in the language of the mail: until when something must be done, or when it happens. */
  readonly date: string;
}

export interface MailTexts {
  readonly subject: string;
  /** What mail programs show beside the subject. */
  readonly preheader: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly button: string;
  /** Why the customer gets it. */
  readonly footer: string;
  /** The link that ends mails of this kind. */
  readonly unsubscribe: string;
}

/** A publisher's own texts, by key. */
export type MailOverrides = Readonly<Partial<Record<MailKey, string>>>;

/** The texts of a mail. An own text with a problem is ignored, so that a mail is never lost because of it. */
export function mailTexts(
  mail: CustomerMail,
  given: {
    readonly language: Language;
    readonly values: MailValues;
    readonly overrides?: MailOverrides | undefined;
  },
): MailTexts {
  const { language, values, overrides = {} } = given;
  const own = Object.entries(overrides).filter(
    ([key, text]) => isMailKey(key) && mailTextProblem(text) === undefined,
  );
  const texts = { ...mailCatalogues[language], ...Object.fromEntries(own) };
  const say = (key: MailKey) =>
    texts[key].replaceAll(PLACES, (_, name: keyof MailValues) => values[name]);
  return {
    subject: say(`${mail}.subject`),
    preheader: say(`${mail}.preheader`),
    title: say(`${mail}.title`),
    paragraphs: [say(`${mail}.text1`), say(`${mail}.text2`)].filter((text) => text.trim() !== ''),
    button: say(`${mail}.button`),
    footer: say('footer'),
    unsubscribe: say('unsubscribe'),
  };
}

/** Where a text names a value. Texts are written by people who sell, so they have no other syntax, and apostrophes mean nothing. */
const PLACES = /\{(product|plan|date)\}/g;

/** Why a publisher's own text cannot be used. */
export function mailTextProblem(text: string): 'unknown-value' | 'stray-brace' | undefined {
  const rest = text.replaceAll(PLACES, '');
  if (/\{[^{}]*\}/.test(rest)) return 'unknown-value';
  return /[{}]/.test(rest) ? 'stray-brace' : undefined;
}

export function isMailKey(key: string): key is MailKey {
  return Object.hasOwn(en, key);
}

/** The keys of a mail's texts. */
export function mailKeysOf(mail: CustomerMail): readonly MailKey[] {
  return Object.keys(en).filter((key): key is MailKey => key.startsWith(`${mail}.`));
}

/** The first of these that is a language of the mails. */
export function mailLanguage(...wanted: readonly (string | null | undefined)[]): Language {
  return wanted.find((one): one is Language => typeof one === 'string' && isLanguage(one)) ?? 'en';
}
