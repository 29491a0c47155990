/** One field that a command changed. Undefined: it was not there before, or is not there any more. */
export interface FieldChange {
  /** Such as `rules.2.when`. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What differs between two values, down to the single fields, in the order of their paths. */
export function fieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  const was = fieldsOf(before);
  const is = fieldsOf(after);
  const paths = new Set([...was.keys(), ...is.keys()]);
  // An empty list that got entries is said by its entries.
  const isFilled = (path: string) => [...paths].some((other) => other.startsWith(`${path}.`));
  return [...paths]
    .filter((path) => was.get(path) !== is.get(path) && !isFilled(path))
    .toSorted((left, right) => left.localeCompare(right, 'en', { numeric: true }))
    .map((path) => ({ path, before: was.get(path), after: is.get(path) }));
}

function fieldsOf(value: unknown, path = ''): Map<string, string> {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null) return new Map([[path, textOf(value)]]);
  const entries = Object.entries(value);
  if (entries.length === 0) return new Map([[path, JSON.stringify(value)]]);
  const fields = new Map<string, string>();
  for (const [key, one] of entries) {
    for (const [name, text] of fieldsOf(one, path === '' ? key : `${path}.${key}`)) {
      fields.set(name, text);
    }
  }
  return fields;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
