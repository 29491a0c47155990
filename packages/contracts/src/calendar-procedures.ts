import { z } from 'zod';
import { ofPublisher } from './ownership.ts';
import { MAX_CURSOR_LENGTH, pageOf, pageRequest } from './pages.ts';
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
  /** The subscription, credential or key. */
  id: z.string(),
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

export type CalendarEntry = z.output<typeof calendarEntry>;
export type CalendarKind = CalendarEntry['kind'];

/** The place of an entry in the calendar, as its owner's cursor holds it. */
export const calendarPosition = z.tuple([
  z.iso.datetime(),
  z.enum(calendarKinds),
  z.string().max(MAX_CURSOR_LENGTH),
]);

/** The order of the calendar: time, kind, id. PostgreSQL compares these texts by bytes, as this does. */
export function compareCalendar(
  left: Pick<CalendarEntry, 'at' | 'kind' | 'id'>,
  right: Pick<CalendarEntry, 'at' | 'kind' | 'id'>,
): number {
  for (const field of ['at', 'kind', 'id'] as const) {
    if (left[field] !== right[field]) return left[field] < right[field] ? -1 : 1;
  }
  return 0;
}

const MAX_DAYS = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

const period = {
  from: z.iso.datetime(),
  /** At most 400 days after `from`. */
  to: z.iso.datetime(),
  kinds: z.array(z.enum(calendarKinds)).optional(),
  offerId: text(100).optional(),
  ...ofPublisher,
};

function isShort({ from, to }: { readonly from: string; readonly to: string }): boolean {
  return Date.parse(to) - Date.parse(from) <= MAX_DAYS * DAY_MS;
}

const TOO_LONG = { error: `A calendar shows at most ${MAX_DAYS} days.`, path: ['to'] };

/** What will happen by itself, and what must be done until when; served by the gateway, which asks fulfillment-worker for its part. */
export const calendarProcedures = {
  calendar: {
    list: query({
      scope: 'subscriptions:read',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary:
        'What renews, converts from a trial, ends, expires, or must be configured or decided, in order of time.',
      input: pageRequest.extend(period).refine(isShort, TOO_LONG),
      output: pageOf(calendarEntry),
    }),
    days: query({
      scope: 'subscriptions:read',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'The number of calendar entries of each kind, by UTC day.',
      input: z.object(period).refine(isShort, TOO_LONG),
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
