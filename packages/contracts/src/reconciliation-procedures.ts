import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** One comparison of Microsoft's list with Landfall's records. */
export const reconciliationRun = z.object({
  runId: z.uuid(),
  /** The publisher of the list that was read; absent in an installation with one publisher. */
  publisherId: z.string().optional(),
  state: z.enum(['running', 'completed', 'failed']),
  dryRun: z.boolean(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  /** Subscriptions that Microsoft listed. */
  listed: z.number().int(),
  unchanged: z.number().int(),
  /** Subscriptions that differed. */
  drifted: z.number().int(),
  /** Drifted subscriptions that were corrected by reading them. */
  healed: z.number().int(),
  errors: z.number().int(),
  /** Purchases that no buyer has opened, ended or not. They are recorded and not counted as drift. */
  unopened: z.number().int().optional(),
  /** Test purchases that differed. They are corrected and not counted as drift. */
  testsDrifted: z.number().int().optional(),
  /** The first differences and errors, for people; bounded. */
  findings: z.array(
    z.object({
      subscriptionId: z.string(),
      kind: z.string(),
      detail: z.string(),
      /** Why Landfall did not know: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
      cause: z.string().optional(),
    }),
  ),
  failure: z.string().optional(),
  /** When a failed run continues where it stopped, unless a start is requested earlier. Absent: the run is over. */
  continuesAt: z.iso.datetime().optional(),
  /** How much of both sides was compared. */
  coverage: z
    .object({
      pages: z.number().int(),
      isListComplete: z.boolean(),
      /** Subscriptions in Landfall that Microsoft did not list. They also count as drifted. */
      localOnly: z.number().int(),
      /** Subscriptions for which Microsoft was asked for open operations. */
      askedOperations: z.number().int(),
      /** How often the run continued after a stop. */
      resumed: z.number().int(),
      /** How often the list was read again from its first page. */
      begunAnew: z.number().int(),
    })
    .optional(),
});

/** What became of a difference. */
export const findingStates = [
  /** Its subscription was read again and is right. */
  'healed',
  /** A task is going to read it. */
  'open',
  /** The task is parked. */
  'parked',
  /** It was read again, and the difference remains, or somebody gave it up. */
  'unhealed',
  /** Nothing is done about it: a dry run, or a note such as an operation that was not notified. */
  'reported',
] as const;

const findingView = z.object({
  runId: z.uuid(),
  publisherId: z.string().optional(),
  foundAt: z.iso.datetime(),
  subscriptionId: z.string(),
  kind: z.string(),
  detail: z.string(),
  /** Why Landfall did not know: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
  cause: z.string().optional(),
  state: z.enum(findingStates),
});

/** Comparisons with Microsoft's list; served by fulfillment-worker. */
export const reconciliationProcedures = {
  reconciliation: {
    start: command({
      scope: 'reconciliation:run',
      calledBy: ['webhook-ingest'],
      scopedBy: 'publisher',
      summary: "Compares Microsoft's full list with our records and corrects the differences.",
      input: z.object({ dryRun: z.boolean().default(false), ...ofPublisher }),
      output: reconciliationRun.extend({
        /** Runs of the other publishers, if no publisher was named and there are several. */
        alsoStarted: z.array(z.uuid()).optional(),
      }),
    }),
    get: query({
      scope: 'subscriptions:read',
      scopedBy: 'run',
      summary: 'One reconciliation run: counts, findings and errors.',
      input: z.object({ runId: z.uuid() }),
      output: reconciliationRun,
    }),
    findings: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary:
        'Differences that reconciliation runs found, newest run first, and whether each is healed. A run with many differences stores only the first ones.',
      input: pageRequest.extend({
        runId: z.uuid().optional(),
        subscriptionId: text(100).min(1).optional(),
        kind: text(100).min(1).optional(),
        state: z.enum(findingStates).optional(),
        /** Runs that started at or after this time. */
        since: z.iso.datetime().optional(),
        ...ofPublisher,
      }),
      output: pageOf(findingView),
    }),
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary: 'Reconciliation runs, newest first.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(reconciliationRun),
    }),
  },
} as const;
