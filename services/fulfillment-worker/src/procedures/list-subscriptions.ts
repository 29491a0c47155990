import { z } from 'zod';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { MAX_CURSOR_LENGTH } from '@landfall/contracts/pages';
import type { Handlers } from '@landfall/contracts/procedures';
import { MAX_COUNTED } from '@landfall/contracts/subscription-procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeKey, encodeKey, invalidCursor } from '@landfall/service-kit/paging';
import { approvalsOf } from '../store/approvals.ts';
import { openChanges } from '../store/changes.ts';
import { unknownOffers } from '../store/known-offers.ts';
import {
  countSubscriptions,
  listSubscriptions,
  type SubscriptionFilter,
} from '../store/search-subscriptions.ts';
import { deadlinesOf } from '../store/timers.ts';
import type { ProcedureDeps } from './deps.ts';
import { viewOf } from './subscription-view.ts';

type List = Handlers<FulfillmentProcedures>['subscriptions']['list'];

const keyText = z.string().max(MAX_CURSOR_LENGTH);
/** A cursor belongs to one order. */
const position = z.union([
  z.tuple([z.literal('newest'), z.iso.datetime(), keyText.min(1)]),
  z.tuple([z.enum(['name', 'endsAt', 'status']), keyText, keyText.min(1)]),
]);

/** Searches and filters subscriptions. */
export function listProcedure(deps: Pick<ProcedureDeps, 'db'>): List {
  const db = deps.db.kysely;
  return async ({ cursor, limit, sort, withTotal, ...filter }) => {
    const after = decodeKey(cursor, position);
    if (after instanceof Rejection) return after;
    if (after && after[0] !== sort) return invalidCursor();
    const [listed, total, warnings] = await Promise.all([
      listSubscriptions(db, filter, {
        sort,
        after: after && { key: after[1], id: after[2] },
        limit: limit + 1,
      }),
      withTotal ? countSubscriptions(db, filter) : undefined,
      warningsOf(deps, filter),
    ]);
    const { rows, nextCursor } = cutPage(listed, limit, (row) =>
      encodeKey([sort, row.key, row.record.state.id]),
    );
    const ids = rows.map(({ record }) => record.state.id);
    const [changes, deadlines, approvals] = await Promise.all([
      openChanges(db, ids),
      deadlinesOf(db, ids),
      approvalsOf(db, ids),
    ]);
    const items = rows.map(({ record }) => {
      const { id } = record.state;
      return viewOf(record, {
        change: changes.get(id),
        deadlines: deadlines.get(id),
        decided: approvals.get(id),
      });
    });
    return { items, nextCursor, total, warnings };
  };
}

/** Counts what the filters match, up to a limit. */
export function countProcedure(
  deps: Pick<ProcedureDeps, 'db'>,
): Handlers<FulfillmentProcedures>['subscriptions']['count'] {
  return async (filter) => {
    const found = await countSubscriptions(deps.db.kysely, filter, MAX_COUNTED + 1);
    return { count: Math.min(found, MAX_COUNTED), isMore: found > MAX_COUNTED };
  };
}

/** An empty answer because of a misspelt id looks like a true one, so it is said. */
async function warningsOf(
  { db }: Pick<ProcedureDeps, 'db'>,
  { publisherId, offerId, planId }: SubscriptionFilter,
): Promise<string[] | undefined> {
  if (offerId === undefined && planId === undefined) return undefined;
  const warnings = await unknownOffers(db.kysely, {
    publisherId,
    offers: [{ offerId, planIds: planId === undefined ? [] : [planId] }],
  });
  return warnings.length > 0 ? warnings : undefined;
}
