import { z } from 'zod';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import {
  cutPage,
  decodeCursor,
  decodeKey,
  encodeCursor,
  encodeKey,
  invalidCursor,
} from '@landfall/service-kit/paging';
import { listOperations, reportDecisions, type ListedOperation } from '../store/decisions.ts';
import { searchOperations } from '../store/search-operations.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { ProcedureDeps } from './deps.ts';
import { sideOf, unknownSubscription } from './read.ts';

type Table = Handlers<FulfillmentProcedures>;

/** The default period of a report: a month, like an invoice. */
const REPORT_MS = 30 * 24 * 60 * 60 * 1000;

/** Operation ids come from Microsoft and are no longer than this; the webhook refuses longer ones. */
const id = z.string().min(1).max(200);
const position = z.tuple([z.iso.datetime(), id, id, z.literal('decided').optional()]);

/** How Microsoft's operations were handled: lists and a report. */
export function operationProcedures(deps: Pick<ProcedureDeps, 'db' | 'now'>): {
  operations: Table['subscriptions']['operations'];
  report: Table['policies']['report'];
  list: Table['operations']['list'];
} {
  const db = deps.db.kysely;
  return {
    operations: async ({ subscriptionId, cursor, limit }) => {
      const before = decodeCursor(cursor);
      if (before instanceof Rejection) return before;
      const id = subscriptionId.toLowerCase();
      const listed = await listOperations(db, { subscriptionId: id, before, limit: limit + 1 });
      if (listed.length === 0 && !(await findSubscription(db, id))) return unknownSubscription();
      const { rows, nextCursor } = cutPage(listed, limit, (row) =>
        encodeCursor({ at: row.createdAt, id: row.operationId }),
      );
      return { items: rows.map((row) => viewOf(row)), nextCursor };
    },

    list: async ({ cursor, limit, since, until, ...filter }) => {
      const before = decodeKey(cursor, position);
      if (before instanceof Rejection) return before;
      const isByDecision = filter.sort === 'decided';
      // A cursor belongs to one order.
      if (before && (before[3] === 'decided') !== isByDecision) return invalidCursor();
      const listed = await searchOperations(db, {
        ...filter,
        subscriptionId: filter.subscriptionId?.toLowerCase(),
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
        before: before && { at: before[0], operationId: before[1], subscriptionId: before[2] },
        limit: limit + 1,
      });
      const { rows, nextCursor } = cutPage(listed, limit, (row) =>
        encodeKey([
          ((isByDecision ? row.decidedAt : undefined) ?? row.createdAt).toISOString(),
          row.operationId,
          row.subscriptionId,
          ...(isByDecision ? ['decided'] : []),
        ]),
      );
      const items = rows.map((row) =>
        Object.assign(viewOf(row), {
          subscriptionId: row.subscriptionId,
          createdAt: row.createdAt.toISOString(),
        }),
      );
      return { items, nextCursor };
    },

    report: async ({ since, publisherId }) => {
      const from =
        since === undefined ? new Date(deps.now().getTime() - REPORT_MS) : new Date(since);
      return { since: from.toISOString(), ...(await reportDecisions(db, from, publisherId)) };
    },
  };
}

function viewOf(row: ListedOperation) {
  const { decidedAt, deadlineAt: deadline } = row;
  return {
    operationId: row.operationId,
    action: row.action,
    decision: row.decision ?? undefined,
    reason: row.reason ?? undefined,
    ruleId: row.ruleId ?? undefined,
    message: row.message ?? undefined,
    origin: row.origin ?? undefined,
    from: sideOf(row.action, row.fromPlanId, row.fromQuantity),
    to: sideOf(row.action, row.toPlanId, row.toQuantity),
    decidedAt: decidedAt?.toISOString(),
    deadline: deadline?.toISOString(),
    isInTime: decidedAt && deadline ? decidedAt <= deadline : undefined,
    answeredAt: row.answeredAt?.toISOString(),
    outcome: row.outcome ?? undefined,
    settledAt: row.settledAt?.toISOString(),
    compensatedBy: row.compensatedBy ?? undefined,
  };
}
