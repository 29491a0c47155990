import { z } from 'zod';
import { shownAlert } from './alert-procedures.ts';
import { matterSeverities } from './matters.ts';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';

/** What is open of one kind of matter. */
const openMatters = z.object({
  /** A kind of `matters.list`. */
  kind: z.string(),
  count: z.number().int(),
  /** Of the most urgent one. */
  severity: z.enum(matterSeverities),
  nextDueAt: z.iso.datetime().optional(),
  /** The query that lists them, and its input. */
  list: z.object({ procedure: z.string(), input: z.record(z.string(), z.unknown()) }),
  /** Title and next step of the most urgent one. */
  meaning: z.string(),
  /** The incident page about the most urgent one, if an alert counts matters of this kind. */
  incidentPage: z.url().optional(),
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
      summary: 'What is wrong now: active alerts, and how many matters of each kind are open.',
      input: z.object(ofPublisher),
      output: z.object({
        /** No alert is active, and no matter is open that is worse than `info`. */
        isGood: z.boolean(),
        /** Absent for a caller that is limited to one publisher or does not have the scope alerts:read. */
        alerts: z.array(shownAlert).optional(),
        /** Without those that are snoozed. The most urgent kinds come first. */
        matters: z.array(openMatters),
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
