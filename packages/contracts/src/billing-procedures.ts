import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** One statement writes a batch. A larger batch is no faster and holds its connection longer. */
export const MAX_USAGE_BATCH = 1000;

/** One reported use of a metered dimension. `quantity` is positive, in the dimension's unit. */
export const usageRecord = z.object({
  /** Your own id. Each id is counted once, however often you send it. */
  eventId: text(200).min(1),
  subscriptionId: text(100).min(1),
  dimension: text(100).min(1),
  quantity: z.number(),
  /** Time of use, at most 24 hours ago. */
  occurredAt: z.iso.datetime({ offset: true }),
});

/** Why a record was refused. */
export const usageRefusals = [
  'quantity-invalid',
  'too-old',
  'in-future',
  'subscription-unknown',
  'not-active-then',
  'event-id-reused',
] as const;

/** Usage of one dimension of a subscription in one UTC hour. Quantities are in the dimension's unit. */
export const usageHour = z.object({
  subscriptionId: z.string(),
  dimension: z.string(),
  planId: z.string(),
  /** Start of the UTC hour. */
  hour: z.iso.datetime(),
  /** All usage of the hour. */
  used: z.number(),
  /** The part above the included quantity, which is reported to Microsoft. */
  reported: z.number(),
  state: z.enum(['open', 'closed', 'sending', 'settled', 'held', 'refused', 'writtenOff']),
  /** Microsoft's status of the row; an open set: Accepted, Duplicate, Expired, … */
  status: z.string().optional(),
  usageEventId: z.string().optional(),
  /** Needs a person: quantity-mismatch, expired, outcome-unknown, or the code of a fault. */
  problem: z.string().optional(),
  attempts: z.number().int(),
  settledAt: z.iso.datetime().optional(),
  /** True for a test purchase: its usage is sent like any other, but counted separately. */
  isTest: z.boolean().optional(),
});

/** Served by billing-sync. */
export const billingProcedures = {
  usage: {
    report: command({
      scope: 'usage:write',
      scopedBy: 'publisher',
      summary: 'Reports usage. Each record gets its own answer, and sending it again is safe.',
      input: z.object({
        records: z.array(usageRecord).min(1).max(MAX_USAGE_BATCH),
        ...ofPublisher,
      }),
      output: z.object({
        results: z.array(
          z.object({
            eventId: z.string(),
            outcome: z.enum(['taken', 'repeated', 'refused']),
            refusal: z.enum(usageRefusals).optional(),
          }),
        ),
      }),
    }),
    hours: query({
      scope: 'usage:read',
      scopedBy: 'publisher',
      summary: "Usage per subscription, dimension and UTC hour, with Microsoft's answer.",
      input: pageRequest.extend({
        subscriptionId: text(100).optional(),
        state: text(20).optional(),
        /** True: only hours of test purchases. False: only hours of real ones. */
        isTest: z.boolean().optional(),
        ...ofPublisher,
      }),
      output: pageOf(usageHour),
    }),
    summary: query({
      scope: 'usage:read',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary:
        "A subscription's usage in its current term, per dimension: used, included and overage.",
      input: z.object({ subscriptionId: text(100).min(1) }),
      output: z.object({
        termStart: z.iso.datetime().optional(),
        termEnd: z.iso.datetime().optional(),
        /** True for a test purchase, which appears in no customer statement. */
        isTest: z.boolean().optional(),
        dimensions: z.array(
          z.object({
            planId: z.string(),
            dimension: z.string(),
            used: z.number(),
            /** null = unlimited. */
            included: z.number().nullable(),
            /** Usage above the included quantity, which is billed as usage. */
            overage: z.number(),
            /** The part of `overage` that is not billed, because Microsoft refused it or it was written off. */
            refused: z.number().optional(),
          }),
        ),
      }),
    }),
  },
  dimensions: {
    list: query({
      scope: 'usage:read',
      scopedBy: 'publisher',
      summary: 'Included quantities per offer, plan and dimension.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(
        z.object({
          /** Absent: applies to this offer id of every publisher that has no entry of its own. */
          publisherId: z.string().optional(),
          offerId: z.string(),
          planId: z.string(),
          dimension: z.string(),
          /** Units that the price of a term includes. null = unlimited: nothing is reported. */
          included: z.number().nonnegative().nullable(),
        }),
      ),
    }),
    put: command({
      scope: 'dimensions:write',
      scopedBy: 'publisher',
      summary: 'Sets the included quantity of a dimension in a plan. It is 0 until you set it.',
      input: z.object({
        ...ofPublisher,
        offerId: text(100).min(1),
        planId: text(100).min(1),
        dimension: text(100).min(1),
        included: z.number().nonnegative().nullable(),
      }),
      output: z.object({ saved: z.literal(true) }),
    }),
  },
} as const;

export type BillingProcedures = typeof billingProcedures;
