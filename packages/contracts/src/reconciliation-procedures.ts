import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';

export const reconciliationRun = z.object({
  runId: z.uuid(),
  /** Whose list was read; absent where the installation has one publisher. */
  publisherId: z.string().optional(),
  state: z.enum(['running', 'completed', 'failed']),
  dryRun: z.boolean(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  /** Subscriptions that Microsoft listed. */
  listed: z.number().int(),
  unchanged: z.number().int(),
  /** Differences found, and of these the ones that were healed by a reading. */
  drifted: z.number().int(),
  healed: z.number().int(),
  errors: z.number().int(),
  /** Purchases not opened yet, or that ended unopened. Recorded, but not counted as drift. */
  unopened: z.number().int().optional(),
  /** Test purchases that differed. Healed, and no drift. */
  testsDrifted: z.number().int().optional(),
  /** The first drifts and errors, for people; bounded. */
  findings: z.array(
    z.object({
      subscriptionId: z.string(),
      kind: z.string(),
      detail: z.string(),
      /** Why it was not known: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
      cause: z.string().optional(),
    }),
  ),
  failure: z.string().optional(),
  /** A failed run goes on where it stopped, then or when a run is asked for; absent: it is over. */
  continuesAt: z.iso.datetime().optional(),
  /** How much of both sides was compared. */
  coverage: z
    .object({
      pages: z.number().int(),
      isListComplete: z.boolean(),
      /** Subscriptions of ours that Microsoft did not list; they are counted as drifted as well. */
      localOnly: z.number().int(),
      /** Subscriptions whose outstanding operations Microsoft was asked for. */
      askedOperations: z.number().int(),
      /** How often the run went on after it had stopped, and how often the list was begun anew. */
      resumed: z.number().int(),
      begunAnew: z.number().int(),
    })
    .optional(),
});

/** Comparison with Microsoft's list; served by fulfillment-worker. */
export const reconciliationProcedures = {
  reconciliation: {
    start: command({
      scope: 'reconciliation:run',
      calledBy: ['webhook-ingest'],
      scopedBy: 'publisher',
      summary: "Compares Microsoft's full list with our records and corrects the differences.",
      input: z.object({ dryRun: z.boolean().default(false), ...ofPublisher }),
      output: reconciliationRun.extend({
        /** Runs of the other publishers, where none was named and there are several. */
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
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary: 'Reconciliation runs, newest first.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(reconciliationRun),
    }),
  },
} as const;
