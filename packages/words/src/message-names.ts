import {
  isDateElement,
  isLiteralElement,
  isNumberElement,
  isPluralElement,
  isPoundElement,
  isSelectElement,
  isTagElement,
  isTimeElement,
  parse,
  type MessageFormatElement,
} from '@formatjs/icu-messageformat-parser';

/** The names of a message's values and tags, each list sorted. */
export interface MessageNames {
  readonly values: readonly string[];
  readonly tags: readonly string[];
  /** Values that a plural counts. They have to be numbers. */
  readonly counted: readonly string[];
  /** Values that the message formats as a number, a date or a time. */
  readonly formatted: readonly string[];
}

/** Throws a `SyntaxError` if the text is not an ICU message. */
export function namesIn(text: string): MessageNames {
  const values = new Set<string>();
  const tags = new Set<string>();
  const counted = new Set<string>();
  const formatted = new Set<string>();
  const visit = (elements: readonly MessageFormatElement[]): void => {
    for (const element of elements) {
      if (isLiteralElement(element) || isPoundElement(element)) continue;
      (isTagElement(element) ? tags : values).add(element.value);
      if (isPluralElement(element)) counted.add(element.value);
      if (isFormatted(element)) formatted.add(element.value);
      if (isTagElement(element)) visit(element.children);
      if (isSelectElement(element) || isPluralElement(element)) {
        for (const option of Object.values(element.options)) visit(option.value);
      }
    }
  };
  visit(parse(text));
  return {
    values: sorted(values),
    tags: sorted(tags),
    counted: sorted(counted),
    formatted: sorted(formatted),
  };
}

function isFormatted(element: MessageFormatElement): boolean {
  return isNumberElement(element) || isDateElement(element) || isTimeElement(element);
}

function sorted(names: ReadonlySet<string>): string[] {
  return [...names].toSorted((a, b) => (a < b ? -1 : 1));
}
