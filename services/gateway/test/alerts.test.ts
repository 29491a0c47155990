import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLandfallClient } from '@landfall/client';
import { errorDetails } from '@landfall/client/errors';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { metricLabels } from '@landfall/contracts/metric-spec';
import { metrics as table } from '@landfall/contracts/metrics';
import { createRouter } from '@landfall/contracts/procedures';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { startAlerts } from '@landfall/service-kit/alerts';
import type { Bus } from '@landfall/service-kit/bus';
import { Metrics, reading } from '@landfall/service-kit/metrics';
import { serveProcedures } from '@landfall/service-kit/rpc';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveBilling,
  silent,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
});
afterAll(async () => {
  for (const each of [gateway, db, bus, nats, database]) await each[Symbol.asyncDispose]();
});

/** A worker with an alert about parked tasks. */
function serveWorker(parked: number): AsyncDisposable {
  const metrics = new Metrics({ log: silent, now: () => new Date() });
  metrics.read([table.tasksParked], async () => [reading(table.tasksParked, parked)]);
  const stack = new AsyncDisposableStack();
  const service = 'fulfillment-worker';
  const alerts = stack.use(startAlerts({ service, metrics, log: silent, now: () => new Date() }));
  const router = createRouter(fulfillmentProcedures, {} as never);
  stack.use(serveProcedures({ owner: service, router, bus, log: silent, alerts }));
  return stack;
}

async function operator() {
  const { text } = await makeKey(db, ['alerts:read']);
  return createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
}

const silentOnes = ({ firing }: { firing: readonly { alert: string; service: string }[] }) =>
  firing.filter(({ alert }) => alert === 'ServiceSilent').map(({ service }) => service);

test('a service that does not answer is reported at once, until it is back', async () => {
  const { alerts } = await operator();
  const without = await alerts.list.query({});
  expect(silentOnes(without)).toContain('fulfillment-worker');
  expect(without.services).toContainEqual({ service: 'fulfillment-worker', answers: false });
  expect(without.services).toContainEqual({ service: 'gateway', answers: true });
  const [first] = without.firing;
  expect(first).toMatchObject({ severity: 'critical', value: 0 });
  expect(first!.nextStep).toContain('restart it');

  const again = await alerts.list.query({});
  const since = (list: typeof without) =>
    list.firing.find(({ service }) => service === 'fulfillment-worker')?.since;
  expect(since(again)).toBe(since(without));

  await using _ = serveWorker(0);
  const back = await alerts.list.query({});
  expect(silentOnes(back)).not.toContain('fulfillment-worker');
  expect(back.services).toContainEqual({ service: 'fulfillment-worker', answers: true });
});

test('the alerts of all services are one list, critical ones first', async () => {
  await using _ = serveWorker(3);
  const { firing } = await (await operator()).alerts.list.query({});
  expect(firing.find(({ alert }) => alert === 'TasksParked')).toMatchObject({
    service: 'fulfillment-worker',
    severity: 'warning',
    value: 3,
    incidentPage: 'http://127.0.0.1/docs/incidents#tasks-parked',
  });
  const isCritical = firing.map(({ severity }) => severity === 'critical');
  expect(isCritical[0]).toBe(true);
  expect(isCritical.lastIndexOf(true)).toBeLessThan(isCritical.indexOf(false));
});

test('a service of an older version without alerts counts as answering', async () => {
  await using _ = serveBilling(bus, {});
  const list = await (await operator()).alerts.list.query({});
  expect(list.services).toContainEqual({ service: 'billing-sync', answers: true });
});

test('an alert of a newer version that the gateway does not know is reported too', async () => {
  const newer = {
    alert: 'MoonInTheWrongHouse',
    service: 'billing-sync',
    severity: 'warning',
    since: new Date().toISOString(),
    value: 1,
    unit: 'count',
    labels: {},
    meaning: 'The moon is in the wrong house.',
    nextStep: 'Look up.',
  } as const;
  const router = createRouter(billingProcedures, {} as never);
  const alerts = { firing: async () => [newer], [Symbol.asyncDispose]: async () => {} };
  await using _ = serveProcedures({ owner: 'billing-sync', router, bus, log: silent, alerts });
  const { firing } = await (await operator()).alerts.list.query({});
  const incidentPage = 'http://127.0.0.1/docs/incidents#moon-in-the-wrong-house';
  expect(firing).toContainEqual({ ...newer, incidentPage });
});

test('only keys with their scope can read alerts', async () => {
  const { text } = await makeKey(db, ['subscriptions:read']);
  const client = createLandfallClient({ url: `${gateway.url}/trpc`, apiKey: text });
  const error: unknown = await client.alerts.list.query({}).catch((caught: unknown) => caught);
  expect(errorDetails(error)).toMatchObject({ code: 'FORBIDDEN' });
});

test('no public path leads to the metrics; the internal listener serves them', async () => {
  const paths = ['/metrics', '//metrics', '/landing/../metrics', '/landing/%2e%2e/metrics'];
  for (const path of [...paths, '/metrics?x', '/webhook/../metrics', '/trpc/../metrics']) {
    const { status, body } = await rawRequest(gateway, path);
    expect(status, path).toBeGreaterThanOrEqual(400);
    expect(body, path).not.toContain('landfall_');
  }
  const inside = await fetch(gateway.metricsUrl);
  expect(inside.status).toBe(200);
  expect(inside.headers.get('content-type')).toContain('text/plain');
  expect(await inside.text()).toContain('landfall_service_answers{service="landing"} 0');
});

test('the share of DATABASE_ROOM_BYTES that is used is measured only if it is set, and a number of gigabytes is refused', async () => {
  const share = /^landfall_database_room_used_ratio (\S+)$/m;
  const shareOf = async ({ metricsUrl }: Gateway) =>
    share.exec(await (await fetch(metricsUrl)).text())?.[1];
  expect(await shareOf(gateway)).toBeUndefined();

  await using limited = await bootGateway({ database, nats }, { DATABASE_ROOM_BYTES: '1e12' });
  const found = Number(await shareOf(limited));
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThan(0.01);

  const mistaken = bootGateway({ database, nats }, { DATABASE_ROOM_BYTES: '64' });
  await expect(mistaken).rejects.toThrow('DATABASE_ROOM_BYTES');
});

test('no label of a metric holds an id, an address or a path with an id', async () => {
  const id = randomUUID();
  const { text: key } = await makeKey(db, ['subscriptions:read']);
  const headers = { authorization: `Bearer ${key}` };
  const input = encodeURIComponent(JSON.stringify({ subscriptionId: id }));
  await rawRequest(gateway, `/trpc/subscriptions.get?input=${input}`, { headers });
  await rawRequest(gateway, `/landing/p/${id}?token=${id}`);
  await rawRequest(gateway, `/${id}/ada@fabrikam.example`);
  const text = await (await fetch(gateway.metricsUrl)).text();
  for (const part of [id, 'ada@', key.slice(0, 12)]) expect(text).not.toContain(part);
  const routes = new Set<string>();
  const ours = text.split('\n').filter((line) => line.startsWith('landfall_'));
  expect(ours.length).toBeGreaterThan(10);
  for (const [, name, value] of ours.join('\n').matchAll(/(\w+)="([^"]*)"/g)) {
    if (name === 'le') continue;
    expect(metricLabels).toHaveProperty(name!);
    if (name === 'route') routes.add(value!);
  }
  expect([...routes].toSorted()).toEqual(
    expect.arrayContaining(['/landing/*', '/metrics', '/trpc/*', 'other']),
  );
});
