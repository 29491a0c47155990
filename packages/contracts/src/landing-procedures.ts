import { languages } from './languages.ts';
import { z } from 'zod';
import { offerPage, storedOfferPage } from './offer-page.ts';
import { pageOf, pageRequest } from './pages.ts';
import { dryRun } from './catalogue-procedures.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Without `offerId`: all offers of the publisher. Without `planId`: all plans of the offer. */
export const offerPageTarget = z.object({
  publisherId: text(100).min(1),
  offerId: text(100).min(1).optional(),
  planId: text(100).min(1).optional(),
});

const roles = ['owner', 'admin', 'viewer'] as const;

/** Languages that the buyer's pages have. */
const pageLanguage = z.enum(languages);

/** `tenantId` and `objectId` identify the person. Name and address only help people recognise each other. */
const personOnPage = z.object({
  tenantId: z.string(),
  objectId: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
});

const personOf = z.object({
  subscriptionId: text(100).min(1),
  /** Object id in the customer's tenant; see `people.list` and `people.waiting`. */
  objectId: z.guid(),
  /** Who on your side decided this, for the audit. */
  requestedBy: text(200).min(1).optional(),
});

const updatedAt = z.object({ updatedAt: z.iso.datetime() });

/** The publisher's settings for the buyer's pages, and access to the manage page; served by landing. */
export const landingProcedures = {
  offerPages: {
    list: query({
      scope: 'landing:read',
      scopedBy: 'publisher',
      summary: "Publishers, offers and plans with their own settings for the buyer's pages.",
      input: pageRequest.extend({
        publisherId: text(100).min(1).optional(),
        offerId: text(100).min(1).optional(),
      }),
      output: pageOf(offerPageTarget.extend(updatedAt.shape)),
    }),
    get: query({
      scope: 'landing:read',
      scopedBy: 'publisher',
      // The list has the plain path.
      http: { method: 'get', path: '/v1/offer-pages/page' },
      summary: 'The settings at exactly this level: branding, texts and questions.',
      input: offerPageTarget,
      output: offerPageTarget.extend({ ...updatedAt.shape, page: storedOfferPage }),
    }),
    put: command({
      scope: 'landing:write',
      scopedBy: 'publisher',
      summary: 'Replaces these settings. They apply to the next page that a buyer opens.',
      auditedBy: 'get',
      input: offerPageTarget.extend({ page: offerPage }),
      output: offerPageTarget.extend({ ...updatedAt.shape, page: storedOfferPage }),
    }),
    remove: command({
      scope: 'landing:write',
      scopedBy: 'publisher',
      summary: 'Removes these settings. Those of the next level up apply again.',
      isDestructive: true,
      auditedBy: 'get',
      input: offerPageTarget.extend({ dryRun }),
      output: z.object({
        /** False: there were no settings at exactly this level, or `dryRun`. */
        removed: z.boolean(),
        /** What was removed, or would be. Absent: there is nothing at this level. */
        was: offerPageTarget.extend({ ...updatedAt.shape, page: storedOfferPage }).optional(),
      }),
    }),
    preview: query({
      scope: 'landing:read',
      scopedBy: 'publisher',
      // A draft with a logo is too long for an address.
      http: { method: 'post', path: '/v1/offer-pages/preview' },
      summary: 'Checks a draft, and shows a page with it and a sample purchase. Stores nothing.',
      input: offerPageTarget.extend({
        page: offerPage,
        language: pageLanguage.default('en'),
        /** The page that asks for confirmation, or the one that leads to the product. */
        show: z.enum(['confirm', 'ready']).default('confirm'),
        scheme: z.enum(['light', 'dark']).default('light'),
      }),
      output: z.object({
        /** Why `put` would refuse the draft. Empty: it is valid. */
        problems: z.array(
          z.object({
            /** Such as `branding.colours.accent`. */
            path: z.string(),
            message: z.string(),
          }),
        ),
        /** A whole page without scripts that loads nothing. Absent while there are problems. */
        html: z.string().optional(),
      }),
    }),
    texts: query({
      scope: 'landing:read',
      scopedBy: 'publisher',
      http: { method: 'get', path: '/v1/offer-pages/texts' },
      summary: "Landfall's own texts in a language, which `texts` of a page can replace by key.",
      input: z.object({ ...ofPublisher, language: pageLanguage.default('en') }),
      /** By key, such as `confirm.submit`. */
      output: z.object({ texts: z.record(z.string(), z.string()) }),
    }),
  },
  landingEvents: {
    list: query({
      scope: 'landing:read',
      scopedBy: 'subscription',
      summary:
        "What happened on the buyer's pages of a subscription, newest first, without people.",
      input: pageRequest.extend({
        subscriptionId: text(100).min(1),
        /** Only events before this time. */
        until: z.iso.datetime().optional(),
        /** Only the event with this id. */
        eventId: z.stringFormat('event', /^[1-9]\d{0,17}$/).optional(),
      }),
      output: pageOf(
        z.object({
          id: z.string(),
          at: z.iso.datetime(),
          /** visit.opened, purchase.resolved, purchase.confirmed, change.requested, access.asked, … */
          kind: z.string(),
          correlationId: z.string(),
          /** Above 1 if further events of the same hour were counted in this row. */
          times: z.number().int(),
        }),
      ),
    }),
  },
  people: {
    list: query({
      scope: 'people:read',
      scopedBy: 'subscription',
      summary:
        'People with access to the manage page of a subscription, and people who request it.',
      input: pageRequest.extend({ subscriptionId: text(100).min(1) }),
      output: pageOf(
        personOnPage.extend({
          /** Absent: this person has only requested access. */
          role: z.enum(roles).optional(),
          askedAt: z.iso.datetime().optional(),
          decidedAt: z.iso.datetime().optional(),
        }),
      ),
    }),
    waiting: query({
      scope: 'people:read',
      scopedBy: 'publisher',
      summary: 'Undecided access requests of all subscriptions, oldest first.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(
        personOnPage.extend({
          subscriptionId: z.string(),
          askedAt: z.iso.datetime(),
          /** False: no owner or administrator can decide this request. Name an owner. */
          hasOwner: z.boolean(),
        }),
      ),
    }),
    nameOwner: command({
      scope: 'people:write',
      scopedBy: 'subscription',
      summary:
        "Makes a person in the customer's organisation an owner, for example when the last owner has left.",
      input: personOf.extend({
        name: text(200).min(1).optional(),
        email: text(320).min(1).optional(),
        /** True: says who would be an owner afterwards, and changes nothing. */
        dryRun: z.boolean().default(false),
      }),
      output: personOnPage.extend({
        role: z.literal('owner'),
        /** False: `dryRun`. */
        named: z.boolean(),
        /** The person's role until now. Absent: no access. */
        roleBefore: z.enum(roles).optional(),
        /** All owners afterwards, with this person. */
        owners: z.array(personOnPage),
      }),
    }),
    remove: command({
      scope: 'people:write',
      scopedBy: 'subscription',
      http: { method: 'post', path: '/v1/people/{subscriptionId}/{objectId}/remove' },
      summary: 'Removes access or declines a request. The last owner cannot be removed.',
      isDestructive: true,
      input: personOf.extend({ dryRun }),
      output: z.object({
        /** False: `dryRun`. */
        removed: z.boolean(),
        /** Who lost access, or would lose it, with the role until then. */
        was: personOnPage.extend({ role: z.enum(roles).optional() }),
      }),
    }),
  },
} as const;

export type LandingProcedures = typeof landingProcedures;
