import { z } from 'zod';
import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import { callerId } from '@landfall/contracts/caller';
import type { Handlers } from '@landfall/contracts/procedures';
import type { usageIncidentKinds } from '@landfall/contracts/proof-procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';
import { listIncidents, settleIncident } from '../store/incidents.ts';
import { subscriptionKey } from '../store/subscriptions.ts';

/** Lists and settles incidents. */
export function incidentHandlers({
  db,
  now,
}: {
  readonly db: Db;
  readonly now: () => Date;
}): Handlers<typeof billingProcedures>['incidents'] {
  return {
    list: async ({ publisherId, subscriptionId, kind, isSettled, limit, cursor }) => {
      const after = decodeCursor(cursor, z.uuid());
      if (after instanceof Rejection) return after;
      const id = subscriptionId === undefined ? undefined : subscriptionKey(subscriptionId);
      const filter = { publisherId, subscriptionId: id, kind, isSettled };
      const found = await listIncidents(db.kysely, filter, { after, limit: limit + 1 });
      const { rows, nextCursor } = cutPage(found, limit, (last) =>
        encodeCursor({ at: last.foundAt, id: last.id }),
      );
      const items = rows.map((row) => ({
        id: row.id,
        publisherId: row.publisherId,
        subscriptionId: row.subscriptionId,
        planId: row.planId === '' ? undefined : row.planId,
        dimension: row.dimension === '' ? undefined : row.dimension,
        day: row.day,
        kind: row.kind as (typeof usageIncidentKinds)[number],
        ours: row.ours ?? undefined,
        theirs: row.theirs ?? undefined,
        message: row.message,
        foundAt: row.foundAt.toISOString(),
        settledAt: row.settledAt?.toISOString(),
        settledBy: row.settledBy ?? undefined,
        reason: row.reason ?? undefined,
      }));
      return { items, nextCursor };
    },

    settle: async ({ publisherId, incidentId, reason }, { caller }) => {
      const by = { name: callerId(caller), reason, now: now() };
      const settled = await inTransaction(db, (trx) =>
        settleIncident(trx, { id: incidentId, publisherId }, by),
      );
      if (settled) {
        return { ...settled, settled: true, settledAt: settled.settledAt.toISOString() };
      }
      return new Rejection(
        'incident.not-found',
        'No incident with this ID is available to you. See incidents.list.',
      );
    },
  };
}
