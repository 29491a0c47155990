import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { namesIn } from './message-names.ts';

export const messageTypesFile = fileURLToPath(new URL('message-types.ts', import.meta.url));

/** The content of `message-types.ts`. Throws a `SyntaxError` if a text is not an ICU message. */
export function messageTypes(english: Readonly<Record<string, string>>): string {
  const entries = Object.entries(english).map(([key, text]) => {
    const { values, tags } = namesIn(text);
    return `  '${key}': { values: ${unionOf(values)}; tags: ${unionOf(tags)} };`;
  });
  return `// Written by write-message-types.ts from messages/en.json: do not edit.

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

if (import.meta.main) {
  const english = readFileSync(new URL('messages/en.json', import.meta.url), 'utf8');
  writeFileSync(messageTypesFile, messageTypes(JSON.parse(english)));
}
