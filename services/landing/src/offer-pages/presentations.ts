import { LRUCache } from 'lru-cache';
import type { Db } from '../db/schema.ts';
import { levelsOf, type Target } from '../store/offer-pages.ts';
import { wordsFor, type Language, type Words } from '../words/words.ts';
import { resolvePage, type Installation, type Presentation } from './resolve-page.ts';

/** Branding, questions and texts of an offer's pages. They are read for each page, so changes apply at once. */
export interface Presentations {
  /** Without an offer, returns the installation's own presentation. */
  of(offer: Target | undefined): Promise<Presentation>;
  words(presentation: Presentation, language: Language): Words;
}

/** Compiled messages are cached for this many offers and languages. Others are compiled again. */
const MAX_WORDS = 100;

export function createPresentations(db: Db, installation: Installation): Presentations {
  const known = new LRUCache<string, Words>({ max: MAX_WORDS });
  return {
    of: async (offer) =>
      resolvePage(offer ? await levelsOf(db, offer) : [], installation, offer?.planId),
    words({ overrides }, language) {
      const own = overrides[language];
      if (!own) return wordsFor(language);
      const key = `${language}:${JSON.stringify(own)}`;
      const words = known.get(key) ?? wordsFor(language, own);
      known.set(key, words);
      return words;
    },
  };
}
