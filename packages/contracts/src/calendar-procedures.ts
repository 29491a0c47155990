import { z } from 'zod';
import { ofPublisher } from './ownership.ts';
import { pageOf, pageRequest } from './pages.ts';
import { query } from './procedures.ts';
import { text } from './text.ts';

/** What can stand in the calendar. */
export const calendarKinds = [
  'renews',
  'trialConverts',
  'ends',
  'configurationDue',
  'approvalDue',
  'provisioningDue',
  'suspensionEnds',
  'erasure',
  'credentialEnds',
  'keyEnds',
] as const;

/** One thing with a date. */
export const calendarEntry = z.object({
  at: z.iso.datetime(),
  kind: z.enum(calendarKinds),
  publisherId: z.string().optional(),
  subscriptionId: z.string().optional(),
  /** Name of the subscription, or what the credential or key is called. */
  name: z.string().optional(),
  offerId: z.string().optional(),
  planId: z.string().optional(),
  quantity: z.number().int().optional(),
  isTest: z.boolean().optional(),
});

const period = {
  from: z.iso.datetime(),
  /** At most 400 days after `from`. */
  to: z.iso.datetime(),
  kinds: z.array(z.enum(calendarKinds)).optional(),
  offerId: text(100).optional(),
  ...ofPublisher,
};

/** What will happen by itself, and what must be done until when; served by the gateway, which asks the owners. */
export const calendarProcedures = {
  calendar: {
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary:
        'What renews, converts from a trial, ends, expires, or must be configured or decided, in order of time.',
      input: pageRequest.extend(period),
      output: pageOf(calendarEntry),
    }),
    days: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary: 'The number of calendar entries of each kind, by UTC day.',
      input: z.object(period),
      output: z.object({
        days: z.array(
          z.object({
            /** YYYY-MM-DD */
            day: z.string(),
            counts: z.partialRecord(z.enum(calendarKinds), z.number().int()),
          }),
        ),
      }),
    }),
  },
} as const;
