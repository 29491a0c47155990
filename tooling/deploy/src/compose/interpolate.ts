/** A variable in a value of a Compose file: `${NAME}`, `${NAME:-default}` or `${NAME:?message}`. */
const VARIABLE = /\$\{(?<name>\w+)(?::(?<kind>[-?])(?<text>[^}]*))?\}/g;

/** The value with its variables replaced as Compose does it. An empty variable counts as absent. */
export function interpolate(
  value: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return value.replace(VARIABLE, (_whole, name: string, kind?: string, text = '') => {
    return env[name] || (kind === '-' ? String(text) : '');
  });
}

/** The variables that a value names. */
export function variablesIn(value: string): readonly string[] {
  return value
    .matchAll(VARIABLE)
    .map(({ groups }) => groups?.['name'] ?? '')
    .toArray();
}

/** The variables without which Compose refuses the value. */
export function requiredIn(value: string): readonly string[] {
  return value
    .matchAll(VARIABLE)
    .flatMap(({ groups: { name, kind } = {} }) => (name && kind === '?' ? [name] : []))
    .toArray();
}

/** Every text in a part of a Compose file. */
export function textsIn(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  if (typeof part !== 'object' || part === null) return [];
  return Object.values(part).flatMap((inner) => textsIn(inner));
}
