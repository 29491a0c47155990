import type { Context } from 'hono';
import type { Language } from '@landfall/words/language';
import { wordsFor } from '../words/words.ts';
import type { Frame, Product, SignedIn } from './pages/frame.ts';
import { ownPath } from './paths.ts';
import { languageOf } from './visitor.ts';

/** Makes the frame around a page, for the signed-in person and in the visitor's language. */
export interface Frames {
  of(c: Context, session?: SignedIn, supportCode?: string): Frame;
}

export function createFrames(options: {
  readonly product: Product;
  readonly assetsVersion: string;
  readonly defaultLanguage: Language;
  readonly now: () => Date;
}): Frames {
  const { product, assetsVersion, defaultLanguage, now } = options;
  return {
    of(c, session, supportCode) {
      const visitor = session?.visitor;
      return {
        product,
        assetsVersion,
        words: wordsFor(languageOf(c, { visitor, publisherDefault: defaultLanguage })),
        now: now(),
        here: ownPath(c.req.path),
        signedIn: session && { visitor: session.visitor, formKey: session.formKey },
        supportCode,
      };
    },
  };
}
