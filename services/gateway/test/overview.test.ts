import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MatterSeverity } from '@landfall/contracts/matters';
import { retention } from '@landfall/contracts/retention';
import { scopes, type Scope } from '@landfall/contracts/scopes';
import { matterOpenedFactOf } from '@landfall/contracts/subjects';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
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
  await open('task-parked', 'contoso', 'warning');
  await open('task-parked', 'contoso', 'critical');
  await open('dead-letter', undefined, 'warning');
  await open('renewal-ahead', 'fabrikam', 'info');
  await until('they are in the list', async () => (await overviewFor(scopes)).matters.length === 3);
});

afterAll(async () => {
  for (const part of [gateway, bus, db, nats, database]) await part[Symbol.asyncDispose]();
});

async function open(
  kind: string,
  publisherId: string | undefined,
  severity: MatterSeverity,
): Promise<void> {
  const at = '2026-11-20T10:00:00.000Z';
  const id = randomUUID();
  const matter = {
    id,
    kind,
    key: id,
    owner: 'fulfillment-worker',
    version: 1,
    subject: { type: 'task', id: '1' },
    publisherId,
    severity,
    params: { task: 'activate', error: 'marketplace.refused' },
    since: at,
    openedAt: at,
  };
  const envelope = { messageId: id, correlationId: id, occurredAt: new Date(at) };
  await bus.publish(matterOpenedFactOf('fulfillment-worker'), matter, envelope);
}

interface Overview {
  readonly isGood: boolean;
  readonly alerts?: unknown[];
  readonly matters: readonly { kind: string; count: number; severity: string; list: object }[];
  readonly withheld: readonly string[];
}

async function ask(path: string, granted: readonly Scope[], publisherId?: string) {
  const key = await makeKey(db, granted, publisherId);
  const { status, body } = await rawRequest(gateway, `/trpc/${path}?input=%7B%7D`, {
    headers: { authorization: `Bearer ${key.text}` },
  });
  expect(status).toBe(200);
  return (JSON.parse(body) as { result: { data: unknown } }).result.data;
}

const overviewFor = async (...asked: [readonly Scope[], string?]) =>
  (await ask('overview.get', ...asked)) as Overview;

test('what is open is counted by kind, the most urgent kind first, with the query that lists it', async () => {
  const overview = await overviewFor(scopes);
  expect(overview).toMatchObject({ isGood: false, alerts: expect.any(Array), withheld: [] });
  expect(overview.matters).toMatchObject([
    {
      kind: 'task-parked',
      count: 2,
      severity: 'critical',
      list: { procedure: 'matters.list', input: { kinds: ['task-parked'] } },
      meaning: expect.stringContaining('activate'),
      incidentPage: 'http://127.0.0.1/docs/incidents#tasks-parked',
    },
    { kind: 'dead-letter', count: 1, severity: 'warning' },
    { kind: 'renewal-ahead', count: 1, severity: 'info' },
  ]);
  expect(overview.matters.at(-1)).not.toHaveProperty('incidentPage');
});

test('a caller limited to one publisher gets only the counts of that publisher, and nothing about the installation', async () => {
  const overview = await overviewFor(scopes, 'contoso');
  expect(overview.alerts).toBeUndefined();
  expect(overview.matters).toMatchObject([{ kind: 'task-parked', count: 2 }]);
  // Something that is good to know is nothing wrong.
  expect(await overviewFor(scopes, 'fabrikam')).toMatchObject({
    isGood: true,
    matters: [{ kind: 'renewal-ahead' }],
  });
});

test('what the caller may not list is not counted, and the answer says so', async () => {
  const overview = await overviewFor(['health:read', 'destinations:read']);
  expect(overview).toMatchObject({ isGood: true, matters: [], withheld: ['matters.list'] });
  expect(overview.alerts).toBeUndefined();
});

test('the retention of every table of every service is shown with its reason', async () => {
  const { rules } = (await ask('retention.get', ['settings:read'])) as {
    rules: { service: string; table: string; setting?: string; days?: number }[];
  };
  for (const [service, { rules: ruled, kept }] of Object.entries(retention)) {
    for (const { table } of [...ruled, ...kept]) {
      expect(rules.some((rule) => rule.service === service && rule.table === table)).toBe(true);
    }
  }
  expect(rules).toContainEqual(
    expect.objectContaining({ table: 'exchanges', setting: 'KEEP_EXCHANGES_DAYS', days: 30 }),
  );
});
