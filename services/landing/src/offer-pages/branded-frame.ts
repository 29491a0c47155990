import type { Context } from 'hono';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { OfferKey } from '../db/schema.ts';
import type { Target } from '../store/offer-pages.ts';
import type { Frames } from '../web/frames.ts';
import type { Frame, SignedIn } from '../web/pages/frame.ts';
import { languageOf } from '../web/visitor.ts';
import type { Presentations } from './presentations.ts';
import type { Presentation } from './resolve-page.ts';

export interface Branded {
  readonly frame: Frame;
  readonly presentation: Presentation;
}

/** Also makes frames with the branding and the texts of an offer. */
export interface BrandedFrames extends Frames {
  branded(
    c: Context,
    of: {
      readonly session: SignedIn | undefined;
      /** As far as it is known. Undefined: the installation's own branding. */
      readonly offer: Target | undefined;
      readonly supportCode?: string | undefined;
    },
  ): Promise<Branded>;
}

export function createBrandedFrames(frames: Frames, presentations: Presentations): BrandedFrames {
  return {
    ...frames,
    async branded(c, { session, offer, supportCode }) {
      const presentation = await presentations.of(offer);
      const { product, logoFile, styleFile, defaultLanguage } = presentation;
      const visitor = session?.visitor;
      const language = languageOf(c, { visitor, publisherDefault: defaultLanguage });
      const words = presentations.words(presentation, language);
      const plain = frames.of(c, session, supportCode);
      return {
        presentation,
        frame: { ...plain, product, words, logoFile, styleFile, fallbackLanguage: defaultLanguage },
      };
    },
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
