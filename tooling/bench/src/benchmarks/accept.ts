import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { streams } from '@landfall/contracts/streams';
import { isConflict } from '@landfall/service-kit/database-faults';
import { callWebhook, startIngest } from '../accept/call-webhook.ts';
import { hasPgbench, insertWithPgbench, PGBENCH_PACKAGE } from '../accept/pgbench.ts';
import { notificationBody, type WebhookLoadResult } from '../accept/webhook-load.ts';
import { openBenchServers } from '../fixture.ts';
import { compare, check, type Benchmark, type Measured, type Side } from '../harness/compare.ts';
import { cpuSecondsOfTree, type ServiceProcess } from '../service-process.ts';

/** Callers at a time. */
const CALLERS = 32;
/** Long enough for a few checkpoints of work and tens of thousands of calls. */
const RUN_SECONDS = 6;
/** Every fourth call repeats the one before, as Microsoft does if it got no answer. */
const REPEAT_EVERY = 4;
/** The backlog of a run is published within seconds. If it takes this long, it is never published. */
const PUBLISH_DEADLINE_MS = 60_000;
const POLL_MS = 50;
/** Deadlocks in a row are unlikely. */
const MAX_TRUNCATES = 5;
const MICROS = 1_000_000;

export const accept: Benchmark = {
  name: 'accept',
  about: 'webhook calls per second: verified, stored durably, answered, and published',
  async run(context) {
    await using bench = await openAcceptBench();
    const ours = bench.ingest({ repeatEvery: 0 });
    if (hasPgbench()) {
      const peer = bench.pgbench();
      await compare(context, {
        name: 'accept, beside single-row inserts',
        unit: '/s',
        ours,
        peer,
        goal: { ratioAtLeast: 0.8 },
      });
      await using gateway = await bench.openGateway();
      await compare(context, {
        name: 'accept through the gateway, beside inserts',
        unit: '/s',
        ours: bench.ingest({ repeatEvery: 0, through: gateway }),
        peer,
        goal: { ratioAtLeast: 0.5 },
      });
    } else {
      context.say(`install ${PGBENCH_PACKAGE} to compare with single-row inserts of pgbench`);
    }
    await compare(context, {
      name: 'accept, beside Express with jose and pg',
      unit: '/s',
      ours,
      peer: bench.express(),
      goal: { ratioAtLeast: 2 },
    });
    await check(context, {
      name: `accept, p99 with ${CALLERS} callers`,
      unit: 'ms',
      ours: {
        name: 'webhook-ingest',
        async run() {
          const { also = {} } = await ours.run();
          return { value: Number(also['p99']) };
        },
      },
      goal: { atMost: 10 },
    });
    await check(context, {
      name: 'accept, a quarter repeated',
      unit: '/s',
      ours: bench.ingest({ repeatEvery: REPEAT_EVERY }),
    });
  },
};

/** The servers, webhook-ingest and its peers. Each side proves that it has stored what it accepted. */
export async function openAcceptBench() {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await openBenchServers({ baseUrl: 'http://127.0.0.1:9/api' }));
  const { publisher, fulfillmentApp } = servers.identities;
  const { ingest, token } = await startIngest(servers);
  stack.use(ingest);
  const database = new pg.Pool({ connectionString: servers.databaseUrl('webhook-ingest'), max: 1 });
  stack.defer(() => database.end());
  const peerUrl = await createPeerDatabase(servers.adminUrl);
  const peer = new pg.Pool({ connectionString: peerUrl, max: 1 });
  stack.defer(() => peer.end());
  const bus = stack.use(await servers.openBus());
  const express = stack.use(
    await startExpress({
      DATABASE_URL: peerUrl,
      KEYS_URL: `${servers.authorityUrl}/${publisher.tenantId}/discovery/v2.0/keys`,
      ISSUER: `${servers.authorityUrl}/${publisher.tenantId}/v2.0`,
      AUDIENCE: fulfillmentApp.clientId,
    }),
  );
  const call = (url: string, repeatEvery: number) =>
    callWebhook({
      url: `${url}/webhook`,
      token,
      callers: CALLERS,
      seconds: RUN_SECONDS,
      repeatEvery,
    });
  const progress = async () => {
    const [notifications, unpublished, messages] = await Promise.all([
      countOf(database, 'select count(*) from ingest.notifications'),
      countOf(
        database,
        `select count(*) from ingest.notifications join ingest.publications on publications.id = publication_id
         where publications.published_at is null`,
      ),
      bus.streamState(streams.ingest.name),
    ]);
    return { notifications, unpublished, messages: messages?.lastSequence ?? 0 };
  };
  const cpuOf = (by: ServiceProcess) => ({
    ingest: by.cpuSeconds(),
    postgres: cpuSecondsOfTree(servers.pids.postgres),
    nats: cpuSecondsOfTree(servers.pids.nats),
  });
  const owned = stack.move();
  return {
    /** Another webhook-ingest with further settings. */
    startIngest: (settings: Readonly<Record<string, string>>) =>
      servers.start('webhook-ingest', settings),
    openGateway: () =>
      servers.start('gateway', {
        PUBLIC_URL: 'http://127.0.0.1',
        LANDING_URL: 'http://127.0.0.1:9',
        WEBHOOK_INGEST_URL: ingest.url,
      }),
    /** Calls webhook-ingest, directly or through the gateway, and waits until every notification is published. */
    ingest({
      repeatEvery,
      through,
      by = ingest,
    }: {
      readonly repeatEvery: number;
      readonly through?: ServiceProcess;
      readonly by?: ServiceProcess;
    }): Side {
      return {
        name: 'webhook-ingest',
        async run() {
          await startOver(database, 'ingest.notifications, ingest.publications');
          const before = await progress();
          const cpuBefore = { ...cpuOf(by), gateway: through?.cpuSeconds() };
          const result = await call((through ?? by).url, repeatEvery);
          const answeredAt = performance.now();
          const deadline = answeredAt + PUBLISH_DEADLINE_MS;
          for (;;) {
            const { notifications, unpublished, messages } = await progress();
            if (notifications !== result.accepted) {
              throw new Error(`${result.accepted} accepted, but ${notifications} stored`);
            }
            if (unpublished === 0 && messages > before.messages) break;
            if (performance.now() > deadline) throw new Error(`${unpublished} are not published`);
            await delay(POLL_MS);
          }
          const cpu = cpuOf(by);
          const perCall = (seconds: number) => Math.round((seconds * MICROS) / callsOf(result));
          return {
            value: rateOf(result),
            also: {
              ...percentiles(result),
              published: `${((performance.now() - answeredAt) / 1000).toFixed(1)} s later`,
              ...(cpuBefore.gateway === undefined || !through
                ? {}
                : { 'gateway µs': perCall(through.cpuSeconds() - cpuBefore.gateway) }),
              'ingest µs': perCall(cpu.ingest - cpuBefore.ingest),
              'postgres µs': perCall(cpu.postgres - cpuBefore.postgres),
              'nats µs': perCall(cpu.nats - cpuBefore.nats),
              'load µs': perCall(result.cpuSeconds),
              MB: Math.max(...by.samples()),
            },
          };
        },
      };
    },
    pgbench(): Side {
      return {
        name: 'pgbench',
        async run() {
          await startOver(peer, 'inbox');
          const { rate, latencyMs } = await insertWithPgbench({
            databaseUrl: peerUrl,
            folder: servers.folder,
            body: notificationBody(EMPTY_ID, EMPTY_ID),
            clients: CALLERS,
            seconds: RUN_SECONDS,
          });
          const stored = await countOf(peer, 'select count(*) from inbox');
          if (stored < rate) throw new Error(`pgbench stored only ${stored} rows`);
          return { value: rate, also: { mean: latencyMs } };
        },
      };
    },
    express(): Side {
      return {
        name: 'Express',
        async run() {
          await startOver(peer, 'inbox');
          const result = await call(express.url, 0);
          const stored = await countOf(peer, 'select count(*) from inbox');
          if (stored !== result.accepted) {
            throw new Error(`${result.accepted} accepted, but ${stored} stored`);
          }
          return { value: rateOf(result), also: percentiles(result) };
        },
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const EMPTY_ID = '00000000-0000-4000-8000-000000000000';

function rateOf(result: WebhookLoadResult): number {
  const { 200: answered = 0, ...others } = result.answers;
  if (Object.keys(others).length > 0) {
    throw new Error(`not every call was answered 200: ${JSON.stringify(result.answers)}`);
  }
  return answered / result.seconds;
}

function callsOf({ answers }: WebhookLoadResult): number {
  return Object.values(answers).reduce((sum, count) => sum + count, 0);
}

function percentiles({ p50, p99 }: WebhookLoadResult): NonNullable<Measured['also']> {
  return { p50: Number(p50.toFixed(2)), p99: Number(p99.toFixed(2)) };
}

async function countOf(database: pg.Pool, query: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(query);
  return Number(rows[0]?.count);
}

/** Every run begins with empty tables, so no checkpoint has pages of an earlier run to write. */
async function startOver(database: pg.Pool, tables: string): Promise<void> {
  // A service that reads its metrics locks the same tables in another order. Then Postgres ends the truncate, and the next one works.
  for (let tries = 1; ; tries += 1) {
    try {
      await database.query(`truncate ${tables}`);
      return;
    } catch (error) {
      if (!isConflict(error) || tries === MAX_TRUNCATES) throw error;
    }
  }
}

/** A table with one key and the body: the least that an inbox of notifications needs. */
async function createPeerDatabase(adminUrl: string): Promise<string> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query('create database peer');
  await admin.end();
  const url = new URL(adminUrl);
  url.pathname = '/peer';
  const peer = new pg.Client({ connectionString: url.href });
  await peer.connect();
  await peer.query(`create table inbox (
    dedupe_key text primary key, body text not null, received_at timestamptz not null default now())`);
  await peer.end();
  return url.href;
}

async function startExpress(env: Readonly<Record<string, string>>) {
  const child = fork(new URL('../accept/express-inbox.mjs', import.meta.url), {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [started] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit'),
  ])) as unknown[];
  if (typeof started !== 'object') throw new Error('the Express handler did not start');
  return {
    url: String(new Map(Object.entries(started ?? {})).get('url')),
    async [Symbol.asyncDispose]() {
      child.kill();
    },
  };
}
