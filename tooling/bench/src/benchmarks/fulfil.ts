import { check, type Benchmark, type Measured } from '../harness/compare.ts';
import {
  openNotifications,
  type Costs,
  type Notifications,
  type Range,
} from '../fulfil/notifications.ts';
import { notifyPeer, startPeer, type Peer } from '../fulfil/peers.ts';
import { STEPS } from '../fulfil/story.ts';

/** Each process compiles its hot functions before the measurement. */
const WARM_UP_PER_WORKER = 40;
/** Subscriptions of one run: enough for seconds of work, and for every worker to find free lanes until the end. */
const SUBSCRIPTIONS = 500;

/** Notified changes of subscriptions, carried out: Microsoft is asked twice, state, timeline and facts are written. */
export const fulfil: Benchmark = {
  name: 'fulfil',
  about: 'notifications carried out by the worker, with a marketplace of 0, 20 and 100 ms',
  async run(context) {
    await using notifications = await openNotifications();
    for (const latencyMs of [0, 20, 100]) {
      await check(context, {
        name: `fulfil, ${latencyMs} ms, one worker`,
        unit: '/s',
        ours: { name: 'Landfall', run: () => runOurs(notifications, { latencyMs, workers: 1 }) },
        ...(latencyMs === 20 && { goal: { atLeast: 1000 } }),
      });
    }
  },
};

/** How a run is set up. */
export interface Setting {
  readonly latencyMs: number;
  readonly workers: number;
  readonly subscriptions?: number;
  readonly settings?: Readonly<Record<string, string>>;
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
    notify: (range) => on.notify(range),
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
  const { isOrdered } = peer;
  const notify = (range: Range) => notifyPeer(on, peer, range);
  return await measure(on, setting, { workers, isOrdered, notify });
}

/** The same for any engine: `notify` gives it the work. */
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
