import {
  isLiteralElement,
  isPluralElement,
  isSelectElement,
  isTagElement,
  parse,
  type MessageFormatElement,
} from '@formatjs/icu-messageformat-parser';
import { catalogues, type MessageKey } from '@landfall/landing/words/catalogues';
import type { Language } from '@landfall/landing/words/language';

/** A sentence that a page must show: the message of this key, with these texts in its values. */
export type Said =
  | MessageKey
  | { readonly key: MessageKey; readonly with: Readonly<Record<string, string>> };

/** Which of the sentences a page's visible text lacks, in one language. */
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

/** The message as a pattern: any text where it has a value, each branch where it counts. */
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

/** Longer than any name, amount or date; shorter than from one end of a page to the other. */
const ANY = '.{0,250}?';
