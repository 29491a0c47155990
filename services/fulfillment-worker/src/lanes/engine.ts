import { setTimeout as delay } from 'node:timers/promises';
import { isFault } from '@landfall/domain/fault';
import type { Publishers } from '@landfall/publishers/publishers';
import { withCorrelation, type Logger } from '@landfall/service-kit/log';
import { createGroupCommit, type GroupCommit } from '@landfall/service-kit/group-commit';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { runningTask } from '../exchanges/buffer.ts';
import type { Db, Transact, Trx } from '../db/schema.ts';
import { backOffMs, MAX_ATTEMPTS, waitMs } from './back-off.ts';
import {
  claimLanes,
  completeTask,
  inLane,
  LaneLost,
  postponeTask,
  releaseLane,
  renewLeases,
  type ClaimedLane,
  type HeldLane,
  type LanesOf,
} from '../store/lanes.ts';
import type { LaneWrite, TaskHandler, TaskHandlers, TaskOutcome } from './task.ts';
import { saveLast, type Guard, type LastWrites } from '../store/save-record.ts';
import { parkTask, type Task } from '../store/tasks.ts';

/** Finds what no wake-up announced: lost messages, expired leases, tasks that have become due. */
const SWEEP_MS = 1000;
/** Timers and Postgres round differently: a wake-up that is slightly early would find nothing. */
const TIMER_SLACK_MS = 5;
/** Lanes claimed by one statement. The rest is left to other processes. */
const CLAIM_AT_ONCE = 16;
/** When the process stops, a task that waits for Microsoft gets this long. Then its lease expires. */
const CLOSE_DEADLINE_MS = 10_000;

export interface LaneOptions {
  readonly db: Db;
  readonly handlers: TaskHandlers;
  readonly log: Logger;
  /** Unique per process, for people who read the table. */
  readonly owner: string;
  /** Which lanes; absent: all. */
  readonly of?: LanesOf | undefined;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** Called after a task has written, because there may be facts to publish. */
  readonly onCommit: () => void;
  /** Faults that are not the task's own: it waits for an operator and is never parked. */
  readonly isNoFailure?: ((error: unknown) => boolean) | undefined;
  /** Called when a task is parked, in the same transaction, so that what depends on it can be updated. */
  readonly onParked: (trx: Trx, task: Task, reason: string) => Promise<void>;
}

export interface Lanes extends AsyncDisposable {
  /** Call it after a task was added. */
  wake(): void;
}

/**
 * Works through the lanes of all subscriptions, in any number of processes. A lane has one holder at a time;
 * its due tasks run in order, and different lanes run in parallel. Failing tasks are retried later and
 * finally parked; the others continue. Closing finishes the running tasks.
 */
export function startLanes(options: LaneOptions): Lanes {
  return new LaneEngine(options);
}

/**
 * Works through the lanes of all publishers, each with its own places: if Microsoft slows down one
 * publisher's work, the others keep their places. Lanes without a publisher have their own places too.
 */
export function startPublisherLanes(
  publishers: Publishers,
  options: Omit<LaneOptions, 'of'>,
): Lanes {
  if (publishers.isSole) return startLanes(options);
  const ids = publishers.all.flatMap(({ publisherId }) => publisherId ?? []);
  const engines = [
    ...ids.map((publisherId) => startLanes({ ...options, of: { publisherId } })),
    startLanes({ ...options, of: { noneOf: ids } }),
  ];
  return {
    wake: () => engines.forEach((engine) => engine.wake()),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
    },
  };
}

class LaneEngine implements Lanes {
  readonly #options: LaneOptions;
  readonly #held = new Map<string, { readonly lane: HeldLane; readonly done: Promise<void> }>();
  /** Tasks that end at the same time share a statement. */
  readonly #endings: GroupCommit<LastWrites & { readonly guard: Guard }, boolean>;
  readonly #claiming: Loop;
  readonly #renewing: Loop;
  #nextWake: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  /** This process had no room for more lanes, so some may be waiting. */
  #isFull = false;
  #isClosing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { db, log, leaseMs } = options;
    this.#endings = createGroupCommit((tasks) => saveLast(db.kysely, tasks));
    this.#claiming = startLoop({
      name: 'lanes',
      everyMs: SWEEP_MS,
      log,
      run: () => this.#claim(),
    });
    this.#renewing = startLoop({
      name: 'lane-leases',
      everyMs: leaseMs / 3,
      log,
      run: () => this.#renew(),
    });
  }

  wake(): void {
    this.#claiming.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#nextWake?.timer);
    await this.#claiming[Symbol.asyncDispose]();
    const drained = Promise.all([...this.#held.values()].map(({ done }) => done));
    await Promise.race([drained, delay(CLOSE_DEADLINE_MS, undefined, { ref: false })]);
    await this.#renewing[Symbol.asyncDispose]();
  }

  async #claim(): Promise<void> {
    const { db, owner, leaseMs, concurrency, of } = this.#options;
    for (let isMore = true; isMore && !this.#isClosing;) {
      const limit = Math.min(CLAIM_AT_ONCE, concurrency - this.#held.size);
      this.#isFull = limit <= 0;
      if (this.#isFull) return;
      const lanes = await claimLanes(db.kysely, { owner, leaseMs, limit, of });
      for (const claimed of lanes) this.#start(claimed);
      isMore = lanes.length === limit;
    }
  }

  #start(claimed: ClaimedLane): void {
    const { lane } = claimed;
    const done = this.#drain(claimed).finally(() => {
      // After a lost lease the same process may hold the lane again, under a higher fence.
      if (this.#held.get(lane.subscriptionId)?.lane === lane) {
        this.#held.delete(lane.subscriptionId);
      }
      if (this.#isFull) this.wake();
    });
    this.#held.set(lane.subscriptionId, { lane, done });
  }

  async #drain({ lane, tasks }: ClaimedLane): Promise<void> {
    const { db, log } = this.#options;
    try {
      for (const task of tasks) {
        if (this.#isClosing) break;
        await withCorrelation(task.correlationId, () =>
          runningTask.run(task.kind, () => this.#perform(lane, task)),
        );
      }
      this.#wakeIn(await releaseLane(db.kysely, lane));
    } catch (error: unknown) {
      // Nothing to repair: the lane's next holder repeats what was not committed.
      const lost = error instanceof LaneLost;
      log[lost ? 'info' : 'warn'](
        { err: error, subscriptionId: lane.subscriptionId },
        lost
          ? 'another worker took over a lane'
          : 'could not finish a lane; it is free again when its lease ends',
      );
    }
  }

  async #perform(lane: HeldLane, task: Task): Promise<void> {
    const { db, handlers, log, onCommit } = this.#options;
    let isEnded = false;
    const transact: Transact = async (fn) => {
      const result = await inLane(db, lane, fn);
      onCommit();
      return result;
    };
    const last: LaneWrite['last'] = async (writes) => {
      const guard = { fence: lane.fence, taskId: task.id };
      isEnded = await this.#endings.add({ ...writes, guard });
      if (isEnded) onCommit();
      return isEnded;
    };
    const write: LaneWrite = Object.assign(transact, { last });
    const handler = (handlers as Readonly<Record<string, TaskHandler>>)[task.kind];
    let outcome: TaskOutcome;
    try {
      if (!handler) throw new Error(`no handler for tasks of kind ${task.kind}`);
      outcome = await handler(task, write);
    } catch (error: unknown) {
      if (error instanceof LaneLost) throw error;
      await this.#fail(lane, task, error);
      return;
    }
    if (outcome === 'done') {
      if (!isEnded) await completeTask(db.kysely, lane, task);
    } else await postponeTask(db.kysely, lane, { task, delayMs: outcome.retryInMs });
    log.debug({ kind: task.kind, subscriptionId: task.subscriptionId, outcome }, 'task run');
  }

  async #fail(lane: HeldLane, task: Task, error: unknown): Promise<void> {
    const { db, log, onCommit, onParked } = this.#options;
    const attempts = task.attempts + 1;
    const code = isFault(error) ? error.code : 'bug';
    const about = {
      err: error,
      code,
      kind: task.kind,
      taskId: task.id,
      subscriptionId: task.subscriptionId,
      attempts,
    };
    if (this.#options.isNoFailure?.(error)) {
      const delayMs = waitMs(isFault(error) ? error.retryAfterMs : undefined, Math.random());
      log.warn({ ...about, delayMs }, 'a task waits for access to the marketplace');
      await postponeTask(db.kysely, lane, { task, delayMs, failure: code, isCounted: false });
      return;
    }
    if (isFault(error) && error.retry === 'later' && attempts < MAX_ATTEMPTS) {
      const delayMs = backOffMs(attempts, error.retryAfterMs, Math.random());
      log.warn({ ...about, delayMs }, 'a task failed and will run again');
      await postponeTask(db.kysely, lane, { task, delayMs, failure: code });
      return;
    }
    log.error(about, 'parked a task; inspect it, other tasks continue');
    await inLane(db, lane, async (trx) => {
      await parkTask(trx, task, code);
      await onParked(trx, task, code);
    });
    onCommit();
  }

  /** The sweep would find the task too, but a buyer who looks at the page should not wait for the sweep. */
  #wakeIn(ms: number | undefined): void {
    if (ms === undefined || ms > SWEEP_MS || this.#isClosing) return;
    if (ms <= 0) return this.wake();
    const at = Date.now() + ms;
    if (this.#nextWake && this.#nextWake.at > Date.now() && this.#nextWake.at <= at) return;
    clearTimeout(this.#nextWake?.timer);
    this.#nextWake = { at, timer: setTimeout(() => this.wake(), ms + TIMER_SLACK_MS) };
  }

  async #renew(): Promise<void> {
    const { db, leaseMs } = this.#options;
    const lanes = [...this.#held.values()].map(({ lane }) => lane);
    if (lanes.length === 0) return;
    // A renewal on a silent connection must not hold up the next one, which takes another connection.
    const limit = delay(leaseMs / 3, undefined, { ref: false });
    await Promise.race([renewLeases(db.kysely, lanes, leaseMs), limit]);
  }
}
