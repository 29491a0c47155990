import { namesIn } from './message-names.ts';

/**
 * A TypeScript file with the values and tags of each message, from which the compiler knows what a text needs. `source` is the
 * file of the English messages, for the first line. Throws a `SyntaxError` if a text is not an ICU message.
 */
export function messageTypes(english: Readonly<Record<string, string>>, source: string): string {
  const entries = Object.entries(english).map(([key, text]) => {
    const { values, tags } = namesIn(text);
    return `  '${key}': { values: ${unionOf(values)}; tags: ${unionOf(tags)} };`;
  });
  return `// Written from ${source}: do not edit.

/** Every message, with the names of the values and tags that it takes. */
// oxfmt-ignore
export interface MessageTypes {
${entries.join('\n')}
}
`;
}

function unionOf(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ');
}

type Names = Readonly<Record<string, { values: string; tags: string }>>;

/** Keys of messages without tags. */
export type PlainKeyOf<Types> = {
  [Key in keyof Types]: Types[Key] extends { tags: infer Tags }
    ? [Tags] extends [never]
      ? Key
      : never
    : never;
}[keyof Types] &
  string;

/** The arguments of a text after its key: none if the message takes no value. */
export type ValuesOf<Types, Key extends keyof Types> = Types[Key] extends Names[string]
  ? [Types[Key]['values']] extends [never]
    ? []
    : [values: Readonly<Record<Types[Key]['values'], string | number>>]
  : never;
