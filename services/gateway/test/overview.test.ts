import { afterAll, beforeAll, expect, test } from 'vitest';
import { retention } from '@landfall/contracts/retention';
import { scopes, type Scope } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveBilling,
  serveFulfillment,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;
let owners: AsyncDisposable[];
/** The inputs that the owners got. */
const seen: Record<string, unknown>[] = [];

const empty = async () => ({ items: [] });

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
  const parked = {
    taskId: 1,
    subscriptionId: 'contoso-1',
    kind: 'activate',
    reason: 'marketplace.refused',
    attempts: 9,
    correlationId: 'c',
    createdAt: new Date().toISOString(),
    parkedAt: new Date().toISOString(),
  };
  owners = [
    serveFulfillment(bus, {
      parkedTasks: {
        list: async (input) => {
          seen.push({ ...input });
          return { items: [parked, parked], nextCursor: 'more' };
        },
      },
      deadLetters: { list: empty },
      deliveries: { list: empty },
      destinations: { list: empty },
      subscriptions: { list: empty },
      reconciliation: { findings: empty },
      credentials: { status: async () => ({ kind: 'secret', state: 'ok', publishers: [] }) },
    }),
    serveBilling(bus, {}),
  ];
});

afterAll(async () => {
  for (const part of [gateway, ...owners, bus, db, nats, database]) {
    await part[Symbol.asyncDispose]();
  }
});

interface Overview {
  readonly isGood: boolean;
  readonly alerts?: unknown[];
  readonly matters: readonly { kind: string; count?: number; isMore?: boolean; list: object }[];
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

test('open problems are counted, with the query that lists them, and those of a silent service are unknown', async () => {
  const overview = await overviewFor(scopes);
  expect(overview.isGood).toBe(false);
  expect(overview.alerts).toBeDefined();
  expect(overview.withheld).toEqual([]);
  const { matters } = overview;
  expect(matters.find(({ kind }) => kind === 'parkedTasks')).toMatchObject({
    count: 2,
    isMore: true,
    list: { procedure: 'parkedTasks.list', input: {} },
  });
  // Billing fails and landing does not run.
  const unknown = matters.filter(({ count }) => count === undefined);
  expect(unknown.map(({ kind }) => kind).toSorted()).toEqual(['accessRequests', 'refusedUsage']);
  expect(matters).toHaveLength(3);
});

test('a caller limited to one publisher gets only the counts of that publisher, and nothing about the installation', async () => {
  seen.length = 0;
  const overview = await overviewFor(scopes, 'contoso');
  expect(overview.alerts).toBeUndefined();
  expect(seen).toMatchObject([{ publisherId: 'contoso' }]);
  expect(overview.matters.map(({ kind }) => kind)).not.toContain('deadLetters');
});

test('what the caller may not list is not counted, and the answer says so', async () => {
  seen.length = 0;
  const overview = await overviewFor(['health:read', 'destinations:read']);
  expect(seen).toEqual([]);
  expect(overview.alerts).toBeUndefined();
  expect(overview.withheld).toContain('parkedTasks.list');
  expect(overview).toMatchObject({ isGood: true, matters: [] });
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
