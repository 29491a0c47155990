import { IntlMessageFormat } from 'intl-messageformat';
import { locales } from './formats.ts';
import type { Language } from './language.ts';

/** Values of a text, by name. */
export type TextValues = Readonly<Record<string, string | number>>;

/** The ICU messages of one language, each compiled on its first use. */
export interface CompiledMessages<Key extends string> {
  message(key: Key): IntlMessageFormat;
  /** Plain text, for everything that escapes it: templates, attributes, mails. Throws if the message needs a value that is missing. */
  text(key: Key, values?: TextValues): string;
}

export function compileMessages<Key extends string>(
  language: Language,
  messages: Readonly<Record<Key, string>>,
): CompiledMessages<Key> {
  const locale = locales[language];
  const compiled = new Map<Key, IntlMessageFormat>();
  const messageOf = (key: Key): IntlMessageFormat => {
    const message = compiled.get(key) ?? new IntlMessageFormat(messages[key], locale);
    compiled.set(key, message);
    return message;
  };
  return {
    message: messageOf,
    text: (key, values) =>
      messageOf(key)
        .formatToParts<string>(values)
        .map(({ value }) => value)
        .join(''),
  };
}
