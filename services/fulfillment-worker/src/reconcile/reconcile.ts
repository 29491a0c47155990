import { setTimeout as delay } from 'node:timers/promises';
import { isFault } from '@landfall/domain/fault.ts';
import { inTransaction } from '@landfall/service-kit/database.ts';
import { addTasks } from '../lanes/lane-store.ts';
import {
  addProgress,
  finishRun,
  hasSubscriptions,
  healingOf,
  openTasks,
  recordSeen,
  renewRun,
  unlisted,
  type RunRow,
} from '../store/runs.ts';
import { findSubscriptions } from '../store/subscriptions.ts';
import { comparePage } from './compare-page.ts';
import type { ReconcileDeps } from './deps.ts';

/** Longer than one page of Microsoft's with all its repeats; a crashed run blocks the next this long. */
export const RUN_LEASE_MS = 2 * 60_000;
/** Our own records that were not listed, looked at in one step: as many as Microsoft lists in one. */
const UNLISTED_PAGE = 100;
/**
 * Lanes are worked in the order of their waiting, so a customer waits behind every difference that is
 * due: no more of them than the workers get through in a second or two.
 */
const MAX_HEALING_DUE = 50;
/** Healing is a call per difference; after this the run is told as it stands and the tasks go on. */
const HEALING_DEADLINE_MS = 30 * 60_000;
const HEALING_POLL_MS = 100;

/** A run that is over for another process must not go on writing. */
class RunLost extends Error {
  override readonly name = 'RunLost';
}

/**
 * Compares Microsoft's full list with ours, page by page, and puts each difference into its lane, where
 * it is read again before anything is written. Never throws: a run that fails says so in its row. An
 * empty list while we have subscriptions is taken for Microsoft's mistake: an alarm, and no change.
 */
export async function reconcile(
  deps: ReconcileDeps,
  run: RunRow,
  signal: AbortSignal,
): Promise<void> {
  const { db, log } = deps;
  let failure: string | undefined;
  try {
    const listed = await compareAll(deps, run, signal);
    if (listed === 0 && (await hasSubscriptions(db.kysely, run.publisher_id))) {
      failure = 'empty-list';
      log.error({ runId: run.id }, 'Microsoft lists no subscription at all, and we have some');
    } else {
      await compareUnlisted(deps, run, signal);
      await healing(deps, run, { signal, which: 'all', atMost: 0 });
    }
  } catch (error: unknown) {
    // A successor has closed the row already and begins anew.
    if (error instanceof RunLost) return;
    failure = signal.aborted ? 'interrupted' : isFault(error) ? error.code : 'bug';
    log[signal.aborted ? 'info' : 'error'](
      { err: error, runId: run.id, failure },
      'a reconciliation run failed',
    );
  }
  try {
    const { healed, parked, open } = await healingOf(db.kysely, run.id);
    const errors = parked + (failure === undefined ? open : 0);
    await inTransaction(db, (trx) =>
      finishRun(trx, run.id, { at: deps.now(), failure, healed, errors }),
    );
    log.info({ runId: run.id, failure, healed, parked, open }, 'a reconciliation run is over');
  } catch (error: unknown) {
    log.error({ err: error, runId: run.id }, 'could not record the end of a reconciliation run');
  }
}

/** Pages are dropped once they are compared: memory does not grow with the list. */
async function compareAll(deps: ReconcileDeps, run: RunRow, signal: AbortSignal): Promise<number> {
  const { db, fulfillment, publisherId } = deps;
  let listed = 0;
  const call = { correlationId: run.id, priority: 'background', signal } as const;
  for await (const page of fulfillment.list(call)) {
    await keep(deps, run);
    const ids = page.subscriptions.map(({ id }) => id);
    const known = await findSubscriptions(db.kysely, ids);
    const compared = comparePage(page, known, publisherId);
    listed += compared.listed;
    await inTransaction(db, async (trx) => {
      await recordSeen(trx, run.id, ids);
      const { drifted, ...counts } = compared;
      await addProgress(trx, run.id, { ...counts, drifted: drifted.length });
      if (!run.dry_run)
        await addTasks(
          trx,
          drifted.map((id) => converge(run, id)),
        );
    });
    if (compared.drifted.length > 0) deps.wakeLanes();
    await healing(deps, run, { signal, which: 'due', atMost: MAX_HEALING_DUE });
  }
  return listed;
}

async function compareUnlisted(
  deps: ReconcileDeps,
  run: RunRow,
  signal: AbortSignal,
): Promise<void> {
  const { db } = deps;
  let afterId = '';
  for (;;) {
    await keep(deps, run);
    const { id, started_at: startedAt, publisher_id: publisherId } = run;
    const since = { id, startedAt, publisherId };
    const ids = await unlisted(db.kysely, since, { afterId, limit: UNLISTED_PAGE });
    const last = ids.at(-1);
    if (last === undefined) return;
    afterId = last;
    const detail = 'Microsoft does not list it';
    const findings = ids.map((one) => ({ subscriptionId: one, kind: 'unlisted', detail }));
    await inTransaction(db, async (trx) => {
      await addProgress(trx, run.id, { drifted: ids.length, findings });
      if (!run.dry_run)
        await addTasks(
          trx,
          ids.map((one) => converge(run, one)),
        );
    });
    deps.wakeLanes();
    await healing(deps, run, { signal, which: 'due', atMost: MAX_HEALING_DUE });
  }
}

/** Waits until no more than so many of the tasks that heal what was found are left. */
async function healing(
  deps: ReconcileDeps,
  run: RunRow,
  until: {
    readonly which: 'all' | 'due';
    readonly atMost: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const deadline = Date.now() + HEALING_DEADLINE_MS;
  while (Date.now() < deadline) {
    if ((await openTasks(deps.db.kysely, run.id, until.which)) <= until.atMost) return;
    await keep(deps, run);
    await delay(HEALING_POLL_MS, undefined, { signal: until.signal });
  }
}

async function keep(deps: ReconcileDeps, run: RunRow): Promise<void> {
  if (!(await renewRun(deps.db.kysely, run.id, RUN_LEASE_MS))) throw new RunLost(run.id);
}

function converge({ id: runId, publisher_id: publisherId }: RunRow, subscriptionId: string) {
  return {
    subscriptionId,
    kind: 'converge',
    payload: publisherId === null ? {} : { publisherId },
    correlationId: runId,
    dedupeKey: `converge:${runId}:${subscriptionId}`,
    runId,
  } as const;
}
