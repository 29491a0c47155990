/** A JSON number with the digits that were sent. `JSON.stringify` writes it unchanged. */
export interface ExactNumber {
  readonly rawJSON: string;
}

/** Parts of ECMAScript that Node has and TypeScript's library does not declare yet. */
interface ExactJson {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
const exactJson = JSON as unknown as ExactJson;

/** Parses JSON. Numbers in the fields with this name become exact numbers. */
export function parseExactly(text: string, field: string): unknown {
  return exactJson.parse(text, (key, value, { source }) =>
    key === field && typeof value === 'number' && source !== undefined
      ? exactNumber(source)
      : value,
  );
}

export function exactNumber(text: string): ExactNumber {
  return exactJson.rawJSON(text);
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return exactJson.isRawJSON(value);
}

/** The JSON in a text with indents and the digits that were sent; any other text unchanged. */
export function prettyJson(text: string): string {
  try {
    const value = exactJson.parse(text, (_, inner, { source }) =>
      typeof inner === 'number' && source !== undefined ? exactNumber(source) : inner,
    );
    return JSON.stringify(value, undefined, 2);
  } catch {
    return text;
  }
}
