import { z } from 'zod';
import { operationView } from './change-view.ts';
import { pageOf, pageRequest } from './pages.ts';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Microsoft's operations across subscriptions; served by fulfillment-worker. */
export const operationProcedures = {
  operations: {
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary:
        "Microsoft's operations and your decisions on them, newest first: open ones, by outcome, decision, rule, action and time.",
      input: pageRequest.extend({
        subscriptionId: text(100).min(1).optional(),
        operationId: text(200).min(1).optional(),
        /** True: without an outcome. False: with one. */
        isOpen: z.boolean().optional(),
        outcome: z.enum(['succeeded', 'failed', 'refused', 'overruled', 'unsettled']).optional(),
        /** `none`: no decision was needed or made. */
        decision: z.enum(['accept', 'refuse', 'none']).optional(),
        /** True: decided after its deadline. False: decided in time. */
        isLate: z.boolean().optional(),
        /** The rule that decided. */
        ruleId: text(100).min(1).optional(),
        /** Whether the product did not answer, so that `onSilence` decided. */
        isSilent: z.boolean().optional(),
        /** ChangePlan, ChangeQuantity, Suspend, Reinstate, Renew, Unsubscribe, or one that Microsoft adds. */
        action: text(100).min(1).optional(),
        /** When Landfall first knew of it: at or after `since`, before `until`. */
        since: z.iso.datetime().optional(),
        until: z.iso.datetime().optional(),
        /** `decided`: only decided ones, by the time of the decision; `since` and `until` then mean that time. */
        sort: z.enum(['newest', 'decided']).default('newest'),
        ...ofPublisher,
      }),
      output: pageOf(
        operationView.extend({ subscriptionId: z.string(), createdAt: z.iso.datetime() }),
      ),
    }),
  },
} as const;
