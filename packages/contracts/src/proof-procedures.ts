import { z } from 'zod';
import { dryRun, warnings } from './catalogue-procedures.ts';
import { decimalInput, decimalText } from './decimals.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

const id = text(100).min(1);

/** A calendar month in UTC, such as 2026-11. */
const month = z
  .string()
  .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, { error: 'Must be a month, such as 2026-11.' });

/**
 * One dimension of one plan and term in a month. All quantities are in the dimension's unit, and
 * `used + carriedIn = included + billed + pending + notBilled + carriedOut + remainder`.
 */
export const statementLine = z.object({
  planId: z.string(),
  planName: z.string().optional(),
  termStart: z.iso.datetime().optional(),
  termUnit: z.string().optional(),
  dimension: z.string(),
  displayName: z.string().optional(),
  unitOfMeasure: z.string().optional(),
  /** Usage that occurred in the month. */
  used: decimalText,
  /** The part of it that the plan includes. */
  included: decimalText,
  /** Accepted by Microsoft for hours of this month. */
  billed: decimalText,
  /** Not rated yet, held, or not answered by Microsoft yet. */
  pending: decimalText,
  /** Refused by Microsoft or written off. */
  notBilled: decimalText,
  /** Units of other months that were added to an hour of this month. */
  carriedIn: decimalText,
  /** Units of this month that were added to an hour of another month. */
  carriedOut: decimalText,
  /** Change in the rest that is too small to send. Negative if an earlier rest was sent. */
  remainder: decimalText,
  /** Units that Microsoft counted in excess of what was sent. Absent: none. */
  overBilled: decimalText.optional(),
  /** Absent: Microsoft has not sent the price. */
  unitPrice: decimalText.optional(),
  currency: z.string().optional(),
  /** `billed` × `unitPrice`. Fractions of a cent are cut off. */
  amount: decimalText.optional(),
});

/** The usage of a subscription in one month, as Landfall and Microsoft have it. */
export const statement = z.object({
  publisherId: z.string(),
  subscriptionId: z.string(),
  offerId: z.string(),
  month,
  isTest: z.boolean(),
  /** True once nothing of the month can change any more. */
  isFinal: z.boolean(),
  lines: z.array(statementLine),
  /** Sum of the amounts per currency, without lines that have no price. */
  totals: z.array(z.object({ currency: z.string(), amount: decimalText })),
  /** True if a line has billed units but no known price. */
  isPriceMissing: z.boolean(),
});

/** How Microsoft's usage report compares with Landfall's ledger for one day of one dimension. */
export const readBackVerdicts = [
  'agrees',
  'processing',
  'mismatch',
  'rejected',
  'missing',
  'unknown-here',
  'not-billed',
] as const;

export const usageIncidentKinds = [
  'mismatch',
  'rejected',
  'missing',
  'unknown-here',
  'over-billed',
  'unusual',
  'threshold',
] as const;

export const proofProcedures = {
  statement: query({
    scope: 'usage:read',
    calledBy: ['landing'],
    scopedBy: 'subscription',
    http: { method: 'get', path: '/v1/usage/statement' },
    summary:
      'The statement of a subscription for a month: units used, included, billed, pending and not billed, and the amounts.',
    input: z.object({ subscriptionId: id, month }),
    output: statement,
  }),
  statements: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    // Without `/page`, the whole month is written as one file.
    http: { method: 'get', path: '/v1/usage/statements/page' },
    summary:
      'The statements of a month, one for each subscription with usage, ordered by subscription id.',
    input: pageRequest.extend({
      ...ofPublisher,
      month,
      /** True: only test purchases. False or absent: only real ones. */
      isTest: z.boolean().optional(),
    }),
    output: pageOf(statement),
  }),
  readBack: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: "Microsoft's usage report compared with Landfall's ledger, latest day first.",
    input: pageRequest.extend({
      ...ofPublisher,
      subscriptionId: id.optional(),
      verdict: z.enum(readBackVerdicts).optional(),
    }),
    output: pageOf(
      z.object({
        subscriptionId: z.string(),
        planId: z.string(),
        dimension: z.string(),
        day: z.iso.date(),
        /** What Microsoft accepted from Landfall. */
        ours: decimalText,
        /** What Microsoft's report has. Absent: it has no such row or quantity. */
        submitted: decimalText.optional(),
        processed: decimalText.optional(),
        /** Microsoft's status; an open set: Submitted, Accepted, Rejected, Mismatch, TestHeaders, DryRun, … */
        reconStatus: z.string().optional(),
        verdict: z.enum(readBackVerdicts),
        readAt: z.iso.datetime(),
      }),
    ),
  }),
  preview: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    // The usage is a list of objects, which a URL cannot hold.
    http: { method: 'post', path: '/v1/usage/preview' },
    summary: 'What given usage would bill under a plan and term. Nothing is recorded.',
    input: z.object({
      ...ofPublisher,
      offerId: id,
      planId: id,
      termUnit: text(20).min(1),
      usage: z
        .array(
          z.object({
            dimension: id,
            /** Units used earlier in the same term. */
            before: decimalInput.optional(),
            quantity: decimalInput,
          }),
        )
        .min(1)
        .max(30),
    }),
    output: z.object({
      lines: z.array(
        z.object({
          dimension: z.string(),
          used: decimalText,
          /** null = unlimited; absent = not known, so the usage would be held. */
          included: decimalText.nullable().optional(),
          billed: decimalText.optional(),
          unitPrice: decimalText.optional(),
          currency: z.string().optional(),
          amount: decimalText.optional(),
        }),
      ),
    }),
  }),
  previewPlan: query({
    scope: 'usage:read',
    scopedBy: 'subscription',
    summary: "What a subscription's usage in a month would have billed under another plan.",
    input: z.object({
      subscriptionId: id,
      month,
      planId: id,
      termUnit: text(20).min(1).optional(),
    }),
    output: z.object({ asBilled: statement, asPreviewed: statement }),
  }),
} as const;

export const incidentProcedures = {
  list: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary:
      'Differences between the ledger and Microsoft, unusual usage and crossed limits, latest first.',
    input: pageRequest.extend({
      ...ofPublisher,
      subscriptionId: id.optional(),
      kind: z.enum(usageIncidentKinds).optional(),
      /** Absent: both. */
      isSettled: z.boolean().optional(),
    }),
    output: pageOf(
      z.object({
        id: z.uuid(),
        publisherId: z.string(),
        subscriptionId: z.string(),
        planId: z.string().optional(),
        dimension: z.string().optional(),
        day: z.iso.date(),
        kind: z.enum(usageIncidentKinds),
        ours: decimalText.optional(),
        theirs: decimalText.optional(),
        /** For people: what was found and what to do. */
        message: z.string(),
        foundAt: z.iso.datetime(),
        settledAt: z.iso.datetime().optional(),
        settledBy: z.string().optional(),
        reason: z.string().optional(),
      }),
    ),
  }),
  settle: command({
    scope: 'usage:write',
    scopedBy: 'publisher',
    summary: 'Settles an incident with a reason. It does not change what was billed.',
    input: z.object({ ...ofPublisher, incidentId: z.uuid(), reason: text(500).min(1) }),
    output: z.object({
      settled: z.literal(true),
      /** False: it was settled before, and keeps its first reason. */
      isNew: z.boolean(),
      settledAt: z.iso.datetime(),
      settledBy: z.string(),
      reason: z.string(),
    }),
  }),
} as const;

const thresholdView = z.object({
  subscriptionId: z.string(),
  dimension: z.string(),
  units: decimalText,
  /** Start of the term in which it was last crossed. */
  crossedInTerm: z.iso.datetime().optional(),
});

export const thresholdProcedures = {
  list: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: "Limits on a subscription's usage. Crossing one raises an incident and an event.",
    input: pageRequest.extend({ ...ofPublisher, subscriptionId: id.optional() }),
    output: pageOf(thresholdView),
  }),
  put: command({
    scope: 'usage:write',
    scopedBy: 'subscription',
    summary:
      'Sets a limit on the units above the included quantity in a term. Crossing it raises an incident and an event once per term.',
    auditedBy: 'list',
    input: z.object({ subscriptionId: id, dimension: id, units: decimalInput }),
    output: z.object({ saved: z.literal(true), threshold: thresholdView, warnings }),
  }),
  remove: command({
    scope: 'usage:write',
    scopedBy: 'subscription',
    summary: 'Removes a limit.',
    isDestructive: true,
    auditedBy: 'list',
    input: z.object({ subscriptionId: id, dimension: id, dryRun }),
    output: z.object({
      /** False: there was no such limit, or `dryRun`. */
      removed: z.boolean(),
      /** What was removed, or would be. Absent: there is no such limit. */
      was: thresholdView.optional(),
    }),
  }),
} as const;
