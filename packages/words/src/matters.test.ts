import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { languages } from './language.ts';
import { matterCatalogues, matterTexts } from './matters.ts';
import { namesIn } from './message-names.ts';

const keys = Object.keys(matterCatalogues.en);

describe.each(languages)('the texts of matters in %s', (language) => {
  const messages = matterCatalogues[language];

  test('have the keys of English in the same order, none twice and none empty', () => {
    expect(Object.keys(messages)).toEqual(keys);
    const file = readFileSync(new URL(`../matters/${language}.json`, import.meta.url), 'utf8');
    expect(file).toBe(`${JSON.stringify(messages, null, 2)}\n`);
    expect(keys.filter((key) => messages[key]?.trim() === '')).toEqual([]);
  });

  test('take the values of English', () => {
    const valuesOf = (text: string | undefined) => namesIn(text ?? '').values;
    expect(keys.map((key) => [key, valuesOf(messages[key])])).toEqual(
      keys.map((key) => [key, valuesOf(matterCatalogues.en[key])]),
    );
  });
});

test('a kind of a newer version has a general text', () => {
  const { title, nextStep } = matterTexts({ kind: 'from-the-future', params: {} }, 'en');
  expect(title).toContain('from-the-future');
  expect(nextStep).not.toBe('');
});
