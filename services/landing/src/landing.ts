import type { Context } from 'hono';
import type { Logger } from '@landfall/service-kit/log.ts';
import type { Entra } from './entra.ts';
import type { Frame, Product } from './pages/frame.ts';
import type { Purchases } from './purchases.ts';
import type { Sealer } from './sealing.ts';
import type { Session, Sessions } from './session.ts';
import type { SignInAttempts } from './sign-in-attempts.ts';
import type { Db } from './store.ts';

/** What the routes are built from. Each handler names the few of these that it uses. */
export interface Landing {
  readonly db: Db;
  readonly now: () => Date;
  readonly log: Logger;
  readonly purchases: Purchases;
  readonly entra: Entra;
  readonly sessions: Sessions;
  readonly attempts: SignInAttempts;
  readonly tokens: Sealer<string>;
  readonly frames: Frames;
}

/** Makes the frame of a page for whoever is signed in. */
export interface Frames {
  of(session: Session | undefined, supportCode?: string): Frame;
}

export function createFrames(product: Product, assetsVersion: string): Frames {
  return {
    of: (session, supportCode) => ({
      product,
      assetsVersion,
      signedIn: session && { visitor: session.visitor, formKey: session.formKey },
      supportCode,
    }),
  };
}

/** 303: the browser asks for the next page by GET, whatever it sent here. Own paths alone. */
export function seeOther(c: Context, path: `/landing${string}`): Response {
  return c.redirect(path, 303);
}
