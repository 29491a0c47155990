import { z } from 'zod';
import { dryRun, warnings } from './catalogue-procedures.ts';
import { decimalInput, decimalText } from './decimals.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

const id = text(100).min(1);

/** How often a recurring quantity is reported. `term`: once at the start of each term. */
export const recurringSchedules = ['hour', 'day', 'week', 'month', 'year', 'term', 'once'] as const;

/** What a run of a recurring quantity did. */
export const recurringOutcomes = ['taken', 'missed', 'refused', 'skipped'] as const;

const recurringCharge = z.object({
  id: z.uuid(),
  /** Absent: applies to every publisher that has the offer and plan. */
  publisherId: z.string().optional(),
  /** The subscription. Absent: every subscription of `offerId` and `planId`. */
  subscriptionId: z.string().optional(),
  offerId: z.string().optional(),
  planId: z.string().optional(),
  dimension: z.string(),
  quantity: decimalText,
  every: z.enum(recurringSchedules),
  /** The first run, in UTC. Later ones follow at the same minute, time of day, weekday or day of the month. */
  from: z.iso.datetime(),
  /** No run is due at this time or later. */
  until: z.iso.datetime().optional(),
  label: z.string(),
  /** When it runs next. Absent once it has ended, and for `every: term`, which follows each subscription's term. */
  nextAt: z.iso.datetime().optional(),
});

export const recurringProcedures = {
  list: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: 'Fixed quantities that Landfall reports by schedule.',
    input: pageRequest.extend({ ...ofPublisher, subscriptionId: id.optional() }),
    output: pageOf(recurringCharge),
  }),
  put: command({
    scope: 'usage:write',
    scopedBy: 'publisher',
    summary:
      'Reports a fixed quantity of a dimension by schedule, for one subscription or for every subscription of a plan.',
    auditedBy: 'list',
    input: z.object({
      ...ofPublisher,
      /**
       * Your own id makes it safe to repeat the call. The id of an existing recurring quantity changes its quantity, label
       * and `until` for later runs. Absent: Landfall creates an id.
       */
      id: z.uuid().optional(),
      subscriptionId: id.optional(),
      offerId: id.optional(),
      planId: id.optional(),
      dimension: id,
      quantity: decimalInput,
      every: z.enum(recurringSchedules),
      /** The first run, at most 24 hours ago. Absent: now. */
      from: z.iso.datetime({ offset: true }).optional(),
      /** No run is due at this time or later. */
      until: z.iso.datetime({ offset: true }).optional(),
      /** A name for people, such as "Base fee". */
      label: text(100).min(1),
    }),
    output: z.object({ id: z.uuid(), charge: recurringCharge, warnings }),
  }),
  remove: command({
    scope: 'usage:write',
    scopedBy: 'publisher',
    summary: 'Ends a recurring quantity. What it has reported stays.',
    isDestructive: true,
    auditedBy: 'list',
    input: z.object({ ...ofPublisher, id: z.uuid(), dryRun }),
    output: z.object({
      /** False: it had ended before, or `dryRun`. */
      removed: z.boolean(),
      was: recurringCharge,
    }),
  }),
  runs: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: 'What each run of a recurring quantity did, latest first.',
    input: pageRequest.extend({ ...ofPublisher, id: z.uuid() }),
    output: pageOf(
      z.object({
        subscriptionId: z.string(),
        /** When the quantity was due. */
        dueAt: z.iso.datetime(),
        outcome: z.enum(recurringOutcomes),
        /** Why it was not taken. */
        reason: z.string().optional(),
        ranAt: z.iso.datetime(),
      }),
    ),
  }),
} as const;
