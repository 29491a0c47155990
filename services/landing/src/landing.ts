import type { Logger } from '@landfall/service-kit/log';
import type { Draft } from './purchase/drafts.ts';
import type { Entra } from './sign-in/entra.ts';
import type { Subscriptions } from './clients/subscriptions.ts';
import type { Frames } from './web/frames.ts';
import type { Presentations } from './offer-pages/presentations.ts';
import type { Purchases } from './clients/purchases.ts';
import type { Sealer } from './sign-in/sealing.ts';
import type { Sessions } from './sign-in/session.ts';
import type { SignInAttempts } from './sign-in/sign-in-attempts.ts';
import type { Db } from './db/schema.ts';

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
