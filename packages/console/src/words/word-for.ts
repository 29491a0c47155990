import { hasWord, t } from './words.ts';
import type { Area } from './areas.ts';

type Values = Parameters<typeof t>[1];

/** The text for a code of an open set, such as a status of Microsoft. A code without a text stands for itself. */
export function wordFor(group: `${Area}.${string}`, code: string, values?: Values): string {
  const key = `${group}.${code}`;
  return hasWord(key) ? t(key, values) : code;
}
