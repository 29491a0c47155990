import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { catalogues } from './catalogues.ts';
import { languages } from '@landfall/words/language';
import { namesIn } from '@landfall/words/message-names';
import {
  isMessageKey,
  overrideProblem,
  wordsFor,
  type Html,
  type MessageKey,
  type PlainKey,
} from './words.ts';
import { messageTypes } from '@landfall/words/message-types';
import { messagesName, messageTypesFile } from './write-message-types.ts';

const keys = Object.keys(catalogues.en).filter(isMessageKey);

describe.each(languages)('the messages of %s', (language) => {
  const messages = catalogues[language];

  test('have the keys of English in the same order, none twice and none empty', () => {
    expect(Object.keys(messages)).toEqual(keys);
    const file = readFileSync(new URL(`messages/${language}.json`, import.meta.url), 'utf8');
    // JSON.parse keeps the last of two equal keys, so only the file shows the first one.
    expect(file).toBe(`${JSON.stringify(messages, null, 2)}\n`);
    expect(keys.filter((key) => messages[key].trim() === '')).toEqual([]);
  });

  test('can be parsed and take the values and tags of English', () => {
    const namesOf = (text: string) => {
      const { values, tags } = namesIn(text);
      return { values, tags };
    };
    expect(keys.map((key) => ({ key, ...namesOf(messages[key]) }))).toEqual(
      keys.map((key) => ({ key, ...namesOf(catalogues.en[key]) })),
    );
    expect(keys.filter((key) => overrideProblem(key, messages[key]))).toEqual([]);
  });

  test('are plain: no dash between sentences and no exclamation mark', () => {
    expect(Object.values(messages).filter((text) => /[—!！]/.test(text))).toEqual([]);
  });

  test('never let a line begin with a colon or a question mark', () => {
    expect(Object.values(messages).filter((text) => / [:;?]/.test(text))).toEqual([]);
  });
});

test('message-types.ts is up to date with the English messages', () => {
  expect(readFileSync(messageTypesFile, 'utf8')).toBe(messageTypes(catalogues.en, messagesName));
});

test('the compiler knows each message, its values and its tags', () => {
  const words = wordsFor('en');
  type Who = Record<'who', string | number | Html>;
  type Bold = Record<'b', (content: Html) => Html>;

  expectTypeOf<'frame.openProducts'>().not.toExtend<MessageKey>();
  expectTypeOf<'signIn.as'>().not.toExtend<PlainKey>();
  expectTypeOf<Parameters<typeof words.t<'frame.copy'>>>().toEqualTypeOf<['frame.copy']>();
  expectTypeOf<Parameters<typeof words.t<'frame.openProduct'>>>().toEqualTypeOf<
    ['frame.openProduct', values: Readonly<Record<'product', string | number>>]
  >();
  expectTypeOf<Parameters<typeof words.html<'signIn.as'>>>().toEqualTypeOf<
    ['signIn.as', values: Readonly<Who & Bold>]
  >();
});

test('every message is used by a page', () => {
  const source = path.dirname(import.meta.dirname);
  const files = globSync('**/*.ts', { cwd: source, exclude: ['words/**', '**/*.test.ts'] });
  const code = files.map((file) => readFileSync(path.join(source, file), 'utf8')).join('\n');
  const literals = new Set([...code.matchAll(/'([\w.]+)'/g)].map(([, literal]) => literal));
  // Pages compute some keys, such as `history.${kind}`. The computed part is then a word in the code.
  const computed = [...code.matchAll(/`([\w.]+)\.\$\{/g)].map(([, start]) => `${start}.`);
  const words = new Set(code.match(/\w+/g));
  const isComputed = (key: string) =>
    computed.some(
      (start) =>
        key.startsWith(start) &&
        key
          .slice(start.length)
          .split('.')
          .every((part) => words.has(part)),
    );
  expect(keys.filter((key) => !literals.has(key) && !isComputed(key))).toEqual([]);
});
