import {
  isLiteralElement,
  isPluralElement,
  isPoundElement,
  isSelectElement,
  isTagElement,
  parse,
  type MessageFormatElement,
} from '@formatjs/icu-messageformat-parser';

/** What a message needs to be told: values, and what its tags stand for. Sorted. */
export interface MessageNames {
  readonly values: readonly string[];
  readonly tags: readonly string[];
}

/** Throws a `SyntaxError` for a text that is no ICU message. */
export function namesIn(text: string): MessageNames {
  const values = new Set<string>();
  const tags = new Set<string>();
  const visit = (elements: readonly MessageFormatElement[]): void => {
    for (const element of elements) {
      if (isLiteralElement(element) || isPoundElement(element)) continue;
      (isTagElement(element) ? tags : values).add(element.value);
      if (isTagElement(element)) visit(element.children);
      if (isSelectElement(element) || isPluralElement(element)) {
        for (const option of Object.values(element.options)) visit(option.value);
      }
    }
  };
  visit(parse(text));
  return { values: [...values].toSorted(byText), tags: [...tags].toSorted(byText) };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
