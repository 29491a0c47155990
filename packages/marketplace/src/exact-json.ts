import { decimalText } from './read.ts';

/** Parts of ECMAScript that Node has and TypeScript's library does not declare yet. */
interface ExactJson {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
const exactJson = JSON as unknown as ExactJson;

/**
 * Matches every number that a double may not hold exactly: a number with sixteen digits, or with an exponent of three digits. A
 * number follows a colon, a comma, a bracket or a blank, so digits inside a GUID or a date do not count. Nearly all texts have no
 * such number. They are parsed without a reviver, which would be several times slower.
 */
const MAY_LOSE_DIGITS = /(?:^|[:,[\s])-?(?:[\d.]{16}|\d[\d.]*e[+-]?\d{3})/i;

/** Parses JSON. A number that a double cannot hold exactly stays the text that was sent. */
export function parseExactly(text: string): unknown {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  return exactJson.parse(text, (_, value, { source }) => {
    if (typeof value !== 'number') return value;
    return decimalText(source) === decimalText(value) ? value : source;
  });
}

/** A value that `JSON.stringify` writes as a number with exactly these digits. */
export function jsonNumber(decimal: string): unknown {
  return exactJson.rawJSON(decimal);
}
