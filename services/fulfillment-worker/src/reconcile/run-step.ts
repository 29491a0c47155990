import { setTimeout as delay } from 'node:timers/promises';
import { inTransaction } from '@landfall/service-kit/database';
import type { Trx } from '../db/schema.ts';
import { addTasks, type NewTask } from '../store/tasks.ts';
import type { RunRow } from '../store/runs.ts';
import { renewRun, saveProgress, type RunProgress } from '../store/run-progress.ts';
import { openTasks } from '../store/run-subscriptions.ts';
import type { PublisherDeps } from '../publishers.ts';

/** Longer than one page of Microsoft's list with all repeats. A crashed run waits at most this long. */
export const RUN_LEASE_MS = 2 * 60_000;

/**
 * The lane that has waited longest comes first, so a customer waits for every difference that is due already. The
 * workers finish this many within a second or two.
 */
const MAX_HEALING_DUE = 50;
/** Healing takes a call per difference. After this the run reports its state, and the tasks go on. */
const HEALING_DEADLINE_MS = 30 * 60_000;
const HEALING_POLL_MS = 100;

/** What a run works with. It concerns one publisher, so it has one publisher's access. */
export interface ReconcileDeps extends PublisherDeps {
  readonly wakeLanes: () => void;
}

/** A run in this process: its row when it was taken, its dependencies, and the signal that stops it. */
export interface Running {
  readonly deps: ReconcileDeps;
  readonly run: RunRow;
  readonly signal: AbortSignal;
}

/** What a step found, saved with its tasks and the position from which to continue. */
export interface StepResult extends Omit<RunProgress, 'askedOperations'> {
  /** Subscriptions that get a task. A dry run adds none. */
  readonly tasks: {
    readonly kind: 'converge' | 'askOperations';
    readonly ids: readonly string[];
    /** Those that are not drift: they are read like the others, but not counted as healed. */
    readonly uncounted?: readonly string[];
    /** Microsoft lists them, so it must know them when asked. */
    readonly areListed?: boolean;
  };
}

/**
 * Does a step and saves its counts, its tasks and the next position in one transaction: after a crash it is
 * either done or not. Then waits until few enough tasks are due, because customers wait for them.
 */
export async function takeStep(
  { deps, run, signal }: Running,
  step: (trx: Trx) => Promise<StepResult>,
): Promise<void> {
  const { tasks } = await inTransaction(deps.db, async (trx) => {
    const done = await step(trx);
    const { kind, ids, uncounted = [], areListed } = done.tasks;
    const isUncounted = new Set(uncounted);
    const wanted = ids.map((id) =>
      taskOf(run, kind, { id, isUncounted: isUncounted.has(id), isListed: areListed }),
    );
    // Lanes are locked before the run's row, as in the tasks that write to both.
    const given = run.dryRun ? ids.length : await addTasks(trx, wanted);
    const askedOperations = kind === 'askOperations' ? given : 0;
    await saveProgress(trx, run, { ...done, askedOperations }, RUN_LEASE_MS);
    return done;
  });
  if (tasks.ids.length === 0 || run.dryRun) return;
  deps.wakeLanes();
  await healed({ deps, run, signal }, 'due', MAX_HEALING_DUE);
}

/** Waits until at most this many of the run's tasks are left. */
export async function healed(
  { deps, run, signal }: Running,
  which: 'all' | 'due',
  atMost: number,
): Promise<void> {
  const deadline = Date.now() + HEALING_DEADLINE_MS;
  while (Date.now() < deadline) {
    if ((await openTasks(deps.db.kysely, run.id, which)) <= atMost) return;
    await renewRun(deps.db.kysely, run, RUN_LEASE_MS);
    await delay(HEALING_POLL_MS, undefined, { signal });
  }
}

function taskOf(
  { id: runId, publisherId }: RunRow,
  kind: 'converge' | 'askOperations',
  about: {
    readonly id: string;
    readonly isUncounted: boolean;
    readonly isListed: boolean | undefined;
  },
): NewTask {
  const { id: subscriptionId, isUncounted, isListed } = about;
  return {
    subscriptionId,
    kind,
    payload: {
      ...(publisherId !== null && { publisherId }),
      ...(isUncounted && { isUncounted }),
      ...(isListed && { isListed }),
    },
    correlationId: runId,
    dedupeKey: `${kind}:${runId}:${subscriptionId}`,
    runId,
  };
}
