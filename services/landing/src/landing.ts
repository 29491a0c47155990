import type { Context } from 'hono';
import type { Logger } from '@landfall/service-kit/log';
import type { Draft } from './purchase/drafts.ts';
import type { Entra } from './sign-in/entra.ts';
import type { Subscriptions } from './clients/subscriptions.ts';
import type { Frame, Product } from './web/pages/frame.ts';
import type { Presentations } from './offer-pages/presentations.ts';
import { ownPath, signInPath, type OwnPath } from './web/paths.ts';
import type { Purchases } from './clients/purchases.ts';
import type { Sealer } from './sign-in/sealing.ts';
import type { Session, Sessions } from './sign-in/session.ts';
import type { SignInAttempts } from './sign-in/sign-in-attempts.ts';
import type { Db } from './store/visits.ts';
import { languageOf } from './web/visitor-language.ts';
import type { Language } from './words/language.ts';
import { wordsFor } from './words/words.ts';

/** What the routes are built from. Each handler names the few of these that it uses. */
export interface Landing {
  readonly db: Db;
  readonly now: () => Date;
  readonly log: Logger;
  readonly purchases: Purchases;
  readonly subscriptions: Subscriptions;
  readonly entra: Entra;
  readonly sessions: Sessions;
  readonly attempts: SignInAttempts;
  readonly tokens: Sealer<string>;
  readonly drafts: Sealer<Draft>;
  readonly frames: Frames;
  readonly presentations: Presentations;
}

/** Makes the frame of a page for whoever is signed in, in the language to answer in. */
export interface Frames {
  of(c: Context, session?: Session, supportCode?: string): Frame;
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

/** To the sign-in, which leads back to `back`. */
export function toSignIn(c: Context, back: OwnPath): Response {
  return seeOther(c, signInPath({ back }));
}

/** 303: the browser asks for the next page by GET, whatever it sent here. Own paths alone. */
export function seeOther(c: Context, path: OwnPath): Response {
  return c.redirect(path, 303);
}
