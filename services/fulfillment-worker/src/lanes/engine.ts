import { setTimeout as delay } from 'node:timers/promises';
import { isFault } from '@landfall/domain/fault';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import { withCorrelation, type Logger } from '@landfall/service-kit/log';
import { createGroupCommit, type GroupCommit } from '@landfall/service-kit/group-commit';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { beginTrace, continueTrace, markSpanFailed } from '@landfall/service-kit/tracing';
import { runningTask } from '../exchanges/buffer.ts';
import type { Db, Transact, Trx } from '../db/schema.ts';
import { backOffMs, MAX_ATTEMPTS, waitMs } from './back-off.ts';
import { fixedPlaces, OWN_PLACES, type Places } from './places.ts';
import {
  claimLanes,
  inLane,
  LaneLost,
  renewLeases,
  writeStep,
  writeSteps,
  type ClaimedLane,
  type HeldLane,
  type LanesOf,
  type LaneStep,
  type TaskEnd,
  type WrittenStep,
} from '../store/lanes.ts';
import type { LaneWrite, TaskHandler, TaskHandlers, TaskOutcome } from './task.ts';
import { saveLast, type Guard, type LastWrites } from '../store/save-record.ts';
import { parkTask, type Task } from '../store/tasks.ts';

/** Finds what no wake-up announced: lost messages, expired leases, tasks that have become due. */
const SWEEP_MS = 1000;
/** Timers and Postgres round differently: a wake-up that is slightly early would find nothing. */
const TIMER_SLACK_MS = 5;
/** The most lanes that one statement claims. More would hardly lower the cost of each, and would keep work from other processes. */
const CLAIM_AT_ONCE = 64;
/** A busy process waits until this share of its places is free, so that one statement claims many lanes. */
const REFILL_SHARE = 0.25;
/** If any place is free, a lane waits no longer than this to be claimed. It is short compared with a call to Microsoft. */
const REFILL_PAUSE_MS = 10;
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
  /** How many lanes are held at a time. */
  readonly places: Places;
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
  options: Omit<LaneOptions, 'of' | 'places'> & {
    readonly placesOf: (publisher: Publisher) => Places;
  },
): Lanes {
  const { placesOf } = options;
  if (publishers.isSole) return startLanes({ ...options, places: placesOf(publishers.all[0]) });
  const ids = publishers.all.flatMap(({ publisherId }) => publisherId ?? []);
  const engines = [
    ...publishers.all.map((publisher) => {
      const { publisherId = '' } = publisher;
      return startLanes({ ...options, places: placesOf(publisher), of: { publisherId } });
    }),
    // Tasks in these lanes use no publisher's access; most of them only wait for one.
    startLanes({ ...options, places: fixedPlaces(OWN_PLACES), of: { noneOf: ids } }),
  ];
  return {
    wake: () => engines.forEach((engine) => engine.wake()),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
    },
  };
}

/** How a run ended: the end that is still to be written, or the step that its last write has written. If there is neither, the task is parked. */
interface Performed {
  readonly end?: TaskEnd;
  readonly written?: WrittenStep;
}

class LaneEngine implements Lanes {
  readonly #options: LaneOptions;
  readonly #held = new Map<string, { readonly lane: HeldLane; readonly done: Promise<void> }>();
  /** Tasks that end at the same time share a statement. */
  readonly #endings: GroupCommit<LastWrites & { readonly guard: Guard }, WrittenStep | undefined>;
  /** Steps of different lanes share a statement. */
  readonly #steps: GroupCommit<LaneStep, WrittenStep | undefined>;
  readonly #claiming: Loop;
  readonly #renewing: Loop;
  #nextWake: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  #claimedAt = Number.NEGATIVE_INFINITY;
  /** This process had no room for more lanes, so some may be waiting. */
  #isFull = false;
  #isClosing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { db, log, leaseMs } = options;
    this.#endings = createGroupCommit((tasks) => saveLast(db.kysely, tasks));
    this.#steps = createGroupCommit((steps) => writeSteps(db.kysely, steps));
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
    const { db, owner, leaseMs, places, of } = this.#options;
    for (let isMore = true; isMore && !this.#isClosing;) {
      const free = places.limit - this.#held.size;
      const pauseMs = this.#pauseBeforeRefill(free);
      this.#isFull = free <= 0 || pauseMs > 0;
      if (free <= 0) return places.isShort();
      if (pauseMs > 0) return this.#wakeIn(pauseMs);
      const limit = Math.min(CLAIM_AT_ONCE, free);
      this.#claimedAt = performance.now();
      const lanes = await claimLanes(db.kysely, { owner, leaseMs, limit, of });
      for (const claimed of lanes) this.#start(claimed);
      places.held(this.#held.size);
      isMore = lanes.length === limit;
    }
  }

  /** Lanes are claimed in groups: if only a few places are free, the claim waits a little for more. */
  #pauseBeforeRefill(free: number): number {
    if (free >= this.#options.places.limit * REFILL_SHARE) return 0;
    return this.#claimedAt + REFILL_PAUSE_MS - performance.now();
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
    const { log } = this.#options;
    try {
      let isReleased = false;
      for (const task of tasks) {
        if (this.#isClosing) break;
        const isLast = task === tasks.at(-1);
        const { end, written } = await traced(task, () =>
          withCorrelation(task.correlationId, () =>
            runningTask.run(task.kind, () => this.#perform(lane, task, isLast)),
          ),
        );
        if (end) await this.#write({ lane, end, isLast });
        if (written) this.#wakeIn(written.dueInMs);
        isReleased = isLast && (end ?? written) !== undefined;
      }
      if (!isReleased) await this.#write({ lane, isLast: true });
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

  async #write(step: LaneStep): Promise<void> {
    const { kysely } = this.#options.db;
    const written = (await this.#steps.add(step)) ?? (await writeStep(kysely, step));
    this.#wakeIn(written.dueInMs);
  }

  /** Runs a task. Returns what is left to write, or what its last write has already ended. */
  async #perform(lane: HeldLane, task: Task, isLast: boolean): Promise<Performed> {
    const { db, handlers, log, onCommit } = this.#options;
    let written: WrittenStep | undefined;
    const transact: Transact = async (fn) => {
      const result = await inLane(db, lane, fn);
      onCommit();
      return result;
    };
    const last: LaneWrite['last'] = async (writes) => {
      const guard = { fence: lane.fence, taskId: task.id, isLast };
      written = await this.#endings.add({ ...writes, guard });
      if (written) onCommit();
      return written !== undefined;
    };
    const write: LaneWrite = Object.assign(transact, { last });
    const handler = (handlers as Readonly<Record<string, TaskHandler>>)[task.kind];
    let outcome: TaskOutcome;
    try {
      if (!handler) throw new Error(`no handler for tasks of kind ${task.kind}`);
      outcome = await handler(task, write);
    } catch (error: unknown) {
      if (error instanceof LaneLost) throw error;
      return await this.#fail(lane, task, error);
    }
    log.debug({ kind: task.kind, subscriptionId: task.subscriptionId, outcome }, 'task run');
    if (written) return { written };
    if (outcome === 'done') return { end: { task, isDone: true } };
    return { end: { task, isDone: false, delayMs: outcome.retryInMs } };
  }

  /** Returns the end to write, or nothing if the task is parked. */
  async #fail(lane: HeldLane, task: Task, error: unknown): Promise<Performed> {
    const { db, log, onCommit, onParked } = this.#options;
    const attempts = task.attempts + 1;
    const code = isFault(error) ? error.code : 'bug';
    markSpanFailed(code);
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
      return { end: { task, isDone: false, delayMs, failure: code, isCounted: false } };
    }
    if (isFault(error) && error.retry === 'later' && attempts < MAX_ATTEMPTS) {
      const delayMs = backOffMs(attempts, error.retryAfterMs, Math.random());
      log.warn({ ...about, delayMs }, 'a task failed and will run again');
      return { end: { task, isDone: false, delayMs, failure: code } };
    }
    log.error(about, 'parked a task; inspect it, other tasks continue');
    await inLane(db, lane, async (trx) => {
      await parkTask(trx, task, code);
      await onParked(trx, task, code);
    });
    onCommit();
    return {};
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

/** Runs a task in the trace that it comes from. A timer falls due by itself, so a trace begins with it. */
function traced<T>({ kind, traceParent }: Task, run: () => Promise<T>): Promise<T> {
  const describe = () => ({ name: `task ${kind}` });
  return kind === 'timer' ? beginTrace(describe, run) : continueTrace(traceParent, describe, run);
}
