import { z } from 'zod';
import { callerId } from '@landfall/contracts/caller';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { MAX_NAMED, MAX_REPLAY } from '@landfall/contracts/repair-procedures';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, decodeCursor, encodeCursor } from '@landfall/service-kit/paging';
import {
  countParked,
  discardParked,
  listParked,
  nameParked,
  replayParked,
  type ParkedWanted,
} from '../store/parked-tasks.ts';
import { recordReplay } from '../store/replays.ts';
import type { ProcedureDeps } from './deps.ts';

/** Tasks are numbered. */
const taskId = z.string().regex(/^\d{1,18}$/);

/**
 * Parked tasks, for people to inspect, replay and discard. A task reads before it acts, so a replay changes nothing if
 * the matter is settled or its change or activation has ended.
 */
export function parkedTaskProcedures(
  deps: Pick<ProcedureDeps, 'db' | 'now' | 'log' | 'wakeLanes'>,
): Handlers<FulfillmentProcedures>['parkedTasks'] {
  const db = deps.db.kysely;
  return {
    list: async ({ cursor, limit, publisherId, ...filter }) => {
      const before = decodeCursor(cursor, taskId);
      if (before instanceof Rejection) return before;
      const { rows, nextCursor } = cutPage(
        await listParked(db, { ...filter, publisherId, before, limit: limit + 1 }),
        limit,
        (row) => encodeCursor({ at: row.deadAt ?? new Date(0), id: row.id }),
      );
      const items = rows.map((row) => ({
        taskId: Number(row.id),
        subscriptionId: row.subscriptionId,
        kind: row.kind,
        reason: row.lastError ?? '',
        attempts: row.attempts,
        correlationId: row.correlationId,
        createdAt: row.createdAt.toISOString(),
        parkedAt: (row.deadAt ?? row.createdAt).toISOString(),
      }));
      return { items, nextCursor };
    },

    replay: async ({ dryRun, requestedBy, ...request }, { caller, correlationId }) => {
      const by = requestedBy ?? callerId(caller);
      const wanted = wantedOf(request);
      const matched = await countParked(db, wanted);
      if (dryRun) return { matched, replayed: 0, items: await nameParked(db, wanted, MAX_NAMED) };
      const at = deps.now();
      const replayed = await inTransaction(deps.db, async (trx) => {
        const count = await replayParked(trx, wanted, { at, correlationId, limit: MAX_REPLAY });
        const done = { matched, replayed: count, at };
        await recordReplay(trx, { what: 'parkedTasks', requestedBy: by, wanted, ...done });
        return count;
      });
      deps.log.info({ matched, replayed }, 'replayed parked tasks');
      deps.wakeLanes();
      return { matched, replayed };
    },

    discard: async ({ dryRun, requestedBy, because, ...request }, { caller, correlationId }) => {
      const by = requestedBy ?? callerId(caller);
      const wanted = wantedOf(request);
      const matched = await countParked(db, wanted);
      if (dryRun) return { matched, discarded: 0, items: await nameParked(db, wanted, MAX_NAMED) };
      const at = deps.now();
      const discarded = await inTransaction(deps.db, async (trx) => {
        const discard = { at, correlationId, because, limit: MAX_REPLAY };
        const count = await discardParked(trx, wanted, discard);
        const done = { matched, replayed: 0, at };
        const noted = { ...wanted, because, discarded: count };
        await recordReplay(trx, { what: 'parkedTasks', requestedBy: by, wanted: noted, ...done });
        return count;
      });
      deps.log.info({ matched, discarded }, 'discarded parked tasks');
      return { matched, discarded };
    },
  };
}

function wantedOf({
  since,
  until,
  ...filter
}: Omit<ParkedWanted, 'since' | 'until' | 'publisherId'> & {
  readonly publisherId?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}): ParkedWanted {
  return {
    ...filter,
    publisherId: filter.publisherId,
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  };
}
