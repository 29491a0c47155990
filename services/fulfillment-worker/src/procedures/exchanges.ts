import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { cutPage, invalidCursor } from '@landfall/service-kit/paging';
import { listExchanges } from '../store/exchanges.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { ProcedureDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';

/** What Microsoft was asked about a subscription, and what it answered. */
export function exchangesProcedure(
  deps: Pick<ProcedureDeps, 'db'>,
): Handlers<FulfillmentProcedures>['subscriptions']['exchanges'] {
  const db = deps.db.kysely;
  return async ({ subscriptionId, exchangeId, cursor, limit }) => {
    const id = subscriptionId.toLowerCase();
    const before = cursor === undefined ? undefined : Number(cursor);
    if (before !== undefined && (!Number.isSafeInteger(before) || before < 0)) {
      return invalidCursor();
    }
    const listed = await listExchanges(db, {
      subscriptionId: id,
      exchangeId,
      before,
      limit: limit + 1,
    });
    if (listed.length === 0 && !(await findSubscription(db, id))) return unknownSubscription();
    const { rows, nextCursor } = cutPage(listed, limit, (row) => row.id);
    const items = rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      call: row.call,
      status: row.status ?? undefined,
      failure: row.failure ?? undefined,
      durationMs: row.durationMs,
      attempt: row.attempt,
      requestId: row.requestId,
      correlationId: row.correlationId,
      cause: row.cause ?? undefined,
      sent: row.sent ?? undefined,
      answer: row.answer ?? undefined,
    }));
    return { items, nextCursor };
  };
}
