import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageTypes } from '@landfall/words/message-types';

export const messageTypesFile = fileURLToPath(new URL('message-types.ts', import.meta.url));
export const messagesName = 'messages/en.json';

if (import.meta.main) {
  const english = readFileSync(new URL(messagesName, import.meta.url), 'utf8');
  writeFileSync(messageTypesFile, messageTypes(JSON.parse(english), messagesName));
}
