import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { OfferKey } from '../db/schema.ts';
import type { Landing } from '../landing.ts';
import type { Frame } from '../web/pages/frame.ts';
import type { Session } from '../sign-in/session.ts';
import type { Target } from '../store/offer-pages.ts';
import type { Presentation } from './resolve-page.ts';
import { languageOf } from '../web/visitor.ts';

export interface Branded {
  readonly frame: Frame;
  readonly presentation: Presentation;
}

/** The frame of a page about a purchase: its offer's looks and words, in the visitor's language. */
export async function brandedFrame(
  { frames, presentations }: Pick<Landing, 'frames' | 'presentations'>,
  c: Context,
  of: {
    readonly session: Session | undefined;
    /** As far as it is known yet; undefined: the installation's own looks. */
    readonly offer: Target | undefined;
    readonly supportCode?: string | undefined;
  },
): Promise<Branded> {
  const { session, supportCode } = of;
  const presentation = await presentations.of(of.offer);
  const { product, logoFile, styleFile, defaultLanguage } = presentation;
  const language = languageOf(c, { visitor: session?.visitor, publisherDefault: defaultLanguage });
  const words = presentations.words(presentation, language);
  const plain = frames.of(c, session, supportCode);
  return {
    presentation,
    frame: { ...plain, product, words, logoFile, styleFile, fallbackLanguage: defaultLanguage },
  };
}

export function offerOf({ publisherId, offerId, planId }: SubscriptionView): OfferKey {
  return { publisherId, offerId, planId };
}

export function isSameOffer(one: OfferKey, other: OfferKey): boolean {
  return (
    one.publisherId === other.publisherId &&
    one.offerId === other.offerId &&
    one.planId === other.planId
  );
}
