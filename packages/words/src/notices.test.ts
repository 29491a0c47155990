import { expect, test } from 'vitest';
import { languages } from './language.ts';
import { namesIn } from './message-names.ts';
import { noticeCatalogues, type NoticeKey } from './notices.ts';

const keys = Object.keys(noticeCatalogues.en) as NoticeKey[];

test.each(languages)(
  'the words of notices in %s have the keys and values of English',
  (language) => {
    const messages = noticeCatalogues[language];
    expect(Object.keys(messages)).toEqual(keys);
    const valuesOf = (text: string) => namesIn(text).values;
    expect(keys.map((key) => [key, valuesOf(messages[key])])).toEqual(
      keys.map((key) => [key, valuesOf(noticeCatalogues.en[key])]),
    );
  },
);
