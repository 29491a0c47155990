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
/** An object id stands for one person in Entra; a tenant is an organisation. */
const IDENTIFYING = new Set([...PERSONAL, 'objectid']);
const SECRET = new Set(['purchasetoken', 'token']);
/** Deeper than any body of Microsoft's; what lies below is left out instead of overflowing the stack. */
const MAX_DEPTH = 20;

/**
 * A stored body for the eyes of an operator: personal data and purchase tokens are left out at any
 * depth. Text that is no JSON is withheld (null), since nobody can tell what in it is personal.
 */
export function withoutPersonalData(body: string): unknown {
  return stripped(body, PERSONAL);
}

/** What is kept of a body for good: nobody's id is in it either. Empty where it is no JSON. */
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
