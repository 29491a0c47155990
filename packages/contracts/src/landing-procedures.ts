import { z } from 'zod';
import { offerPage, storedOfferPage } from './offer-page.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { text } from './text.ts';

/** Absent `offerId`: every offer of the publisher. Absent `planId`: every plan of the offer. */
export const offerPageTarget = z.object({
  publisherId: text(100).min(1),
  offerId: text(100).min(1).optional(),
  planId: text(100).min(1).optional(),
});

const updatedAt = z.object({ updatedAt: z.iso.datetime() });

/** What a publisher says on the buyer's pages; served by landing. */
export const landingProcedures = {
  offerPages: {
    list: query({
      scope: 'landing:read',
      reach: 'publisher',
      summary: 'For which publishers, offers and plans something is set on the buyer’s pages.',
      input: pageRequest.extend({
        publisherId: text(100).min(1).optional(),
        offerId: text(100).min(1).optional(),
      }),
      output: pageOf(offerPageTarget.extend(updatedAt.shape)),
    }),
    get: query({
      scope: 'landing:read',
      reach: 'publisher',
      summary: 'What is set there itself: branding, texts, questions.',
      input: offerPageTarget,
      output: offerPageTarget.extend({ ...updatedAt.shape, page: storedOfferPage }),
    }),
    put: command({
      scope: 'landing:write',
      reach: 'publisher',
      summary: 'Replaces it. In force for the next page that a buyer opens.',
      input: offerPageTarget.extend({ page: offerPage }),
      output: offerPageTarget.extend({ ...updatedAt.shape, page: storedOfferPage }),
    }),
    remove: command({
      scope: 'landing:write',
      reach: 'publisher',
      summary: 'Removes it; what is set one level above is in force again.',
      input: offerPageTarget,
      output: z.object({ removed: z.boolean() }),
    }),
  },
} as const;

export type LandingProcedures = typeof landingProcedures;
