import { Client } from 'pg';
import { callWebhook, startIngest } from '../accept/call-webhook.ts';
import { openBenchFixture, openBenchServers } from '../fixture.ts';
import { openNotifications } from '../fulfil/notifications.ts';
import { multiplyRows } from '../growth/multiply-rows.ts';
import { compare, type BenchContext, type Benchmark, type Side } from '../harness/compare.ts';
import { startMeteringServer } from '../metering-server.ts';
import { inBatches, recordsOf, report, seedUsers } from '../usage-records.ts';
import { runOurs } from './fulfil.ts';

/** The longer histories, as multiples of the short one. */
const TIMES = [10, 100] as const;
/** Whatever the history, each kind of work may be slower by a fifth. */
const GOAL = { ratioAtLeast: 1 / 1.2 };

/** A system with a history of its own, and what is measured on it. */
interface Grown extends AsyncDisposable {
  readonly sides: Readonly<Record<string, Side>>;
}

/** Two systems run side by side: one with a short history, and one with the same history copied many times. */
export const growth: Benchmark = {
  name: 'growth',
  about: 'each kind of work with 10 and 100 times the history, beside the same with a short one',
  async run(context) {
    for (const open of [openFulfil, openAccept, openUsage]) {
      for (const times of TIMES) await compareHistories(context, open, times);
    }
  },
};

async function compareHistories(
  context: BenchContext,
  open: (times: number) => Promise<Grown>,
  times: number,
): Promise<void> {
  await using short = await open(1);
  await using long = await open(times);
  for (const [name, peer] of Object.entries(short.sides)) {
    const ours = long.sides[name];
    if (!ours) throw new Error(`${name} is missing with a long history`);
    await compare(context, {
      name: `growth, ${name}, ${times} times the history`,
      unit: '/s',
      ours,
      peer: { ...peer, name: 'short history' },
      goal: GOAL,
    });
  }
}

/** Subscriptions of the short history, each with all its notifications. */
const FULFILLED = 600;
/** Subscriptions of one run: about two seconds of work. */
const FULFILLED_EACH_RUN = 150;
const PAGES_EACH_RUN = 300;
/** Pages before the measurement, because a new process first compiles what it runs often. */
const WARM_UP_PAGES = 100;

async function openFulfil(times: number): Promise<Grown> {
  await using stack = new AsyncDisposableStack();
  const notifications = stack.use(await openNotifications());
  await runOurs(notifications, { latencyMs: 0, workers: 1, subscriptions: FULFILLED });
  await multiplyRows(notifications.database, times);
  const setting = { latencyMs: 0, workers: 1, subscriptions: FULFILLED_EACH_RUN };
  const { servers } = notifications;
  const owned = stack.move();
  return {
    sides: {
      fulfil: { name: 'fulfil', run: () => runOurs(notifications, setting) },
      list: { name: 'list', run: () => listPages(servers) },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Servers = Awaited<ReturnType<typeof openBenchServers>>;

/** The first two pages of the list of subscriptions, again and again. */
async function listPages(servers: Servers) {
  await using _worker = await servers.start('fulfillment-worker', { RECONCILE_INTERVAL: 'off' });
  await using client = await servers.connect('fulfillment-worker');
  const { subscriptions } = client.api;
  for (let page = 0; page < WARM_UP_PAGES; page += 1) await subscriptions.list.query({});
  let cursor: string | undefined;
  const startedAt = performance.now();
  for (let page = 0; page < PAGES_EACH_RUN; page += 1) {
    const answer = await subscriptions.list.query({ limit: 50, ...(cursor && { cursor }) });
    if (answer.items.length === 0) throw new Error('the page is empty');
    cursor = page % 2 === 0 ? (answer.nextCursor ?? undefined) : undefined;
  }
  return { value: (PAGES_EACH_RUN / (performance.now() - startedAt)) * 1000 };
}

const CALLERS = 32;
/** The calls that make the short history last this long: thousands of notifications. */
const HISTORY_SECONDS = 0.5;
/** Short, so that the runs themselves do not make the short history long. */
const RUN_SECONDS = 2;

async function openAccept(times: number): Promise<Grown> {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await openBenchServers({ baseUrl: 'http://127.0.0.1:9/api' }));
  const { ingest, token } = await startIngest(servers);
  stack.use(ingest);
  const call = (seconds: number) =>
    callWebhook({ url: `${ingest.url}/webhook`, token, callers: CALLERS, seconds, repeatEvery: 0 });
  await call(HISTORY_SECONDS);
  const database = new Client({ connectionString: servers.databaseUrl('webhook-ingest') });
  await database.connect();
  stack.defer(() => database.end());
  await multiplyRows(database, times);
  const accept: Side = {
    name: 'accept',
    async run() {
      const before = await countOf(database, 'notifications');
      const { accepted, seconds, p50, p99 } = await call(RUN_SECONDS);
      const stored = (await countOf(database, 'notifications')) - before;
      if (stored !== accepted) throw new Error(`${accepted} accepted, but ${stored} stored`);
      return { value: accepted / seconds, also: { p50, p99 } };
    },
  };
  const owned = stack.move();
  return { sides: { accept }, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const USERS = 1_000;
/** Records of the short history: one for each subscription and hour. */
const USAGE_HISTORY = 20_000;
const USAGE_EACH_RUN = 20_000;
/** An hour, the longest that a setting allows. */
const MAX_GRACE_MS = 3_600_000;

async function openUsage(times: number): Promise<Grown> {
  await using stack = new AsyncDisposableStack();
  const marketplace = stack.use(await startMeteringServer());
  // Hours are not due during the benchmark, so that only the intake is measured.
  const settings = { USAGE_HOUR_GRACE_MS: String(MAX_GRACE_MS) };
  const { client, databaseUrl } = stack.use(
    await openBenchFixture('billing-sync', marketplace, settings),
  );
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  stack.defer(() => database.end());
  await seedUsers(database, USERS);
  const at = recordsOf(USERS);
  let from = 0;
  const take = async (count: number): Promise<void> => {
    await inBatches({ from, count, at }, (batch) => report(client, batch));
    from += count;
  };
  await take(USAGE_HISTORY);
  await multiplyRows(database, times, { except: ['catalogue_plans'] });
  const usage: Side = {
    name: 'usage',
    async run() {
      const startedAt = performance.now();
      await take(USAGE_EACH_RUN);
      return { value: (USAGE_EACH_RUN / (performance.now() - startedAt)) * 1000 };
    },
  };
  const owned = stack.move();
  return { sides: { 'usage intake': usage }, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function countOf(database: Client, table: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(`select count(*) from ${table}`);
  return Number(rows[0]?.count);
}
