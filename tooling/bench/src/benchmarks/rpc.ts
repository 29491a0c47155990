import { fork } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { openBenchServers } from '../fixture.ts';
import { check, compare, type Benchmark, type Measured, type Side } from '../harness/compare.ts';
import { callOver, type CallLoad, type CallTimes } from '../rpc/call-load.ts';
import type { DirectCalls } from '../rpc/owner-process.ts';
import { cpuSecondsOf, cpuSecondsOfTree } from '../service-process.ts';

/** Callers at a time for the rates. */
const CALLERS = 32;
const RUN_SECONDS = 5;
const MICROS = 1_000_000;
const KEY = 'lf_benchmark_0123456789abcdef0123456789abcdef';
/** In the stored rules, so that each answer proves that it was read. */
const MARK = 'bench-rule-was-read';

type Procedure = DirectCalls['procedure'];

/**
 * The same router, handlers and connections in one process, reached in three ways: inside the process by tRPC's
 * `createCaller`; by HTTP over tRPC's standalone server; and by HTTP through the gateway, which checks the key and the
 * rates, keeps commands in the audit log, and asks over NATS.
 */
export const rpc: Benchmark = {
  name: 'rpc',
  about: 'a query and a command through gateway and NATS, beside direct calls and tRPC over HTTP',
  async run(context) {
    await using bench = await openRpcBench();
    for (const procedure of ['query', 'command'] as const) {
      const through = bench.gateway(procedure, CALLERS);
      await compare(context, {
        name: `rpc, ${procedure} beside a direct call`,
        unit: '/s',
        ours: through,
        peer: bench.direct(procedure, CALLERS),
        goal: { ratioAtLeast: 0.6 },
      });
      await compare(context, {
        name: `rpc, ${procedure} beside tRPC over HTTP`,
        unit: '/s',
        ours: through,
        peer: bench.standalone(procedure, CALLERS),
      });
      await check(context, {
        name: `rpc, ${procedure}: added to a direct call at p50`,
        unit: 'ms',
        ours: bench.added(procedure),
        ...(procedure === 'query' ? { goal: { atMost: 0.5 } } : {}),
      });
    }
  },
};

/** The owner's process, the gateway, and their servers. */
export async function openRpcBench() {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await openBenchServers({ baseUrl: 'http://127.0.0.1:9/api' }));
  const database = new pg.Pool({ connectionString: servers.adminUrl, max: 1 });
  stack.defer(() => database.end());
  await database.query(
    'create table bench_rules (publisher_id text primary key, policy jsonb not null)',
  );
  await database.query(
    'create table bench_records (event_id text primary key, content jsonb not null)',
  );
  const refusal = { id: MARK, when: { action: 'ChangePlan' }, decision: 'refuse' };
  await database.query('insert into bench_rules values ($1, $2)', [
    'contoso',
    { rules: [refusal] },
  ]);
  const owner = stack.use(await startOwner(servers.adminUrl, servers.natsUrl));
  const gateway = stack.use(
    await servers.start('gateway', {
      PUBLIC_URL: 'http://127.0.0.1',
      LANDING_URL: 'http://127.0.0.1:9',
      WEBHOOK_INGEST_URL: 'http://127.0.0.1:9',
      BOOTSTRAP_API_KEY: KEY,
      RATE_PER_KEY: '1000000',
      RATE_PER_PUBLISHER: '1000000',
      RATE_PER_ADDRESS: '1000000',
    }),
  );
  const stored = async (): Promise<number> => {
    const { rows } = await database.query<{ count: string }>('select count(*) from bench_records');
    return Number(rows[0]?.count);
  };
  /** Runs calls and proves that each command stored its record. */
  const proved = async (procedure: Procedure, run: () => Promise<CallTimes>): Promise<Measured> => {
    await database.query('truncate bench_records');
    const cpu = {
      gateway: gateway.cpuSeconds(),
      owner: cpuSecondsOf(owner.pid),
      postgres: cpuSecondsOfTree(servers.pids.postgres),
      nats: cpuSecondsOfTree(servers.pids.nats),
    };
    const times = await run();
    const perCall = (seconds: number) => Math.round((seconds * MICROS) / times.calls);
    if (procedure === 'command' && (await stored()) !== times.calls) {
      throw new Error(`${times.calls} commands, but ${await stored()} records`);
    }
    return {
      value: times.calls / times.seconds,
      also: {
        p50: Number(times.p50.toFixed(2)),
        p99: Number(times.p99.toFixed(2)),
        'gateway µs': perCall(gateway.cpuSeconds() - cpu.gateway),
        'owner µs': perCall(cpuSecondsOf(owner.pid) - cpu.owner),
        'postgres µs': perCall(cpuSecondsOfTree(servers.pids.postgres) - cpu.postgres),
        'nats µs': perCall(cpuSecondsOfTree(servers.pids.nats) - cpu.nats),
      },
    };
  };
  const over = (url: string, prefix: string, procedure: Procedure, callers: number): CallLoad => ({
    ...requestOf(procedure),
    url,
    path: prefix + requestOf(procedure).path,
    headers: { authorization: `Bearer ${KEY}` },
    callers,
    seconds: RUN_SECONDS,
  });
  const sides = {
    direct: (procedure: Procedure, callers: number): Side => ({
      name: 'direct call',
      run: () => proved(procedure, () => owner.call({ procedure, callers, seconds: RUN_SECONDS })),
    }),
    standalone: (procedure: Procedure, callers: number): Side => ({
      name: 'tRPC over HTTP',
      run: () =>
        proved(procedure, () => callOver(over(owner.urls[procedure], '', procedure, callers))),
    }),
    gateway: (procedure: Procedure, callers: number): Side => ({
      name: 'gateway and NATS',
      run: () => proved(procedure, () => callOver(over(gateway.url, '/trpc', procedure, callers))),
    }),
  };
  const owned = stack.move();
  return {
    ...sides,
    /** The difference of the medians, with one caller. */
    added: (procedure: Procedure): Side => ({
      name: 'gateway and NATS',
      async run() {
        const p50 = async (side: Side) => Number((await side.run()).also?.['p50']);
        const direct = await p50(sides.direct(procedure, 1));
        const http = await p50(sides.standalone(procedure, 1));
        const through = await p50(sides.gateway(procedure, 1));
        return { value: through - direct, also: { through, direct, 'tRPC over HTTP': http } };
      },
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function requestOf(procedure: Procedure): Pick<CallLoad, 'method' | 'path' | 'body' | 'expected'> {
  if (procedure === 'query') {
    const input = encodeURIComponent(JSON.stringify({ publisherId: 'contoso' }));
    return { method: 'GET', path: `/policies.get?input=${input}`, body: '', expected: MARK };
  }
  const occurredAt = new Date().toISOString();
  const record = { eventId: 'event-{n}', subscriptionId: 's', dimension: 'calls', quantity: '1' };
  return {
    method: 'POST',
    path: '/usage.report',
    body: JSON.stringify({ records: [{ ...record, occurredAt }] }),
    expected: '"outcome":"taken"',
  };
}

async function startOwner(databaseUrl: string, natsUrl: string) {
  const child = fork(new URL('../rpc/owner-process.ts', import.meta.url), {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answered = async () => {
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
      { readonly urls?: readonly string[]; readonly times?: CallTimes; readonly error?: string },
    ];
    return first;
  };
  const { urls: [query = '', command = ''] = [] } = await answered();
  return {
    pid: child.pid ?? 0,
    urls: { query, command },
    async call(calls: DirectCalls): Promise<CallTimes> {
      child.send(calls);
      const { times, error } = await answered();
      if (!times) throw new Error(`the direct calls failed: ${error}`);
      return times;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
