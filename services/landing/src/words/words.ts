import { html } from 'hono/html';
import { IntlMessageFormat, type MessageFormatPart } from 'intl-messageformat';
import { catalogues, type MessageKey, type Messages } from './catalogues.ts';
import { isLanguage, languages, type Language } from './language.ts';
import { namesIn, type MessageNames } from './message-names.ts';
import type { MessageTypes } from './message-types.ts';

export { isLanguage, languages };
export type { Language, MessageKey };

export type Html = ReturnType<typeof html>;

/** A publisher's own texts: ICU messages by key. */
export type Overrides = Readonly<Record<string, string>>;

/** The texts of one language, with its formats for dates, numbers and prices. */
export interface Words {
  readonly language: Language;
  /** Plain text, for attributes, titles and templates that escape it. */
  t<Key extends PlainKey>(key: Key, ...values: TextValues<Key>): string;
  /** Rich text: the functions in `values` render the message's tags; everything else is escaped. */
  html<Key extends MessageKey>(key: Key, ...values: HtmlValues<Key>): Html;
  /** In UTC, because Microsoft counts terms in UTC. */
  date(at: Date): string;
  /** In UTC; the text names the time zone. */
  dateTime(at: Date): string;
  number(n: number): string;
  /** Decimal text, which is not rounded unless it has more than six decimals. */
  quantity(decimal: string): string;
  /** A number or decimal text. `currency` is an ISO 4217 code; any other word is written after the number. */
  money(amount: number | string, currency: string): string;
}

/**
 * The words of a language. Without overrides they are created once per process; with overrides the
 * caller may keep the result. A message is compiled on its first use. Overrides for which
 * `overrideProblem` finds a problem are ignored.
 */
export function wordsFor(language: Language, overrides?: Overrides): Words {
  const base = baseWords.get(language) ?? createWords(language, catalogues[language]);
  baseWords.set(language, base);
  if (!overrides) return base;
  const fitting = Object.entries(overrides).filter(
    ([key, text]) => isMessageKey(key) && !overrideProblem(key, text),
  );
  if (fitting.length === 0) return base;
  return createWords(language, { ...catalogues[language], ...Object.fromEntries(fitting) });
}

/**
 * Why a publisher's own text cannot replace ours. It may leave out values, but not use others, and it
 * may not count or format a value that our text uses as a word: the page would fail for the buyer.
 */
export function overrideProblem(
  key: MessageKey,
  text: string,
): 'unparsable' | 'unknown-value' | 'unfit-format' | undefined {
  try {
    const own = namesIn(catalogues.en[key]);
    const wanted = namesIn(text);
    const lacks = (kind: keyof MessageNames) =>
      wanted[kind].some((name) => !own[kind].includes(name));
    if (lacks('values') || lacks('tags')) return 'unknown-value';
    return lacks('counted') || lacks('formatted') ? 'unfit-format' : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return 'unparsable';
    throw error;
  }
}

export function isMessageKey(text: string): text is MessageKey {
  return Object.hasOwn(catalogues.en, text);
}

const baseWords = new Map<Language, Words>();

/** For Intl, "en" means American dates and a bare $. Buyers are everywhere. */
const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  de: 'de',
  fr: 'fr',
  es: 'es',
  nl: 'nl',
  ja: 'ja',
};

/** Microsoft gets quantities with at most six decimals. */
const QUANTITY_DECIMALS = 6;

type AnyValues = Record<string, string | number | Html | ((content: Html) => Html)>;

function createWords(language: Language, messages: Messages): Words {
  const locale = LOCALES[language];
  const compiled = new Map<MessageKey, IntlMessageFormat>();
  const messageOf = (key: MessageKey): IntlMessageFormat => {
    const message = compiled.get(key) ?? new IntlMessageFormat(messages[key], locale);
    compiled.set(key, message);
    return message;
  };
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const times = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  const numbers = new Intl.NumberFormat(locale);
  const quantities = new Intl.NumberFormat(locale, { maximumFractionDigits: QUANTITY_DECIMALS });
  return {
    language,
    t: (key, ...[values]) => piecesOf(messageOf(key).formatToParts<string>(values)).join(''),
    html: (key, ...[values]) =>
      html`${piecesOf(messageOf(key).formatToParts<Html>(values && withTags(values)))}`,
    date: (at) => dates.format(at),
    dateTime: (at) => times.format(at),
    number: (n) => numbers.format(n),
    quantity: (decimal) => quantities.format(exactly(decimal)),
    money(amount, currency) {
      const value = typeof amount === 'string' ? exactly(amount) : amount;
      if (!/^[A-Za-z]{3}$/.test(currency)) return `${numbers.format(value)} ${currency}`.trim();
      return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value);
    },
  };
}

/** Intl formats decimal text exactly, but its type accepts only text that is known to be a number. */
function exactly(decimal: string): `${number}` {
  return decimal as `${number}`;
}

function piecesOf<T>(parts: readonly MessageFormatPart<T>[]): (string | T)[] {
  return parts.map(({ value }) => value);
}

/** The library passes a tag's content to its function in pieces. */
function withTags(values: AnyValues) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'function'
        ? (pieces: (string | Html)[]): Html => value(html`${pieces}`)
        : value,
    ]),
  );
}

/** Keys of messages without tags. */
export type PlainKey = {
  [Key in MessageKey]: TagOf<Key> extends never ? Key : never;
}[MessageKey];

type ValueOf<Key extends MessageKey> = MessageTypes[Key]['values'];
type TagOf<Key extends MessageKey> = MessageTypes[Key]['tags'];

type TextValues<Key extends MessageKey> =
  ValueOf<Key> extends never ? [] : [values: Readonly<Record<ValueOf<Key>, string | number>>];

type HtmlValues<Key extends MessageKey> = ValueOf<Key> | TagOf<Key> extends never
  ? []
  : [
      values: Readonly<
        Record<ValueOf<Key>, string | number | Html> & Record<TagOf<Key>, (content: Html) => Html>
      >,
    ];
