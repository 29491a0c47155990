/** Keys that name or reach a person, or let somebody act as one; compared in lower case. */
const PERSONAL = new Set([
  'emailid',
  'email',
  'puid',
  'name',
  'givenname',
  'surname',
  'displayname',
]);
const SECRET = new Set(['purchasetoken', 'token']);
/** Deeper than any body of Microsoft's; what lies below is left out instead of overflowing the stack. */
const MAX_DEPTH = 20;

/**
 * A stored body for the eyes of an operator: personal data and purchase tokens are left out at any
 * depth. Text that is no JSON is withheld (null), since nobody can tell what in it is personal.
 */
export function withoutPersonalData(body: string): unknown {
  try {
    return strip(JSON.parse(body), 0);
  } catch {
    return null;
  }
}

function strip(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => strip(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => {
        const name = key.trim().toLowerCase();
        return !PERSONAL.has(name) && !SECRET.has(name);
      })
      .map(([key, inner]) => [key, strip(inner, depth + 1)]),
  );
}
