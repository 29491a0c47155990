import { z } from 'zod';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { reconciliationRun } from '@landfall/contracts/reconciliation-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { notFound } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import {
  cutPage,
  decodeCursor,
  decodeKey,
  encodeCursor,
  encodeKey,
} from '@landfall/service-kit/paging';
import { isNamed, ownerOfNameless } from '../publishers.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { listFindings } from '../store/run-findings.ts';
import { healingOf } from '../store/run-subscriptions.ts';
import { findRun, listRuns, type RunRow } from '../store/runs.ts';
import type { ProcedureDeps } from './deps.ts';

type RunDeps = Pick<ProcedureDeps, 'db' | 'publishers'>;
type RunView = z.output<typeof reconciliationRun>;

const findingPosition = z.tuple([z.iso.datetime(), z.uuid(), z.string().regex(/^\d{1,9}$/)]);

export function reconciliationProcedures(
  deps: RunDeps,
  reconciler: Reconciler,
): Handlers<FulfillmentProcedures>['reconciliation'] {
  const db = deps.db.kysely;
  const current = async (run: RunRow): Promise<RunView> =>
    run.state === 'running'
      ? { ...viewOf(run), healed: (await healingOf(db, run.id)).healed }
      : viewOf(run);
  return {
    start: async ({ dryRun, publisherId }) => {
      if (publisherId !== undefined && !(await hasOwnRuns(deps, publisherId))) {
        return notFound('publisher');
      }
      const [run, ...others] = await reconciler.begin({ dryRun, publisherId });
      if (!run) {
        return new Rejection(
          'reconciliation.running',
          'A reconciliation is already running. Use that run instead.',
        );
      }
      const alsoStarted = others.length > 0 ? others.map(({ id }) => id) : undefined;
      return { ...viewOf(run), alsoStarted };
    },
    get: async ({ runId }) => {
      const run = await findRun(db, runId);
      if (run) return await current(run);
      return notFound('run');
    },
    findings: async ({ publisherId, cursor, limit, since, ...filter }) => {
      const after = decodeKey(cursor, findingPosition);
      if (after instanceof Rejection) return after;
      const { rows, nextCursor } = cutPage(
        await listFindings(db, {
          ...filter,
          subscriptionId: filter.subscriptionId?.toLowerCase(),
          publisherId,
          hasNameless: publisherId !== undefined && publisherId === (await ownerOfNameless(deps)),
          since: since === undefined ? undefined : new Date(since),
          after: after && { at: after[0], runId: after[1], place: Number(after[2]) },
          limit: limit + 1,
        }),
        limit,
        (row) => encodeKey([row.startedAt.toISOString(), row.runId, String(row.place)]),
      );
      const items = rows.map((row) => ({
        runId: row.runId,
        publisherId: row.publisherId ?? undefined,
        foundAt: row.startedAt.toISOString(),
        subscriptionId: row.subscriptionId,
        kind: row.kind,
        detail: row.detail,
        cause: row.cause ?? undefined,
        state: row.state,
      }));
      return { items, nextCursor };
    },
    list: async ({ publisherId, cursor, limit }) => {
      const before = decodeCursor(cursor, z.uuid());
      if (before instanceof Rejection) return before;
      const { rows, nextCursor } = cutPage(
        await listRuns(db, {
          publisherId,
          hasNameless: publisherId !== undefined && publisherId === (await ownerOfNameless(deps)),
          before,
          limit: limit + 1,
        }),
        limit,
        (run) => encodeCursor({ at: run.startedAt, id: run.id }),
      );
      return { items: await Promise.all(rows.map((run) => current(run))), nextCursor };
    },
  };
}

/** Whether there are runs about only this publisher. */
async function hasOwnRuns(deps: RunDeps, publisherId: string): Promise<boolean> {
  return deps.publishers.isSole
    ? (await ownerOfNameless(deps)) === publisherId
    : isNamed(deps.publishers, publisherId);
}

function viewOf(run: RunRow): RunView {
  const { listed, unchanged, drifted, healed, errors } = run;
  return {
    runId: run.id,
    publisherId: run.publisherId ?? undefined,
    state: run.state,
    dryRun: run.dryRun,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString(),
    listed,
    unchanged,
    drifted,
    healed,
    errors,
    unopened: run.unopened,
    testsDrifted: run.testsDrifted,
    findings: run.findings,
    failure: run.failure ?? undefined,
    continuesAt: run.resumeAt?.toISOString(),
    coverage: {
      pages: run.pages,
      isListComplete: run.phase !== 'list',
      localOnly: run.localOnly,
      askedOperations: run.askedOperations,
      resumed: run.resumes,
      begunAnew: run.restarts,
    },
  };
}
