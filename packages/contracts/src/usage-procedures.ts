import { z } from 'zod';
import { decimalInput, decimalText } from './decimals.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** A batch is written in one statement. A larger one is no faster and holds its connection longer. */
export const MAX_USAGE_BATCH = 1000;

/** One reported use of a dimension or of a meter with tiers. */
export const usageRecord = z.object({
  /** Your own id. Each id is counted once, however often you send it. */
  eventId: text(200).min(1),
  subscriptionId: text(100).min(1),
  /** Id of the dimension, or of a meter that you set up with tiers. Capital letters matter. */
  dimension: text(100).min(1),
  /** Above 0, in the dimension's unit. Text is exact; a JSON number keeps 15 digits. */
  quantity: decimalInput,
  /** Time of use, at most 24 hours ago. */
  occurredAt: z.iso.datetime({ offset: true }),
});

/** Why a record was refused. */
export const usageRefusals = [
  'malformed',
  'quantity-invalid',
  'too-old',
  'in-future',
  'subscription-unknown',
  'not-active-then',
  'dimension-unknown',
  'event-id-reused',
] as const;

export type UsageRefusalReason = (typeof usageRefusals)[number];

/** The verdict on one record. */
export const usageVerdict = z.object({
  /** Absent if the record has no readable id. */
  eventId: z.string().optional(),
  outcome: z.enum(['taken', 'repeated', 'refused']),
  refusal: z.enum(usageRefusals).optional(),
  /** With `refusal`, for people: what is wrong and what to do, for example which dimensions the plan has. */
  message: z.string().optional(),
});

/** States of an hour of usage on its way to Microsoft. */
export const usageHourStates = [
  'open',
  'closed',
  'sending',
  'settled',
  'held',
  'refused',
  'writtenOff',
] as const;

/**
 * Usage of one dimension of a subscription in one UTC hour, in the dimension's unit. Usage that has not been rated yet is an
 * item of its own, with the state `open` and the name of the dimension or meter under which it was reported.
 */
export const usageHour = z.object({
  subscriptionId: z.string(),
  dimension: z.string(),
  /** The plan under which the hour is sent to Microsoft. */
  planId: z.string(),
  /** Start of the UTC hour. */
  hour: z.iso.datetime(),
  /** All usage of the hour. */
  used: decimalText,
  /** What is sent to Microsoft: the part above the included quantity, and units carried from other hours. */
  reported: decimalText,
  /** The quantity that Microsoft has for this hour. Absent while that is not known. */
  billed: decimalText.optional(),
  state: z.enum(usageHourStates),
  /** Microsoft's status of the row; an open set: Accepted, Duplicate, Expired, … */
  status: z.string().optional(),
  usageEventId: z.string().optional(),
  /**
   * Why the hour is not billed as reported, or not yet: refused, quantity-mismatch, outcome-unknown, expired,
   * units-lost, not-active, not-authorized, dimension-not-ready, retrying, included-unknown, or the code of a fault.
   */
  problem: z.string().optional(),
  /** The reason that was given for sending a refused hour again. */
  resentBecause: z.string().optional(),
  attempts: z.number().int(),
  /** Until when Microsoft accepts it. Absent when nothing more can be sent for it. */
  expiresAt: z.iso.datetime().optional(),
  settledAt: z.iso.datetime().optional(),
  /** True for a test purchase: its usage is sent like any other, but counted separately. */
  isTest: z.boolean().optional(),
});

/** A day of usage, for a chart. */
const usageDay = z.object({ day: z.iso.date(), used: decimalText });

/** Usage of one dimension in the current term. */
export const usageSummaryLine = z.object({
  planId: z.string(),
  dimension: z.string(),
  displayName: z.string().optional(),
  unitOfMeasure: z.string().optional(),
  used: decimalText,
  /** null = unlimited. Absent: Landfall does not know it yet, and bills nothing until it does. */
  included: decimalText.nullable().optional(),
  /** Usage above the included quantity, which is billed. Absent while `included` is. */
  overage: decimalText.optional(),
  /** The part of `overage` that is not billed, because Microsoft refused it or it was written off. */
  refused: decimalText.optional(),
  /** Price of one unit above the included quantity. Absent: Microsoft has not sent it. */
  unitPrice: decimalText.optional(),
  currency: z.string().optional(),
  /** (`overage` - `refused`) × `unitPrice`. Fractions of a cent are cut off. */
  amount: decimalText.optional(),
  /** Days of the term with usage, earliest first, within the last 31 days. */
  days: z.array(usageDay).optional(),
});

/** A record of any form. The handler checks the form, so that a malformed record does not affect the others. */
export const anyRecord = z.custom<z.input<typeof usageRecord>>();

/** Served by billing-sync. */
export const usageProcedures = {
  report: command({
    scope: 'usage:write',
    scopedBy: 'publisher',
    http: { method: 'post', path: '/v1/usage' },
    summary:
      'Reports usage. Each record gets its own verdict, and sending it again is safe. With `dryRun`, nothing is counted.',
    input: z.object({
      /** Records of the form UsageRecord. A malformed one is refused and does not affect the others. */
      records: z.array(anyRecord).min(1).max(MAX_USAGE_BATCH),
      /** True: gives the verdicts and counts nothing. */
      dryRun: z.boolean().optional(),
      ...ofPublisher,
    }),
    /** In the order of the records. */
    output: z.object({
      results: z.array(usageVerdict),
      /** Present: nothing was counted. */
      dryRun: z.literal(true).optional(),
    }),
  }),
  refusals: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: 'Refused records, counted per hour, subscription, dimension and reason, latest first.',
    input: pageRequest.extend({
      subscriptionId: text(100).optional(),
      refusal: z.enum(usageRefusals).optional(),
      ...ofPublisher,
    }),
    output: pageOf(
      z.object({
        publisherId: z.string().optional(),
        /** As it was reported. Absent if it could not be read, or if the row counts many different ones. */
        subscriptionId: z.string().optional(),
        dimension: z.string().optional(),
        refusal: z.enum(usageRefusals),
        message: z.string(),
        /** Start of the UTC hour in which the records arrived. */
        hour: z.iso.datetime(),
        records: z.number().int(),
        lastEventId: z.string().optional(),
        lastAt: z.iso.datetime(),
      }),
    ),
  }),
  progress: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary:
      'Usage of the last 14 days on its way to Microsoft, by UTC day, and until when the oldest must be sent. Test purchases are left out.',
    input: z.object(ofPublisher),
    output: z.object({
      /** Rated hours of usage, by the day of use. Earliest first; today is the last one. A day counts up to 10,000. */
      days: z.array(
        z.object({
          day: z.iso.date(),
          /** Microsoft has accepted them. */
          accepted: z.number().int(),
          /** Not sent, or not answered yet. */
          pending: z.number().int(),
          /** Refused or written off: not billed. */
          lost: z.number().int(),
        }),
      ),
      /** Microsoft takes usage for 24 hours. Absent: nothing waits. */
      nextDeadlineAt: z.iso.datetime().optional(),
    }),
  }),
  hours: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: "Usage per subscription, dimension and UTC hour, with Microsoft's answer.",
    input: pageRequest.extend({
      subscriptionId: text(100).optional(),
      dimension: text(100).optional(),
      state: text(20).optional(),
      /** True: only hours of test purchases. False: only hours of real ones. Absent: both. */
      isTest: z.boolean().optional(),
      ...ofPublisher,
    }),
    output: pageOf(usageHour),
  }),
  days: query({
    scope: 'usage:read',
    scopedBy: 'subscription',
    summary: 'The usage hours of a subscription, counted by UTC day and state, latest day first.',
    input: pageRequest.extend({
      subscriptionId: text(100).min(1),
      /** Only days that began before this time. */
      until: z.iso.datetime().optional(),
    }),
    output: pageOf(
      z.object({
        /** YYYY-MM-DD */
        day: z.string(),
        /** The number of hours in each state; `usage.hours` lists the states. */
        hours: z.record(z.string(), z.number().int()),
        dimensions: z.array(z.string()),
        /** An hour is not billed as it was reported. */
        isProblem: z.boolean(),
      }),
    ),
  }),
  records: query({
    scope: 'usage:read',
    scopedBy: 'subscription',
    summary: 'The individual records behind an hour or a line of a statement, earliest first.',
    input: pageRequest.extend({
      subscriptionId: text(100).min(1),
      dimension: text(100).min(1).optional(),
      /** From this moment on. */
      from: z.iso.datetime({ offset: true }),
      /** Before this moment. */
      to: z.iso.datetime({ offset: true }),
    }),
    output: pageOf(
      z.object({
        eventId: z.string(),
        dimension: z.string(),
        quantity: decimalText,
        occurredAt: z.iso.datetime(),
        takenAt: z.iso.datetime(),
        /** The plan under which the record counts. */
        planId: z.string(),
      }),
    ),
  }),
  resend: command({
    scope: 'usage:write',
    scopedBy: 'subscription',
    summary:
      'Sends an hour that Microsoft refused again, with a reason, while Microsoft still accepts it.',
    input: z.object({
      subscriptionId: text(100).min(1),
      dimension: text(100).min(1),
      /** Start of the UTC hour. */
      hour: z.iso.datetime({ offset: true }),
      /** Why you expect Microsoft to accept the hour now. Kept with the hour. */
      reason: text(500).min(1),
    }),
    output: z.object({ queued: z.literal(true), expiresAt: z.iso.datetime() }),
  }),
  summary: query({
    scope: 'usage:read',
    calledBy: ['landing'],
    scopedBy: 'subscription',
    summary:
      "A subscription's usage in its current term, per dimension: used, included, overage and its cost.",
    input: z.object({ subscriptionId: text(100).min(1) }),
    output: z.object({
      termStart: z.iso.datetime().optional(),
      termEnd: z.iso.datetime().optional(),
      /** True for a test purchase. */
      isTest: z.boolean().optional(),
      /** When the last record arrived. */
      updatedAt: z.iso.datetime().optional(),
      dimensions: z.array(usageSummaryLine),
    }),
  }),
} as const;
