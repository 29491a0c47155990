import { randomUUID } from 'node:crypto';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import pg from 'pg';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import {
  createRouter,
  type Call,
  type Handlers,
  type Procedures,
} from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { serveProcedures } from '@landfall/service-kit/rpc';
import { quantile } from '../harness/statistics.ts';
import type { CallTimes } from './call-load.ts';

/** Calls of the procedures without any transport, inside this process. */
export interface DirectCalls {
  readonly procedure: 'query' | 'command';
  readonly callers: number;
  readonly seconds: number;
}

/** As many connections as a service has. */
const CONNECTIONS = 10;
const TEN_SECONDS_MS = 10_000;

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: CONNECTIONS });
const log = createLogger('bench', 'silent');

/** The rules of one publisher, read by its key. */
async function readRules(publisherId: string) {
  const { rows } = await pool.query<{ policy: { rules: [] } }>({
    name: 'rules',
    text: 'select policy from bench_rules where publisher_id = $1',
    values: [publisherId],
  });
  return { ...(rows[0]?.policy ?? { rules: [] }), plans: [], compensateLateRefusals: true };
}

/** Stores records durably, each once. */
async function storeRecords(records: readonly { readonly eventId?: unknown }[]) {
  const ids = records.map(({ eventId }) => String(eventId));
  const { rows } = await pool.query<{ event_id: string }>({
    name: 'records',
    text: `insert into bench_records select id, content from unnest($1::text[], $2::jsonb[]) as given (id, content)
      on conflict do nothing returning event_id`,
    values: [ids, records.map((record) => JSON.stringify(record))],
  });
  const taken = new Set(rows.map(({ event_id: id }) => id));
  return ids.map((eventId) => ({
    eventId,
    outcome: taken.has(eventId) ? ('taken' as const) : ('repeated' as const),
  }));
}

const notMeasured = async (): Promise<never> => {
  throw new Error('only two procedures are measured');
};

/** Every procedure of a table; those that are not measured fail. */
function handlersOf<Table extends Procedures>(
  table: Table,
  measured: Readonly<Record<string, unknown>>,
): Handlers<Table> {
  const all = Object.entries(table).map(([namespace, specs]) => {
    const names = Object.keys(specs).map((name) => {
      return [name, measured[`${namespace}.${name}`] ?? notMeasured];
    });
    return [namespace, Object.fromEntries(names)];
  });
  return Object.fromEntries(all) as Handlers<Table>;
}

const queries = createRouter(
  fulfillmentProcedures,
  handlersOf(fulfillmentProcedures, {
    'policies.get': ({ publisherId = '' }: { publisherId?: string }) => readRules(publisherId),
  }),
);
const commands = createRouter(
  billingProcedures,
  handlersOf(billingProcedures, {
    'usage.report': async ({ records }: { records: { eventId?: unknown }[] }) => ({
      results: await storeRecords(records),
    }),
  }),
);

/** A call with its caller, as a service reads it from a header. */
function callOfKey(): Call {
  return {
    caller: { kind: 'api-key', keyId: 'bench', scopes: [...scopes] },
    correlationId: randomUUID(),
    deadline: new Date(Date.now() + TEN_SECONDS_MS),
  };
}

let counter = 0;

async function callOnce(procedure: DirectCalls['procedure']): Promise<void> {
  if (procedure === 'query') {
    await queries.createCaller(callOfKey()).policies.get({ publisherId: 'contoso' });
    return;
  }
  const eventId = `direct-${process.pid}-${(counter += 1)}`;
  const occurredAt = new Date().toISOString();
  const record = { eventId, subscriptionId: 's', dimension: 'calls', quantity: '1', occurredAt };
  await commands.createCaller(callOfKey()).usage.report({ records: [record] });
}

async function callDirectly({ procedure, callers, seconds }: DirectCalls): Promise<CallTimes> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const work = async (): Promise<void> => {
    for (let sentAt = performance.now(); sentAt < until; sentAt = performance.now()) {
      await callOnce(procedure);
      tookMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  return {
    calls: tookMs.length,
    seconds: (performance.now() - startedAt) / 1000,
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
  };
}

const bus = await connectBus({
  url: process.env['NATS_URL'] ?? '',
  name: 'fulfillment-worker',
  log,
});
serveProcedures({ owner: 'fulfillment-worker', router: queries, bus, log });
serveProcedures({ owner: 'billing-sync', router: commands, bus, log });
const servers = [queries, commands].map((router) =>
  createHTTPServer({ router, createContext: callOfKey }),
);
const urls = await Promise.all(
  servers.map((server) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
    return promise;
  }),
);
process.on('message', (calls: DirectCalls) => {
  callDirectly(calls).then(
    (times) => process.send?.({ times }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ urls });
