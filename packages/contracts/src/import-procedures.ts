import { z } from 'zod';
import { command } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Each subscription costs one call to Microsoft, and one answer must come within ten seconds. */
export const MAX_IMPORTED = 25;

/** A subscription as another system knew it. Only `subscriptionId` is needed: the rest of the record is Microsoft's. */
const importedSubscription = z.object({
  subscriptionId: text(100).min(1),
  /** What the other system had, for the report of differences. */
  status: text(100).optional(),
  planId: text(100).optional(),
  quantity: z.number().int().optional(),
  /** Who had confirmed the purchase there. */
  claimedBy: z
    .object({
      tenantId: text(100).optional(),
      objectId: text(100).optional(),
      emailId: text(320).optional(),
    })
    .optional(),
  /** The buyer's answers there, by question id. */
  answers: z.record(text(100), text(4000)).optional(),
  /** What had happened there, oldest first. It goes to the timeline, as imported. */
  history: z
    .array(z.object({ at: z.iso.datetime(), text: text(500) }))
    .max(500)
    .default([]),
});

/** Takes over subscriptions from another system; served by fulfillment-worker. */
export const importProcedures = {
  imports: {
    subscriptions: command({
      scope: 'imports:write',
      scopedBy: 'publisher',
      summary:
        "Takes over subscriptions from another system. Microsoft's record decides. Repeating the call is safe.",
      input: z.object({
        /** The system that they come from, such as `saas-accelerator`. */
        source: z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/),
        subscriptions: z.array(importedSubscription).min(1).max(MAX_IMPORTED),
        dryRun: z.boolean().default(true),
        ...ofPublisher,
      }),
      output: z.object({
        results: z.array(
          z.object({
            subscriptionId: z.string(),
            /** imported; known: Landfall had it already; unknown-at-microsoft; failed: try it again. */
            outcome: z.enum(['imported', 'known', 'unknown-at-microsoft', 'failed']),
            /** Fields in which the other system differed from Microsoft: "status: Subscribed there, Suspended at Microsoft". */
            differences: z.array(z.string()),
            detail: z.string().optional(),
          }),
        ),
        isDryRun: z.boolean(),
      }),
    }),
  },
} as const;
