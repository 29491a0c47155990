import { setTimeout as delay } from 'node:timers/promises';
import { Fault, isFault } from '@landfall/domain/fault';
import { inTransaction } from '@landfall/service-kit/database';
import { endRun, RunLost } from '../store/run-progress.ts';
import {
  hasSubscriptions,
  healingOf,
  unlisted,
  withOperations,
} from '../store/run-subscriptions.ts';
import { findRun, type RunRow } from '../store/runs.ts';
import { readList } from './read-list.ts';
import { healed, takeStep, type ReconcileDeps, type Running } from './run-step.ts';

/** Our own records per step: as many as Microsoft lists per page. */
const OWN_PAGE = 100;

/** Calls of one run to find operations that were not notified. This many take seconds; all would take an hour. */
const MAX_ASKED = 1000;
/** At most this many are for active subscriptions. The next run takes the next ones, so a large list takes many runs. */
const MAX_IN_TURN = 500;

/** Pause before a run is resumed after a fault of Microsoft or Postgres. */
const RESUME_PAUSE_MS = 60_000;

/** A restart of Postgres takes a second or two. A stopping process waits no longer than this for it. */
const MAX_END_TRIES = 5;
const END_RETRY_MS = 1000;

interface Ending {
  readonly failure: string | undefined;
  readonly resumeInMs: number | undefined;
}

/** The phases in order. A run that was left is resumed in its phase. */
const phases = ['list', 'operations', 'unlisted', 'healing'] as const satisfies RunRow['phase'][];

const work: Record<RunRow['phase'], (running: Running, position: string | null) => Promise<void>> =
  {
    list: (running) => readList(running),
    operations: askOperations,
    unlisted: compareUnlisted,
    healing: (running) => healed(running, 'all', 0),
  };

/**
 * Compares Microsoft's full list with ours, page by page, and puts each difference into its lane, where it is
 * read again before anything is written. Never throws: a failed run is recorded in its row, with the time at
 * which any process may resume it. An empty list while we have subscriptions counts as Microsoft's mistake:
 * the run fails, changes nothing and is not resumed.
 */
export async function reconcile(
  deps: ReconcileDeps,
  run: RunRow,
  signal: AbortSignal,
): Promise<void> {
  const { log } = deps;
  const runId = run.id;
  let failure: string | undefined;
  let resumeInMs: number | undefined;
  try {
    const from = phases.indexOf(run.phase);
    for (const phase of phases.slice(from)) {
      await work[phase]({ deps, run, signal }, phase === run.phase ? run.position : null);
    }
  } catch (error: unknown) {
    // Another process has it.
    if (error instanceof RunLost) return;
    failure = signal.aborted ? 'interrupted' : isFault(error) ? error.code : 'bug';
    resumeInMs = signal.aborted ? 0 : pauseAfter(error);
    const level = signal.aborted ? 'info' : 'error';
    log[level]({ err: error, runId, failure, resumeInMs }, 'a reconciliation run stopped');
  }
  await recordEnd(deps, run, { failure, resumeInMs });
}

/** Records the end of a run. If Postgres is away for longer, the end of the lease has the same effect. */
async function recordEnd(deps: ReconcileDeps, run: RunRow, how: Ending): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await end(deps, run, how);
    } catch (error: unknown) {
      if (error instanceof RunLost) return;
      if (tries === MAX_END_TRIES || !isFault(error)) {
        const about = { err: error, runId: run.id };
        deps.log.error(about, 'could not record the end of a reconciliation run');
        return;
      }
      await delay(END_RETRY_MS);
    }
  }
}

/** Undefined: a resumed run would only fail again. */
function pauseAfter(error: unknown): number | undefined {
  if (!isFault(error) || error.retry === 'never') return undefined;
  return Math.max(error.retryAfterMs ?? 0, RESUME_PAUSE_MS);
}

async function end({ db, log, now }: ReconcileDeps, run: RunRow, how: Ending): Promise<void> {
  const { healed: healedCount, ...left } = await healingOf(db.kysely, run.id);
  const { parked, unhealed, open } = left;
  const failed = parked + unhealed + (how.failure === undefined ? open : 0);
  const errors = how.resumeInMs === undefined ? failed : 0;
  const ended = { ...how, at: now(), healed: healedCount, errors };
  await inTransaction(db, (trx) => endRun(trx, run, ended));
  const { failure } = how;
  const counts = { healed: healedCount, ...left };
  log.info({ runId: run.id, failure, ...counts }, 'a reconciliation run ended');
}

/** A repeat after a crash adds no second task. */
async function askOperations(running: Running): Promise<void> {
  const { deps, run } = running;
  await expectSome(running);
  const ids = await withOperations(
    deps.db.kysely,
    { ...scopeOf(run), id: run.id },
    {
      limit: MAX_ASKED,
      inTurn: MAX_IN_TURN,
      now: deps.now(),
    },
  );
  for (let from = 0; from < ids.length; from += OWN_PAGE) {
    const tasks = { kind: 'askOperations' as const, ids: ids.slice(from, from + OWN_PAGE) };
    await takeStep(running, async () => ({ tasks, next: { position: null } }));
  }
  const next = { phase: 'unlisted', position: null } as const;
  await takeStep(running, async () => ({ tasks: { kind: 'askOperations', ids: [] }, next }));
}

async function expectSome({ deps, run }: Running): Promise<void> {
  const { kysely } = deps.db;
  const listed = (await findRun(kysely, run.id))?.listed;
  if (listed !== 0 || !(await hasSubscriptions(kysely, scopeOf(run)))) return;
  throw new Fault('empty-list', 'Microsoft listed no subscriptions although we have some', {
    retry: 'never',
  });
}

async function compareUnlisted(running: Running, position: string | null): Promise<void> {
  const { deps, run } = running;
  for (let afterId: string | undefined = position ?? ''; afterId !== undefined;) {
    const page = { afterId, limit: OWN_PAGE };
    const ids = await unlisted(deps.db.kysely, { ...scopeOf(run), ...sinceOf(run) }, page);
    afterId = ids.at(-1);
    const next =
      afterId === undefined ? { phase: 'healing' as const, position: null } : { position: afterId };
    const detail = 'Microsoft does not list it';
    const findings = ids.map((id) => ({ subscriptionId: id, kind: 'unlisted', detail }));
    await takeStep(running, async () => ({
      drifted: ids.length,
      localOnly: ids.length,
      findings,
      tasks: { kind: 'converge', ids },
      next,
    }));
  }
}

function scopeOf({ publisherId }: RunRow) {
  return { publisherId };
}

function sinceOf({ id, startedAt }: RunRow) {
  return { id, startedAt };
}
