import {
  isLiteralElement,
  isPluralElement,
  isSelectElement,
  isTagElement,
  parse,
  type MessageFormatElement,
} from '@formatjs/icu-messageformat-parser';
import { catalogues, type MessageKey } from '@landfall/landing/words/catalogues';
import type { Language } from '@landfall/words/language';

/** A message that a page must show: its key, with optional texts for its values. */
export type Said =
  | MessageKey
  | { readonly key: MessageKey; readonly with: Readonly<Record<string, string>> };

/** The messages that are missing in a page's visible text, in one language. */
export function missingSentences(
  text: string,
  said: readonly Said[],
  language: Language,
): readonly string[] {
  const seen = onOneLine(text);
  return said.flatMap((one) => {
    const { key, with: values } = typeof one === 'string' ? { key: one, with: {} } : one;
    const message: string = catalogues[language][key];
    const isThere = new RegExp(patternOf(parse(message), values)).test(seen);
    return isThere ? [] : [`${key}: ${message} ${JSON.stringify(values)}`];
  });
}

export function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The message as a pattern: any text in place of a value, and any branch of a plural or choice. */
function patternOf(
  elements: readonly MessageFormatElement[],
  values: Readonly<Record<string, string>>,
): string {
  return elements
    .map((element): string => {
      if (isLiteralElement(element)) return RegExp.escape(onOneLine(element.value));
      if (isTagElement(element)) return patternOf(element.children, values);
      if (isPluralElement(element) || isSelectElement(element)) {
        const branches = Object.values(element.options).map(({ value }) =>
          patternOf(value, values),
        );
        return `(?:${branches.join('|')})`;
      }
      const given = 'value' in element ? values[element.value] : undefined;
      return given === undefined ? ANY : `${ANY}${RegExp.escape(given)}${ANY}`;
    })
    .join('');
}

/** Longer than any name, amount or date, but shorter than a page. */
const ANY = '.{0,250}?';
