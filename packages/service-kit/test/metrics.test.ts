import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { procedureClient } from '../src/rpc/nats.ts';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { headerNames } from '@landfall/contracts/envelope';
import { metrics as table } from '@landfall/contracts/metrics';
import { createRouter, type Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { streams } from '@landfall/contracts/streams';
import { Fault } from '@landfall/domain/fault';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { operatorKey } from '@landfall/servers/test-caller';
import { until } from '@landfall/servers/wait';
import { unusedHandlers } from './unused-handlers.ts';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { readOutbox } from '../src/outbox/readings.ts';
import { serveHttp } from '../src/http/server.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { enqueue } from '../src/outbox/outbox.ts';
import { procedureTransport, serveProcedures } from '../src/rpc/rpc.ts';
import {
  consumerNamed,
  envelope,
  fact,
  migratedDatabase,
  notification,
  testLog,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let bus: Bus;

beforeAll(async () => {
  [database, nats] = await Promise.all([
    testDatabase({ services: ['webhook-ingest'] }),
    testNats(),
  ]);
  bus = await connectBus({ url: nats.url, name: 'webhook-ingest', log: testLog() });
  await bus.ensureStreams(Object.values(streams));
});
afterAll(async () => {
  for (const each of [bus, database, nats]) await each[Symbol.asyncDispose]();
});

function openMetrics(now = () => new Date()) {
  return new Metrics({ log: testLog(), now });
}

const app = new Hono()
  .get('/things/:id', (c) => c.text('thing'))
  .use('*', async (_c, next) => next())
  .post('/things', (c) => c.text('made', 201));

const id = '4f6f1c0e-1b8a-4f3e-9c57-0f5f3d0f6f11';
const listening = { host: '127.0.0.1', port: 0, log: testLog(), ready: async () => ({}) };

/** Reads the metrics until they contain a text, because a request is counted only after its answer has left. */
function metricsWith({ url }: { readonly url: string }, wanted: string): Promise<string> {
  return until(`the metrics have ${wanted}`, async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return text.includes(wanted) && text;
  });
}

test('requests are counted by the template of their route and their status, not by their path', async () => {
  const metrics = openMetrics();
  await using server = await serveHttp({ ...listening, app, metrics });
  for (const path of [`/things/${id}`, '/things/7?token=secret', `/nowhere/${id}`, '/healthz']) {
    await (await fetch(server.url + path)).text();
  }
  const count = 'landfall_http_request_duration_seconds_count';
  const text = await metricsWith(server, `${count}{route="/healthz",status="200"} 1`);
  expect(text).toContain(`${count}{route="/things/:id",status="200"} 2`);
  expect(text).toContain(`${count}{route="other",status="404"} 1`);
  for (const part of [id, 'secret', 'nowhere']) expect(text).not.toContain(part);
});

test('a public server counts its requests but does not serve its metrics', async () => {
  const metrics = openMetrics();
  const routes = ['/things/*'];
  await using door = await serveHttp({ ...listening, app, metrics, routes, isPublic: true });
  await using inside = await serveHttp({ ...listening, app, metrics });
  await fetch(`${door.url}/things/${id}`);
  for (const path of ['/metrics', '/metrics/', '//metrics']) {
    const answer = await fetch(door.url + path);
    expect([answer.status, await answer.text()], path).toEqual([404, '404 Not Found']);
  }
  await metricsWith(inside, '_count{route="/things/*",status="200"} 1');
});

test('calls are counted by procedure and outcome, and a made-up procedure has no series', async () => {
  const metrics = openMetrics();
  const answers: Handlers<typeof billingProcedures>['usage']['hours'][] = [
    async () => ({ items: [] }),
    async () => new Rejection('subscription.not-found', 'There is none.'),
    async () => {
      throw new Fault('database.unavailable', 'away', { retry: 'later' });
    },
  ];
  const router = createRouter(billingProcedures, {
    ...unusedHandlers,
    usage: { ...unusedHandlers.usage, hours: (...call) => answers.shift()!(...call) },
  });
  await using _ = serveProcedures({ owner: 'billing-sync', router, bus, log: testLog(), metrics });
  const transport = procedureTransport(bus);
  const client = procedureClient({
    owner: 'billing-sync',
    transport,
    caller: operatorKey,
    correlationId: () => 'flow',
  });
  for (const _answer of [1, 2, 3]) await client.usage.hours.query({}).catch(() => undefined);
  const headers = { [headerNames.caller]: JSON.stringify(operatorKey) };
  await transport.request(`rpc.billing-sync.things.${'x'.repeat(30)}`, '{"type":"query"}', {
    headers,
    timeoutMs: PATIENCE_MS,
  });
  const text = await metrics.render();
  const count = (procedure: string, outcome: string) =>
    `landfall_rpc_call_duration_seconds_count{procedure="${procedure}",outcome="${outcome}"} 1`;
  expect(text).toContain(count('usage.hours', 'ok'));
  expect(text).toContain(count('usage.hours', 'subscription.not-found'));
  expect(text).toContain(count('usage.hours', 'database.unavailable'));
  expect(text).toContain(count('unknown', 'not-found'));
  expect(text).not.toContain('xxx');
});

test('the backlog of a consumer is measured, even if the consumer has stopped or never existed', async () => {
  const definition = consumerNamed('lagging') as never;
  await bus.publish(fact, notification('s1'), envelope());
  const before = await bus.consumerLag(definition);
  expect(before).toMatchObject({ unsettled: 1, deadLetters: 0 });
  expect(before?.oldestAt).toBeInstanceOf(Date);

  const taken = Promise.withResolvers<void>();
  const consumer = await bus.consume(definition, async () => taken.resolve());
  await taken.promise;
  await consumer[Symbol.asyncDispose]();
  // NATS counts a message as settled a moment after the acknowledgement.
  const settled = await until('the message is settled', async () => {
    const lag = await bus.consumerLag(definition);
    return lag?.unsettled === 0 && lag;
  });
  expect(settled.oldestAt).toBeUndefined();

  await bus.publish(fact, notification('s2'), envelope());
  await bus.publish(fact, notification('s3'), envelope());
  const after = await until('both wait', async () => {
    const lag = await bus.consumerLag(definition);
    return lag?.unsettled === 2 && lag;
  });
  expect(after.oldestAt!.getTime()).toBeGreaterThanOrEqual(before!.oldestAt!.getTime());
});

test('messages that a consumer gave up on are counted', async () => {
  const definition = consumerNamed('giving-up') as never;
  const letters = async () => (await bus.consumerLag(definition))?.deadLetters;
  await using _ = await bus.consume(definition, async () => {
    throw new Error('a bug');
  });
  await bus.publish(fact, notification('s4'), envelope());
  await until('the letter is counted', async () => (await letters()) !== 0);
});

test('the number and age of waiting facts in the outbox are measured', async () => {
  await using db = await migratedDatabase(database.urlFor('webhook-ingest'));
  let at = Date.now();
  const metrics = openMetrics(() => new Date(at));
  readOutbox(metrics, db, () => new Date(at));
  const told = async () => {
    const values = await metrics.values();
    return [table.outboxPending, table.outboxOldest].map(
      ({ name }) => values.get(name)?.[0]?.value,
    );
  };
  expect(await told()).toEqual([0, 0]);
  const occurredAt = new Date(at);
  await db.kysely
    .transaction()
    .execute((trx) => enqueue(trx, fact, notification('s5'), { ...envelope(), occurredAt }));
  at += 300_000;
  expect(await told()).toEqual([1, 300]);
});
