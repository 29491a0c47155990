import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { notFound } from '@landfall/contracts/ownership';
import type { Rejection } from '@landfall/contracts/rejections';
import { cutPage, invalidCursor } from '@landfall/service-kit/paging';
import { findChange } from '../store/changes.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { readTimeline } from '../store/timeline.ts';
import type { ProcedureDeps } from './deps.ts';
import { countProcedure, listProcedure } from './list-subscriptions.ts';
import { withNotes } from './notes.ts';
import { readView } from './subscription-record.ts';

type Subscriptions = Handlers<FulfillmentProcedures>['subscriptions'];

/** Queries that our own record answers. */
export function readProcedures(
  deps: Pick<ProcedureDeps, 'db'>,
): Pick<Subscriptions, 'list' | 'count' | 'get' | 'timeline' | 'change'> {
  const db = deps.db.kysely;
  return {
    list: listProcedure(deps),
    count: countProcedure(deps),

    get: async ({ subscriptionId }) => {
      return (await readView(db, subscriptionId.toLowerCase())) ?? unknownSubscription();
    },

    timeline: async ({ subscriptionId, cursor, limit, order, until, sequence }, { caller }) => {
      const id = subscriptionId.toLowerCase();
      const after = cursor === undefined ? undefined : Number(cursor);
      if (after !== undefined && (!Number.isSafeInteger(after) || after < 0)) {
        return invalidCursor();
      }
      const entries = await readTimeline(db, id, {
        after,
        order,
        until: until === undefined ? undefined : new Date(until),
        sequence,
        limit: limit + 1,
      });
      if (entries.length === 0 && !(await findSubscription(db, id))) return unknownSubscription();
      const page = cutPage(entries, limit, ({ sequence }) => String(sequence));
      // Notes are for the publisher's own people. The landing service shows its answers to customers.
      const isForCustomers = caller.kind === 'service';
      const items = isForCustomers ? [...page.rows] : await withNotes(deps, page.rows);
      return { items, nextCursor: page.nextCursor };
    },

    change: async ({ changeId }) => {
      const change = await findChange(db, changeId);
      if (!change) return notFound('change');
      return {
        changeId,
        state: change.state,
        subscriptionId: change.subscriptionId,
        kind: change.kind,
        planId: change.planId ?? undefined,
        quantity: change.quantity ?? undefined,
        origin: change.origin,
        from: sideOf(change.kind, change.fromPlanId, change.fromQuantity),
        requestedAt: change.requestedAt.toISOString(),
        settledAt: change.settledAt?.toISOString(),
        failure: change.failure ?? undefined,
        failureDetail: change.failureDetail ?? undefined,
        reason: change.decisionReason ?? undefined,
        ruleId: change.decisionRuleId ?? undefined,
        message: change.decisionMessage ?? undefined,
        compensates: change.compensates ?? undefined,
      };
    },
  };
}

export function unknownSubscription(): Rejection<'subscription.not-found'> {
  return notFound('subscription');
}

/** One side of a change, as callers see it; undefined if it is unknown or there is none. */
export function sideOf(
  action: string,
  planId: string | null,
  quantity: number | null,
): { planId?: string; quantity?: number } | undefined {
  if (action === 'ChangePlan') return planId === null ? undefined : { planId };
  return action === 'ChangeQuantity' && quantity !== null ? { quantity } : undefined;
}
