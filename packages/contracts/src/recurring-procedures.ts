import { z } from 'zod';
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
  /** Absent: of every publisher that has the offer and plan. */
  publisherId: z.string().optional(),
  /** Of one subscription; or else of every subscription of `offerId` and `planId`. */
  subscriptionId: z.string().optional(),
  offerId: z.string().optional(),
  planId: z.string().optional(),
  dimension: z.string(),
  quantity: decimalText,
  every: z.enum(recurringSchedules),
  /** The first run, in UTC. The later ones follow at the same minute, hour, weekday or day. */
  from: z.iso.datetime(),
  /** Nothing is due at this moment or later. */
  until: z.iso.datetime().optional(),
  label: z.string(),
  /** When it runs next; absent when it has ended, and with `every: term`, which follows each subscription's term. */
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
    input: z.object({
      ...ofPublisher,
      /**
       * Your own id makes a repeated call safe. With the id of an existing one, the call changes quantity, label and `until`
       * for the runs to come. Absent: Landfall makes one.
       */
      id: z.uuid().optional(),
      subscriptionId: id.optional(),
      offerId: id.optional(),
      planId: id.optional(),
      dimension: id,
      quantity: decimalInput,
      every: z.enum(recurringSchedules),
      /** Absent: now. At most 24 hours ago. */
      from: z.iso.datetime({ offset: true }).optional(),
      /** Nothing is due at this moment or later. */
      until: z.iso.datetime({ offset: true }).optional(),
      /** Shown in statements, such as "Base fee". */
      label: text(100).min(1),
    }),
    output: z.object({ id: z.uuid() }),
  }),
  remove: command({
    scope: 'usage:write',
    scopedBy: 'publisher',
    summary: 'Ends a recurring quantity. What was reported stays.',
    input: z.object({ ...ofPublisher, id: z.uuid() }),
    output: z.object({ removed: z.boolean() }),
  }),
  runs: query({
    scope: 'usage:read',
    scopedBy: 'publisher',
    summary: 'What each run of a recurring quantity did, latest first.',
    input: pageRequest.extend({ ...ofPublisher, id: z.uuid() }),
    output: pageOf(
      z.object({
        subscriptionId: z.string(),
        /** The moment for which the quantity was due. */
        dueAt: z.iso.datetime(),
        outcome: z.enum(recurringOutcomes),
        /** Unless it was taken: why. */
        reason: z.string().optional(),
        ranAt: z.iso.datetime(),
      }),
    ),
  }),
} as const;
