import { randomUUID } from 'node:crypto';
import type { Publisher } from '@landfall/publishers/publishers';
import { inTransaction } from '@landfall/service-kit/database';
import { correlationId, withCorrelation } from '@landfall/service-kit/log';
import { outsideTrace } from '@landfall/service-kit/tracing';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { forPublisher, type WorkerDeps } from '../publishers.ts';
import { beginRun, type DueSince, type RunRow } from '../store/runs.ts';
import { reconcile } from './reconcile.ts';
import { RUN_LEASE_MS } from './run-step.ts';

/** How often each process looks for a run that is due or was left; enough for intervals of minutes. */
const SCHEDULE_MS = 30_000;

/** Pause after a run that failed for good, instead of a whole interval. */
const RETRY_MS = 5 * 60_000;

interface ReconcilerDeps extends WorkerDeps {
  readonly wakeLanes: () => void;
}

export interface Reconciler extends AsyncDisposable {
  /**
   * Begins runs in the background, for the named publisher or for each one, or resumes those that have
   * stopped. Publishers with a run under way, in any process, are left out.
   */
  begin(wanted: {
    readonly dryRun: boolean;
    readonly publisherId?: string | undefined;
  }): Promise<readonly RunRow[]>;
}

/**
 * Runs reconciliations in this process. With an interval, it begins one for each publisher whose last
 * completed run is older. A run that was left by a process or after a fault is always resumed. Any number of
 * processes may do this: the run's row decides which one holds it. A failure of one publisher does not affect
 * the others.
 */
export function startReconciler(deps: ReconcilerDeps, intervalMs: number | undefined): Reconciler {
  return new IntervalReconciler(deps, intervalMs);
}

class IntervalReconciler implements Reconciler {
  readonly #deps: ReconcilerDeps;
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #loop: Loop;

  constructor(deps: ReconcilerDeps, intervalMs: number | undefined) {
    this.#deps = deps;
    this.#loop = startLoop({
      name: 'reconciler',
      everyMs: SCHEDULE_MS,
      now: deps.now,
      log: deps.log,
      run: () => this.#beginIfDue(intervalMs),
    });
  }

  async begin({
    dryRun,
    publisherId,
  }: {
    readonly dryRun: boolean;
    readonly publisherId?: string | undefined;
  }): Promise<readonly RunRow[]> {
    const { publishers } = this.#deps;
    const one = publisherId === undefined ? undefined : publishers.of(publisherId);
    const wanted = publisherId === undefined ? publishers.all : one ? [one] : [];
    const begun: RunRow[] = [];
    for (const publisher of wanted) {
      const run = await this.#beginOf(publisher, dryRun);
      if (run) begun.push(run);
    }
    return begun;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#loop[Symbol.asyncDispose]();
    await Promise.all(this.#running);
  }

  async #beginOf(
    publisher: Publisher,
    dryRun: boolean,
    onlyIfDue?: DueSince | 'never',
  ): Promise<RunRow | undefined> {
    const { db, log, now, publishers, wakeLanes } = this.#deps;
    const id = randomUUID();
    const publisherId = publishers.isSole ? null : (publisher.publisherId ?? null);
    const wanted = { id, publisherId, dryRun, at: now(), leaseMs: RUN_LEASE_MS, onlyIfDue };
    const run = await inTransaction(db, (trx) => beginRun(trx, wanted));
    if (!run) return undefined;
    const about = { runId: run.id, publisherId, dryRun, correlationId: correlationId() };
    log.info(
      about,
      run.id === id ? 'started a reconciliation run' : 'resumed a reconciliation run',
    );
    const deps = { ...forPublisher(this.#deps, publisher), wakeLanes };
    // A run reads every subscription. As a part of the trace of the call that started it, it would have millions of spans.
    const running = outsideTrace(() =>
      withCorrelation(run.id, () => reconcile(deps, run, this.#abort.signal)),
    );
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
    return run;
  }

  async #beginIfDue(intervalMs: number | undefined): Promise<void> {
    const due = this.#dueSince(intervalMs);
    for (const publisher of this.#deps.publishers.all) {
      try {
        await this.#beginOf(publisher, false, due);
      } catch (error: unknown) {
        const { publisherId } = publisher;
        const about = { err: error, publisherId };
        this.#deps.log.warn(about, 'could not check whether a reconciliation is due');
      }
    }
  }

  #dueSince(intervalMs: number | undefined): DueSince | 'never' {
    if (intervalMs === undefined) return 'never';
    const now = this.#deps.now().getTime();
    return {
      completedBefore: new Date(now - intervalMs),
      triedBefore: new Date(now - Math.min(RETRY_MS, intervalMs)),
    };
  }
}
