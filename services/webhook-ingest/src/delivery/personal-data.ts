/** Keys of values that name a person or can be used to contact one. They are compared in lower case. */
const PERSONAL = new Set([
  'emailid',
  'email',
  'puid',
  'name',
  'givenname',
  'surname',
  'displayname',
]);
/** An object id identifies one person in Entra. A tenant is an organisation. */
const IDENTIFYING = new Set([...PERSONAL, 'objectid']);
const SECRET = new Set(['purchasetoken', 'token']);
/** Deeper than any body of Microsoft's. Deeper values are left out, so that the stack cannot overflow. */
const MAX_DEPTH = 20;

/**
 * A stored body as operators see it, without personal data and purchase tokens at any depth. Null if the text is not
 * JSON, because then its personal data cannot be found.
 */
export function withoutPersonalData(body: string): unknown {
  return stripped(body, PERSONAL);
}

/** A body after erasure: without personal data and without the ids of persons. Empty if the text is not JSON. */
export function erasedBody(body: string): string {
  const rest = stripped(body, IDENTIFYING);
  return rest === null ? '' : JSON.stringify(rest);
}

function stripped(body: string, names: ReadonlySet<string>): unknown {
  try {
    return strip(JSON.parse(body), names, 0);
  } catch {
    return null;
  }
}

function strip(value: unknown, names: ReadonlySet<string>, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => strip(item, names, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => {
        const name = key.trim().toLowerCase();
        return !names.has(name) && !SECRET.has(name);
      })
      .map(([key, inner]) => [key, strip(inner, names, depth + 1)]),
  );
}
