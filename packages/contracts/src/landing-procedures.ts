import { z } from 'zod';
import { offerPage, storedOfferPage } from './offer-page.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './reach.ts';
import { text } from './text.ts';

/** Absent `offerId`: every offer of the publisher. Absent `planId`: every plan of the offer. */
export const offerPageTarget = z.object({
  publisherId: text(100).min(1),
  offerId: text(100).min(1).optional(),
  planId: text(100).min(1).optional(),
});

const roles = ['owner', 'admin', 'viewer'] as const;

/** Identity in Microsoft Entra is the key; name and address are for people to recognise each other. */
const personOnPage = z.object({
  tenantId: z.string(),
  objectId: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
});

const personOf = z.object({
  subscriptionId: text(100).min(1),
  /** Object id in the customer's tenant: see `people.list` and `people.waiting`. */
  objectId: z.guid(),
  /** Which of your people decided it, for the record. */
  requestedBy: text(200).min(1),
});

const updatedAt = z.object({ updatedAt: z.iso.datetime() });

/** What a publisher says on the buyer’s pages, and who may see the manage pages; served by landing. */
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
  people: {
    list: query({
      scope: 'people:read',
      reach: 'subscription',
      summary: 'Who has access to the manage page of a subscription, and who asks for it.',
      input: pageRequest.extend({ subscriptionId: text(100).min(1) }),
      output: pageOf(
        personOnPage.extend({
          /** Absent: asks for access. */
          role: z.enum(roles).optional(),
          askedAt: z.iso.datetime().optional(),
          decidedAt: z.iso.datetime().optional(),
        }),
      ),
    }),
    waiting: query({
      scope: 'people:read',
      reach: 'publisher',
      summary:
        'Requests for access that nobody has decided yet, of all subscriptions, oldest first.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(
        personOnPage.extend({
          subscriptionId: z.string(),
          askedAt: z.iso.datetime(),
          /** False: nobody of the organisation can decide; name an owner. */
          hasOwner: z.boolean(),
        }),
      ),
    }),
    nameOwner: command({
      scope: 'people:write',
      reach: 'subscription',
      summary:
        "Makes somebody of the customer's organisation an owner, as when the last one has left.",
      input: personOf.extend({
        name: text(200).min(1).optional(),
        email: text(320).min(1).optional(),
      }),
      output: personOnPage.extend({ role: z.literal('owner') }),
    }),
    remove: command({
      scope: 'people:write',
      reach: 'subscription',
      summary: 'Takes access away, or refuses a request. The last owner stays.',
      input: personOf,
      output: z.object({ removed: z.literal(true) }),
    }),
  },
} as const;

export type LandingProcedures = typeof landingProcedures;
