import { z } from 'zod';
import { firingAlert } from './alert-procedures.ts';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';

/** One kind of open problem that a person has to look at. */
const openMatter = z.object({
  /** parkedTasks, deadLetters, deadDeliveries, failingDestinations, failedActivations, waitingForProduct, … */
  kind: z.string(),
  /** Absent if the service that knows it did not answer. */
  count: z.number().int().optional(),
  /** There are more than `count`. */
  isMore: z.boolean().optional(),
  /** The query that lists them, and its input. */
  list: z.object({ procedure: z.string(), input: z.record(z.string(), z.unknown()) }),
  meaning: z.string(),
});

const retentionRuleView = z.object({
  service: z.string(),
  table: z.string(),
  /** Days until rows are removed, unless `setting` says otherwise. 0: the row holds its own end. Absent: kept. */
  days: z.number().int().optional(),
  minDays: z.number().int().optional(),
  /** Environment variable of the service that sets another number of days. */
  setting: z.string().optional(),
  /** Condition on a row, in SQL. Absent: every row. */
  only: z.string().optional(),
  reason: z.string(),
});

/** What is wrong, and what is kept; served by the gateway. */
export const overviewProcedures = {
  overview: {
    get: query({
      scope: 'health:read',
      scopedBy: 'publisher',
      summary:
        'What is wrong now: active alerts, and what waits for a person, each with the query that lists it.',
      input: z.object(ofPublisher),
      output: z.object({
        isGood: z.boolean(),
        /** Absent for a caller that is limited to one publisher or does not have the scope alerts:read. */
        alerts: z.array(firingAlert).optional(),
        /** Only what is open, or unknown because a service did not answer. */
        matters: z.array(openMatter),
        /** Queries that were left out because the caller does not have their scope. */
        withheld: z.array(z.string()),
        at: z.iso.datetime(),
      }),
    }),
  },
  retention: {
    get: query({
      scope: 'settings:read',
      scopedBy: 'publisher',
      summary:
        'How long each table of each service is kept, and why: default days and the variable that changes them.',
      input: z.object(ofPublisher),
      output: z.object({ rules: z.array(retentionRuleView) }),
    }),
  },
} as const;
