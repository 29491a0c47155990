import { randomUUID } from 'node:crypto';
import { inTransaction } from '@landfall/service-kit/database.ts';
import { correlationId, withCorrelation } from '@landfall/service-kit/log.ts';
import type { ProcedureDeps } from '../procedures/deps.ts';
import { beginRun, type DueSince, type RunRow } from '../store/runs.ts';
import { reconcile, RUN_LEASE_MS } from './reconcile.ts';

/** How often each process looks whether a run is due: fine enough for intervals of minutes. */
const SCHEDULE_MS = 30_000;

/** A run that failed or was interrupted is tried again after this, not after a whole interval. */
const RETRY_MS = 5 * 60_000;

export interface Reconciler extends AsyncDisposable {
  /** Begins a run in the background. Undefined: one is under way, here or elsewhere. */
  begin(dryRun: boolean): Promise<RunRow | undefined>;
}

/**
 * Runs reconciliations in this process and, where there is an interval, begins one when the last that
 * completed is older. Any number of processes may do so: the row of the run decides which one has it.
 */
export function startReconciler(deps: ProcedureDeps, intervalMs: number | undefined): Reconciler {
  return new IntervalReconciler(deps, intervalMs);
}

class IntervalReconciler implements Reconciler {
  readonly #deps: ProcedureDeps;
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(deps: ProcedureDeps, intervalMs: number | undefined) {
    this.#deps = deps;
    if (intervalMs === undefined) return;
    this.#timer = setInterval(() => void this.#beginIfDue(intervalMs), SCHEDULE_MS);
    void this.#beginIfDue(intervalMs);
  }

  async begin(dryRun: boolean, onlyIfDue?: DueSince): Promise<RunRow | undefined> {
    const at = this.#deps.now();
    const id = randomUUID();
    const wanted = { id, dryRun, at, leaseMs: RUN_LEASE_MS, onlyIfDue };
    const run = await inTransaction(this.#deps.db, (trx) => beginRun(trx, wanted));
    if (!run) return undefined;
    this.#deps.log.info(
      { runId: id, dryRun, correlationId: correlationId() },
      'reconciliation begins',
    );
    const running = withCorrelation(id, () => reconcile(this.#deps, run, this.#abort.signal));
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort();
    await Promise.all(this.#running);
  }

  async #beginIfDue(intervalMs: number): Promise<void> {
    try {
      const now = this.#deps.now().getTime();
      await this.begin(false, {
        completedBefore: new Date(now - intervalMs),
        triedBefore: new Date(now - Math.min(RETRY_MS, intervalMs)),
      });
    } catch (error: unknown) {
      this.#deps.log.warn({ err: error }, 'could not look whether a reconciliation is due');
    }
  }
}
