import { check, compare, type Benchmark, type Measured } from '../harness/compare.ts';
import { median } from '../harness/statistics.ts';
import {
  openNotifications,
  type Costs,
  type Notifications,
  type Range,
} from '../fulfil/notifications.ts';
import {
  graphile,
  graphileQueues,
  notifyPeer,
  pgBoss,
  startPeer,
  type Peer,
} from '../fulfil/peers.ts';
import { STEPS } from '../fulfil/story.ts';

/** Subscriptions for each process before the measurement, in which it compiles its hot functions. */
const WARM_UP_PER_WORKER = 80;
/** Subscriptions of one run. They take seconds, and until near the end they are more than all workers can hold at a time. */
const SUBSCRIPTIONS = 1_000;
/** graphile-worker's ordered queues are so slow that a run of this size takes as long. */
const SUBSCRIPTIONS_OF_QUEUES = 40;
/** Places of each worker where scaling is measured, so that only the number of workers differs. */
const FIXED = { LANE_CONCURRENCY: '32' };
/** Notifications one after the other, for the time until the first effect. */
const SINGLE_NOTIFICATIONS = 40;

/** Microsoft is asked twice for each notification; state, timeline, outcome and facts are written. */
export const fulfil: Benchmark = {
  name: 'fulfil',
  about: 'notified changes carried out by the worker, beside job engines that run the same handler',
  async run(context) {
    await using on = await openNotifications();
    const ours = (setting: Setting) => ({ name: 'Landfall', run: () => runOurs(on, setting) });
    const theirs = (peer: Peer, setting: Setting) => ({
      name: peer.name,
      run: () => runPeer(on, peer, setting),
    });
    const unit = '/s';
    const one = { latencyMs: 20, workers: 1 };
    await check(context, {
      name: 'fulfil, 20 ms, one worker',
      unit,
      ours: ours(one),
      goal: { atLeast: 1000 },
    });
    await check(context, {
      name: 'fulfil, 0 ms, one worker',
      unit,
      ours: ours({ ...one, latencyMs: 0 }),
    });
    await compare(context, {
      name: 'fulfil, 20 ms, beside ordered queues',
      unit,
      ours: ours(one),
      peer: theirs(graphileQueues, { ...one, subscriptions: SUBSCRIPTIONS_OF_QUEUES }),
      goal: { ratioAtLeast: 10 },
    });
    await compare(context, {
      name: 'fulfil, 20 ms, beside pg-boss',
      unit,
      ours: ours(one),
      peer: theirs(pgBoss, one),
    });
    for (const latencyMs of [20, 100]) {
      for (const workers of [1, 2, 4, 8]) {
        const setting = { latencyMs, workers };
        await compare(context, {
          name: `fulfil, ${latencyMs} ms, workers: ${workers}`,
          unit,
          ours: ours(setting),
          peer: theirs(graphile, setting),
          goal: { ratioAtLeast: 1 },
        });
      }
    }
    const fixed = { latencyMs: 100, settings: FIXED };
    await compare(context, {
      name: 'fulfil, 100 ms, two workers beside one',
      unit,
      ours: ours({ ...fixed, workers: 2 }),
      peer: { ...ours({ ...fixed, workers: 1 }), name: 'one worker' },
      goal: { ratioAtLeast: 1.7 },
    });
    await check(context, {
      name: 'fulfil, 0 ms, one notification until its outcome',
      unit: 'ms',
      ours: { name: 'Landfall', run: () => runSingly(on) },
    });
  },
};

/** How a run is set up. */
export interface Setting {
  readonly latencyMs: number;
  readonly workers: number;
  readonly subscriptions?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** The share of notifications that continue a recorded trace. */
  readonly sampled?: number;
}

/** Starts the workers, gives them notifications, and measures until the last one has its outcome. */
export async function runOurs(on: Notifications, setting: Setting): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const { workers: count, settings } = setting;
  const workers = await Promise.all(Array.from({ length: count }, () => on.startWorker(settings)));
  for (const worker of workers) stack.use(worker);
  return await measure(on, setting, {
    workers,
    isOrdered: true,
    notify: (range) => on.notify(range, setting.sampled),
  });
}

/** Starts as many processes of another engine, which run the same handler. */
export async function runPeer(on: Notifications, peer: Peer, setting: Setting): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const workers = [];
  // One after the other: the first one creates the engine's tables.
  for (let number = 0; number < setting.workers; number += 1) {
    workers.push(stack.use(await startPeer(on, peer)));
  }
  const notify = (range: Range) => notifyPeer(on, peer, range);
  return await measure(on, setting, { workers, isOrdered: false, notify });
}

/** Publishes one notification after the other to an idle worker. Returns the median time until an operation has its outcome. */
async function runSingly(on: Notifications): Promise<Measured> {
  await using _worker = await on.startWorker();
  on.setLatency(0);
  const { from, count } = await on.subscriptions(SINGLE_NOTIFICATIONS);
  const tookMs: number[] = [];
  for (let index = from; index < from + count; index += 1) {
    const startedAt = Date.now();
    await on.publish(index);
    const { lastAt } = await on.settled({ from: index, count: 1 }, 1);
    tookMs.push(lastAt - startedAt);
  }
  return { value: median(tookMs), also: { 'slowest ms': Math.max(...tookMs) } };
}

/** Measures any engine. `notify` gives it the work. */
export async function measure(
  on: Notifications,
  { latencyMs, workers: count, subscriptions = SUBSCRIPTIONS }: Setting,
  engine: {
    readonly workers: readonly { cpuSeconds(): number }[];
    readonly isOrdered: boolean;
    readonly notify: (range: Range) => Promise<void>;
  },
): Promise<Measured> {
  const warmUp = await on.subscriptions(WARM_UP_PER_WORKER * count);
  const range = await on.subscriptions(subscriptions);
  on.setLatency(latencyMs);
  await engine.notify(warmUp);
  await on.settled(warmUp);
  await on.isQuiet();
  const before = await on.costs(engine.workers);
  await engine.notify(range);
  const startedAt = Date.now();
  const { firstAt, lastAt } = await on.settled(range);
  await on.isQuiet();
  const after = await on.costs(engine.workers);
  await on.prove(range, engine.isOrdered);
  const done = range.count * STEPS;
  return {
    value: (done / (lastAt - startedAt)) * 1000,
    also: { 'first ms': Math.max(0, firstAt - startedAt), ...costsOfEach(before, after, done) },
  };
}

/** What one notification costs: CPU milliseconds of each process, transactions and written rows. */
function costsOfEach(before: Costs, after: Costs, done: number): Record<string, number> {
  const each = (of: keyof Costs, scale: number) =>
    Number((((after[of] - before[of]) / done) * scale).toPrecision(3));
  return {
    'worker ms': each('worker', 1000),
    'Postgres ms': each('postgres', 1000),
    'NATS ms': each('nats', 1000),
    'marketplace ms': each('marketplace', 1000),
    transactions: each('transactions', 1),
    rows: each('rows', 1),
  };
}
