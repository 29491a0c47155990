import { afterAll, beforeAll, expect, test } from 'vitest';
import { examples } from '@landfall/contracts/examples';
import { scopes, type Scope } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../src/db/schema.ts';
import { appendEntries } from '../src/store/audit.ts';
import { entry } from './audit-entry.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveFulfillment,
  serveLanding,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;
let owners: AsyncDisposable[];

const subscriptionId = 'contoso-1';
const [view] = examples.subscriptions.list.output.items;
const HOSTILE = '=HYPERLINK("http://evil.example")';
/** More than two pages of the largest size. */
const COUNT = 450;
const at = (second: number) => new Date(Date.UTC(2026, 10, 1, 0, 0, second)).toISOString();

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
  owners = [
    serveFulfillment(bus, {
      subscriptions: {
        get: async () => ({ ...view!, id: subscriptionId }),
        list: async ({ limit, cursor, status }) => {
          const from = Number(cursor ?? 0);
          const size = Math.min(limit, COUNT - from);
          const items = Array.from({ length: size }, (_, n) => ({
            ...view!,
            id: `contoso-${from + n}`,
            name: from + n === 0 ? HOSTILE : `Name ${from + n}`,
            status: status ?? 'Subscribed',
          }));
          const hasMore = from + size < COUNT;
          return { items, nextCursor: hasMore ? String(from + size) : undefined };
        },
        timeline: async ({ until }) => ({
          items: [9, 5, 5, 1]
            .map((second, n) => ({ second, sequence: 10 - n }))
            .filter(({ second }) => until === undefined || at(second) < until)
            .map(({ second, sequence }) => ({
              sequence,
              at: at(second),
              kind: 'renewed',
              cause: 'notification' as const,
              details: {},
            })),
        }),
      },
    }),
    serveLanding(bus, {
      landingEvents: {
        list: async ({ until }) => ({
          items: [7, 5, 2]
            .filter((second) => until === undefined || at(second) < until)
            .map((second) => ({
              id: String(second),
              at: at(second),
              kind: 'visit.opened',
              correlationId: 'c',
              times: 1,
            })),
        }),
      },
    }),
  ];
});

afterAll(async () => {
  for (const part of [gateway, ...owners, bus, db, nats, database]) {
    await part[Symbol.asyncDispose]();
  }
});

interface Activity {
  readonly items: readonly { readonly id: string; readonly source: string }[];
  readonly nextCursor?: string;
  readonly missing: readonly { readonly source: string; readonly why: string }[];
}

async function activity(input: object, of: readonly Scope[] = scopes): Promise<Activity> {
  const { text } = await makeKey(db, of);
  const given = encodeURIComponent(JSON.stringify({ subscriptionId, ...input }));
  const answer = await rawRequest(gateway, `/trpc/activity.list?input=${given}`, {
    headers: { authorization: `Bearer ${text}` },
  });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.body) as { result: { data: Activity } }).result.data;
}

test('the activity merges the lists of all owners by time, page by page, and names owners that do not answer', async () => {
  await appendEntries(db, [entry({ subject: subscriptionId, procedure: 'subscriptions.cancel' })]);
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await activity({ limit: 2, cursor, sources: ['timeline', 'landing'] });
    expect(page.missing).toEqual([]);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(seen).toEqual([
    'timeline:10',
    'landing:7',
    'landing:5',
    'timeline:9',
    'timeline:8',
    'landing:2',
    'timeline:7',
  ]);
  const all = await activity({});
  expect(all.items.map(({ source }) => source)).toContain('audit');
  expect(all.missing).toContainEqual({ source: 'notification', why: 'no-answer' });
  expect(all.missing).toContainEqual({ source: 'usage', why: 'no-answer' });
});

test('a caller without the scope of a list does not see its rows, and learns why', async () => {
  const { items, missing } = await activity({}, ['subscriptions:read', 'landing:read']);
  expect(missing).toContainEqual({ source: 'audit', why: 'no-scope' });
  expect(missing).toContainEqual({ source: 'notification', why: 'no-scope' });
  expect(new Set(items.map(({ source }) => source))).toEqual(new Set(['timeline', 'landing']));
});

const download = async (query: string, of: readonly Scope[] = scopes) => {
  const { text } = await makeKey(db, of);
  return rawRequest(gateway, `/v1/subscriptions.csv${query}`, {
    headers: { authorization: `Bearer ${text}` },
  });
};

test('the CSV file has every matching subscription once, escapes formulas and names no person', async () => {
  const answer = await download('?status=Suspended');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  const [head, ...lines] = answer.body.trimEnd().split('\n');
  expect(head).toMatch(/^id,name,publisherId,offerId,planId,quantity,status/);
  expect(lines.map((line) => line.split(',', 1)[0])).toEqual(
    Array.from({ length: COUNT }, (_, n) => `contoso-${n}`),
  );
  expect(lines[1]).toContain('Suspended');
  expect(lines[0]).toContain(`"'=HYPERLINK`);
  expect(answer.body).not.toContain('@');
});

test('the CSV file needs the scope of the list, and an unknown parameter is refused', async () => {
  expect(await download('', ['usage:read'])).toMatchObject({ status: 403 });
  expect(await download('?colour=red')).toMatchObject({ status: 400 });
});
