import { html } from 'hono/html';
import type { MessageFormatPart } from 'intl-messageformat';
import { createFormats, type Formats } from '@landfall/words/formats';
import { compileMessages } from '@landfall/words/messages';
import { catalogues, type MessageKey, type Messages } from './catalogues.ts';
import { isLanguage, languages, type Language } from '@landfall/words/language';
import { namesIn, type MessageNames } from '@landfall/words/message-names';
import type { MessageTypes } from './message-types.ts';

export { isLanguage, languages };
export type { Language, MessageKey };

export type Html = ReturnType<typeof html>;

/** A publisher's own texts: ICU messages by key. */
export type Overrides = Readonly<Record<string, string>>;

/** The texts of one language, with its formats for dates, numbers and prices. */
export interface Words extends Formats {
  /** Plain text, for attributes, titles and templates that escape it. */
  t<Key extends PlainKey>(key: Key, ...values: TextValues<Key>): string;
  /** Rich text: the functions in `values` render the message's tags; everything else is escaped. */
  html<Key extends MessageKey>(key: Key, ...values: HtmlValues<Key>): Html;
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

type AnyValues = Record<string, string | number | Html | ((content: Html) => Html)>;

function createWords(language: Language, messages: Messages): Words {
  const compiled = compileMessages(language, messages);
  return {
    ...createFormats(language),
    t: (key, ...[values]) => compiled.text(key, values),
    html: (key, ...[values]) =>
      html`${piecesOf(compiled.message(key).formatToParts<Html>(values && withTags(values)))}`,
  };
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
