import { randomBytes } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { laneWakeSubject } from '@landfall/contracts/streams';
import { notificationReceivedFact } from '@landfall/contracts/subjects';
import { until as waitUntil } from '@landfall/servers/wait';
import { openBenchServers } from '../fixture.ts';
import { cpuSecondsOf, cpuSecondsOfTree, type ServiceProcess } from '../service-process.ts';
import { actionOf, effects, happenedAt, operationId, STEPS, subscriptionId } from './story.ts';

/** Ten times what the slowest engine needs for one run. An engine that takes longer does not work. */
const PATIENCE_MS = 300_000;

/** Subscriptions with consecutive indexes. */
export interface Range {
  readonly from: number;
  readonly count: number;
}

const until = <T>(what: string, ask: () => Promise<T | false>) =>
  waitUntil(what, ask, { timeoutMs: PATIENCE_MS });

/** One notification as a worker's task needs it. */
export interface Given {
  readonly subscriptionId: string;
  readonly operationId: string;
  readonly action: string;
  readonly receivedAt: string;
}

/** CPU time in seconds and counts so far. */
export type Costs = Readonly<
  Record<'worker' | 'postgres' | 'nats' | 'marketplace' | 'transactions' | 'rows', number>
>;

export type Notifications = Awaited<ReturnType<typeof openNotifications>>;

/**
 * A durable PostgreSQL, nats-server and a marketplace, each in its own process, with subscriptions that are notified of changes.
 * Whatever engine runs the worker's handlers, {@link prove} checks what they wrote.
 */
export async function openNotifications() {
  await using stack = new AsyncDisposableStack();
  const marketplace = stack.use(await startMarketplace());
  const servers = stack.use(await openBenchServers(marketplace));
  const bus = stack.use(await servers.openBus());
  const database = new Client({ connectionString: servers.databaseUrl('fulfillment-worker') });
  const startWorker = (settings: Readonly<Record<string, string>> = {}) =>
    servers.start('fulfillment-worker', { RECONCILE_INTERVAL: 'off', ...settings });
  {
    await using _migrating = await startWorker();
    await database.connect();
    stack.defer(() => database.end());
    await seedFirst(database);
  }
  let next = 1;
  const owned = stack.move();
  return {
    servers,
    database,
    startWorker,
    setLatency: (ms: number) => marketplace.setLatency(ms),
    /** New subscriptions, copied from one that a worker wrote. */
    async subscriptions(count: number): Promise<Range> {
      const range = { from: next, count };
      next += count;
      await copySubscriptions(database, range);
      return range;
    },
    /** Puts all notifications into the lanes and wakes the workers. This share of them continues a recorded trace. */
    async notify(range: Range, sampled = 0): Promise<void> {
      const given = notificationsOf(range).map((one) =>
        Math.random() < sampled ? Object.assign(one, { traceParent: newTraceParent() }) : one,
      );
      await addToLanes(database, given);
      bus.notify(laneWakeSubject);
    },
    /** Publishes the first notification of a subscription, as webhook-ingest does. */
    async publish(index: number): Promise<void> {
      const [given] = notificationsOf({ from: index, count: 1 });
      if (!given) throw new Error('a subscription has no notification');
      const { operationId: notificationId } = given;
      await bus.publish(
        notificationReceivedFact,
        { notifications: [{ notificationId, correlationId: notificationId, ...given }] },
        { messageId: notificationId, correlationId: notificationId, occurredAt: new Date() },
      );
    },
    /** Lanes without tasks, for engines that keep tasks elsewhere. */
    async addIdleLanes({ from, count }: Range): Promise<void> {
      const ids = Array.from({ length: count }, (_, place) => subscriptionId(from + place));
      await database.query('insert into lanes (subscription_id) select * from unnest($1::text[])', [
        ids,
      ]);
    },
    /** Waits until each operation has its outcome. Returns when the first and the last one got it, in milliseconds. */
    settled: (range: Range, steps = STEPS) => settled(database, range, steps),
    prove: (range: Range, isOrdered: boolean) => prove(database, range, isOrdered),
    /** Waits until nothing is left to do: no due task, no unpublished fact. */
    isQuiet: () => quiet(database),
    async costs(workers: readonly Pick<ServiceProcess, 'cpuSeconds'>[]): Promise<Costs> {
      return {
        worker: workers.reduce((sum, one) => sum + one.cpuSeconds(), 0),
        postgres: cpuSecondsOfTree(servers.pids.postgres),
        nats: cpuSecondsOf(servers.pids.nats),
        marketplace: cpuSecondsOf(marketplace.pid),
        ...(await written(database)),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** All notifications of these subscriptions: the first of each, then the second of each, and so on. */
export function notificationsOf({ from, count }: Range): Given[] {
  return Array.from({ length: STEPS * count }, (_, place) => {
    const step = Math.floor(place / count) + 1;
    const index = from + (place % count);
    return {
      subscriptionId: subscriptionId(index),
      operationId: operationId(index, step),
      action: actionOf(step),
      receivedAt: happenedAt(step),
    };
  });
}

async function startMarketplace() {
  const child = fork(new URL('./marketplace-process.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [baseUrl] = (await once(child, 'message')) as [string];
  return {
    baseUrl,
    pid: child.pid ?? 0,
    setLatency: (ms: number) => void child.send(ms),
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The worker itself writes the first subscription, with everything that belongs to one. */
async function seedFirst(database: Client): Promise<void> {
  const id = subscriptionId(0);
  await database.query(
    `insert into lanes (subscription_id, due_at, publisher_id) values ($1, now(), 'contoso')`,
    [id],
  );
  await database.query(
    `insert into tasks (subscription_id, kind, payload, correlation_id, dedupe_key, run_at)
     values ($1, 'lookAgain', '{}', 'bench', 'bench', now())`,
    [id],
  );
  await until('the first subscription is known', async () => {
    const { rows } = await database.query('select from subscriptions where id = $1', [id]);
    return rows.length > 0;
  });
}

async function copySubscriptions(database: Client, { from, count }: Range): Promise<void> {
  await database.query(
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, state, version)
     select wanted.id, publisher_id, offer_id, plan_id, status,
       jsonb_set(state, '{id}', to_jsonb(wanted.id)), version
     from subscriptions as first, unnest($2::text[]) as wanted (id) where first.id = $1`,
    [subscriptionId(0), Array.from({ length: count }, (_, place) => subscriptionId(from + place))],
  );
  await database.query('analyze subscriptions');
}

/** A span of a trace that is recorded. */
function newTraceParent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

async function addToLanes(
  database: Client,
  given: readonly (Given & { readonly traceParent?: string })[],
): Promise<void> {
  await database.query('begin');
  await database.query(
    `insert into lanes (subscription_id, due_at, publisher_id)
     select distinct id, now(), 'contoso' from unnest($1::text[]) as given (id)`,
    [given.map((one) => one.subscriptionId)],
  );
  await database.query(
    `insert into tasks
       (subscription_id, kind, payload, correlation_id, dedupe_key, run_at, trace_parent)
     select "subscriptionId", 'notification', jsonb_build_object('operationId', "operationId",
       'action', action, 'receivedAt', "receivedAt"), "operationId",
       'notification:' || "operationId", now(), "traceParent"
     from jsonb_to_recordset($1::jsonb) as given ("subscriptionId" text, "operationId" text,
       action text, "receivedAt" text, "traceParent" text)`,
    [JSON.stringify(given)],
  );
  await database.query('commit');
}

const OF_RANGE = 'subscription_id between $1 and $2';
const bounds = ({ from, count }: Range) => [subscriptionId(from), subscriptionId(from + count - 1)];

async function settled(database: Client, range: Range, steps: number) {
  const wanted = range.count * steps;
  return await until(`${wanted} operations have their outcome`, async () => {
    const { rows } = await database.query<{ first: Date; last: Date; count: number }>(
      `select min(settled_at) as first, max(settled_at) as last, count(*)::int as count
       from operations where ${OF_RANGE} and outcome is not null`,
      bounds(range),
    );
    const [found] = rows;
    return found?.count === wanted && { firstAt: Number(found.first), lastAt: Number(found.last) };
  });
}

/** Proves that every change is on the timeline once, in order if the engine keeps an order, and that facts were published. */
async function prove(database: Client, range: Range, isOrdered: boolean): Promise<void> {
  const { rows: timelines } = await database.query<{ kinds: string[]; count: number }>(
    `select kinds, count(*)::int from (select array_agg(kind order by sequence) as kinds
       from timeline where ${OF_RANGE} and kind = any($3) group by subscription_id) as each
     group by kinds`,
    [...bounds(range), effects],
  );
  const [all] = timelines;
  const isRight = all?.count === range.count && String(all.kinds) === String(effects);
  if (isOrdered && !isRight) throw new Error(`wrong timelines: ${JSON.stringify(timelines)}`);
  const suffix = (id: string) => id.slice(-12);
  const [first = '', last = ''] = bounds(range);
  const { rows: facts } = await database.query<{ count: number }>(
    `select count(*)::int from outbox
     where correlation_id like '0e0e0e0e-%' and right(correlation_id, 12) between $1 and $2
       and published_at is not null`,
    [suffix(first), suffix(last)],
  );
  const wanted = isOrdered ? range.count * STEPS : range.count;
  if ((facts[0]?.count ?? 0) < wanted) {
    throw new Error(`${facts[0]?.count} facts were published, not ${wanted}`);
  }
}

async function quiet(database: Client): Promise<void> {
  await until('nothing is left to do', async () => {
    const { rows } = await database.query(
      `(select from tasks where done_at is null and dead_at is null and kind = 'notification' limit 1)
       union all (select from outbox where published_at is null limit 1)`,
    );
    return rows.length === 0;
  });
}

async function written(database: Client): Promise<{ transactions: number; rows: number }> {
  const { rows } = await database.query<{ transactions: number; rows: number }>(
    `select xact_commit::float8 as transactions, (select sum(n_tup_ins + n_tup_upd + n_tup_del)::float8
       from pg_stat_user_tables) as rows
     from pg_stat_database where datname = current_database()`,
  );
  return rows[0] ?? { transactions: 0, rows: 0 };
}
