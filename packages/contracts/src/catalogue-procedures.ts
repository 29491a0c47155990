import { z } from 'zod';
import { decimalInput, decimalText } from './decimals.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

const id = text(100).min(1);
/** An ISO 8601 duration, such as P1M, P1Y or P3Y; Microsoft may add others. */
const termUnit = text(20).min(1);

/** Where an included quantity comes from. */
export const includedSources = ['microsoft', 'override'] as const;

/** A term for which the plan can be bought, and what its price includes. */
const catalogueTerm = z.object({
  termUnit,
  price: decimalText.optional(),
  currency: z.string().optional(),
  included: z.array(
    z.object({
      dimension: z.string(),
      /** Units per term. null = unlimited. Absent: not known, so usage is held and not billed. */
      quantity: decimalText.nullable().optional(),
      source: z.enum(includedSources).optional(),
      /** Only with an override: the quantity that it replaces, if Microsoft has sent one. */
      microsoft: decimalText.nullable().optional(),
    }),
  ),
});

/** A plan as Microsoft offers it, with the publisher's overrides. */
export const cataloguePlan = z.object({
  publisherId: z.string(),
  offerId: z.string(),
  planId: z.string(),
  /** Country of the price, such as US. */
  market: z.string().optional(),
  displayName: z.string().optional(),
  isPrivate: z.boolean(),
  isPricePerSeat: z.boolean(),
  terms: z.array(catalogueTerm),
  dimensions: z.array(
    z.object({
      id: z.string(),
      displayName: z.string().optional(),
      unitOfMeasure: z.string().optional(),
      unitPrice: decimalText.optional(),
      currency: z.string().optional(),
    }),
  ),
  /** Grows by one each time that Microsoft's answer differs. 0: not read yet, so nothing else is known. */
  version: z.number().int(),
  /** When this version was first read. */
  since: z.iso.datetime().optional(),
  /** When it was last read. */
  readAt: z.iso.datetime().optional(),
  /** Why the last reading failed; absent if it worked. */
  problem: z.string().optional(),
});

/** A tier of a meter: the term's usage above `from` units counts for `dimension`. */
export const meterTier = z.object({
  from: decimalInput,
  /** Microsoft's dimension. */
  dimension: id,
});

export const catalogueProcedures = {
  list: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary:
      'Plans as Microsoft offers them: terms, prices, dimensions and included quantities, with your overrides.',
    input: pageRequest.extend({ ...ofPublisher, offerId: id.optional(), planId: id.optional() }),
    output: pageOf(cataloguePlan),
  }),
  history: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary:
      "The history of a plan, latest first: each version of Microsoft's plan and each change of your overrides.",
    input: pageRequest.extend({ ...ofPublisher, offerId: id, planId: id }),
    output: pageOf(
      cataloguePlan.extend({
        /** When this came into force. */
        since: z.iso.datetime(),
        /** When it was replaced. Absent: still in force. */
        until: z.iso.datetime().optional(),
      }),
    ),
  }),
  refresh: command({
    scope: 'dimensions:write',
    scopedBy: 'publisher',
    summary: 'Reads plans from Microsoft now, instead of at the next daily reading.',
    input: z.object({ ...ofPublisher, offerId: id.optional(), planId: id.optional() }),
    output: z.object({
      /** How many plans will be read within seconds. 0: no subscription has such a plan. */
      plans: z.number().int(),
      /** What happens next, as a sentence for people, with the next step. */
      detail: z.string(),
    }),
  }),
} as const;

/** Settings that are saved although the catalogue does not know an id: it may come into being later. */
export const warnings = z.array(z.string());

/** True: only says what would be removed. */
export const dryRun = z.boolean().default(false);

const overrideView = z.object({
  /** Absent: applies to every publisher that has this offer id and no override of its own. */
  publisherId: z.string().optional(),
  offerId: z.string(),
  planId: z.string(),
  /** Absent: applies to every term of the plan that has no override of its own. */
  termUnit: z.string().optional(),
  dimension: z.string(),
  /** Units that the price of a term includes. null = unlimited: nothing is sent to Microsoft. */
  included: decimalText.nullable(),
  since: z.iso.datetime(),
});

export const overrideProcedures = {
  list: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: "Included quantities that you set instead of Microsoft's.",
    input: pageRequest.extend(ofPublisher),
    output: pageOf(overrideView),
  }),
  put: command({
    scope: 'dimensions:write',
    scopedBy: 'publisher',
    summary:
      "Sets the included quantity of a dimension in a plan and term instead of Microsoft's. It applies to hours that are rated from now on.",
    auditedBy: 'list',
    input: z.object({
      ...ofPublisher,
      offerId: id,
      planId: id,
      termUnit: termUnit.optional(),
      dimension: id,
      included: decimalInput.nullable(),
    }),
    output: z.object({ saved: z.literal(true), override: overrideView, warnings }),
  }),
  remove: command({
    scope: 'dimensions:write',
    scopedBy: 'publisher',
    summary: "Removes an override, so that Microsoft's included quantity applies again.",
    isDestructive: true,
    auditedBy: 'list',
    input: z.object({
      ...ofPublisher,
      offerId: id,
      planId: id,
      termUnit: termUnit.optional(),
      dimension: id,
      dryRun,
    }),
    output: z.object({
      /** False: there was no such override, or `dryRun`. */
      removed: z.boolean(),
      /** What was removed, or would be. Absent: there is no such override. */
      was: overrideView.optional(),
    }),
  }),
} as const;

const meterView = z.object({
  publisherId: z.string().optional(),
  offerId: z.string(),
  planId: z.string(),
  meter: z.string(),
  tiers: z.array(meterTier.extend({ from: decimalText })),
  since: z.iso.datetime(),
});

export const meterProcedures = {
  list: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: "Meters, which spread usage over several of Microsoft's dimensions by tiers.",
    input: pageRequest.extend(ofPublisher),
    output: pageOf(meterView),
  }),
  put: command({
    scope: 'dimensions:write',
    scopedBy: 'publisher',
    summary:
      "Sets up a meter in a plan: above each threshold, the term's usage counts for the next of Microsoft's dimensions.",
    auditedBy: 'list',
    input: z.object({
      ...ofPublisher,
      offerId: id,
      planId: id,
      /** The name under which you report usage. It may be the id of one of the dimensions. */
      meter: id,
      /** Usage below the first threshold is free. Thresholds rise. */
      tiers: z.array(meterTier).min(1).max(30),
    }),
    output: z.object({ saved: z.literal(true), meter: meterView, warnings }),
  }),
  remove: command({
    scope: 'dimensions:write',
    scopedBy: 'publisher',
    summary:
      'Removes a meter. Usage that is reported under its name then counts for the dimension with that name.',
    isDestructive: true,
    auditedBy: 'list',
    input: z.object({ ...ofPublisher, offerId: id, planId: id, meter: id, dryRun }),
    output: z.object({
      /** False: there was no such meter, or `dryRun`. */
      removed: z.boolean(),
      /** What was removed, or would be. Absent: there is no such meter. */
      was: meterView.optional(),
    }),
  }),
} as const;
