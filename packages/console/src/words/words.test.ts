import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { languages } from '@landfall/words/language';
import { namesIn } from '@landfall/words/message-names';

const folder = new URL('./', import.meta.url);
const areas = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** Areas that exist only in English so far. A translated one leaves this list. */
const UNTRANSLATED: readonly string[] = [];
const translated = areas.filter((area) => !UNTRANSLATED.includes(area));
const translations = translated.flatMap((area) =>
  languages.slice(1).map((language) => ({ area, language })),
);

test('areas without translations have none', () => {
  const done = UNTRANSLATED.filter((area) => languages.every((language) => read(area, language)));

  expect(done).toEqual([]);
});

test('every area of words has a line in areas.ts', () => {
  const table = readFileSync(new URL('areas.ts', folder), 'utf8');

  expect(areas.filter((area) => !table.includes(`'./${area}/en.json'`))).toEqual([]);
});

test.each(areas)('the English words of %s are ICU messages, and none is empty', (area) => {
  const english = read(area, 'en');

  expect(english).toBeDefined();
  expect(Object.entries(english ?? {}).filter(([, text]) => text.trim() === '')).toEqual([]);
  for (const text of Object.values(english ?? {})) expect(() => namesIn(text)).not.toThrow();
});

describe.each(translations)('the words of $area in $language', ({ area, language }) => {
  test('have the keys of English with the same values and tags', () => {
    const english = read(area, 'en') ?? {};
    const translated = read(area, language);

    expect(Object.keys(translated ?? {})).toEqual(Object.keys(english));
    expect(namesOfAll(translated ?? {})).toEqual(namesOfAll(english));
  });
});

function namesOfAll(messages: Readonly<Record<string, string>>) {
  return Object.entries(messages).map(([key, text]) => {
    const { values, tags } = namesIn(text);
    return { key, values, tags };
  });
}

function read(area: string, language: string): Readonly<Record<string, string>> | undefined {
  try {
    return JSON.parse(readFileSync(new URL(`${area}/${language}.json`, folder), 'utf8'));
  } catch {
    return undefined;
  }
}
