/** Fields with people, their addresses or tokens, in any spelling and at any depth. Names of plans go with them. */
const PERSONAL = /name|mail|phone|address|token|puid|objectid|secret|assertion/i;
/** An e-mail address or a token in any other text. */
const SUSPICIOUS = /@|^ey[\w-]{20,}\./;
const REMOVED = '[removed]';

/** A list of plans may be larger, but nobody reads it here. */
const MAX_BYTES = 16 * 1024;
/** Longer texts of Microsoft are descriptions. */
const MAX_TEXT = 500;
const MAX_DEPTH = 8;

/** A body without people and tokens, as JSON text. Undefined if there is no body. */
export function redacted(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  const text = JSON.stringify(cleaned(body, 0));
  if (text.length <= MAX_BYTES) return text;
  return JSON.stringify({ isTooLong: true, length: text.length });
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return SUSPICIOUS.test(value) ? REMOVED : cut(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return REMOVED;
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, content]) => [
      cut(key),
      PERSONAL.test(key) && content !== null ? REMOVED : cleaned(content, depth + 1),
    ]),
  );
}

/** PostgreSQL refuses NUL and lone surrogates in JSON. */
function cut(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll('\u0000', '');
}
