import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicProcedures } from '@landfall/contracts/api';
import type { Caller } from '@landfall/contracts/caller';
import type { Procedures } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveBilling,
  serveFulfillment,
  serveIngest,
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
let seen: { caller: Caller; input: unknown }[];

/** Owners without data. A call for something of another publisher must not reach them. */
beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
  seen = [];
  owners = [
    serveFulfillment(bus, {
      subscriptions: {
        list: async (input, { caller }) => {
          seen.push({ caller, input });
          return { items: [] };
        },
      },
    }),
    serveBilling(bus, {}),
    serveIngest(bus, {}),
    serveLanding(bus, {}),
  ];
});

afterAll(async () => {
  for (const part of [gateway, ...owners, bus, db, nats, database]) {
    await part[Symbol.asyncDispose]();
  }
});

async function call(key: { text: string }, path: string, input: object) {
  const [namespace = '', name = ''] = path.split('.');
  const { kind } = (publicProcedures as Procedures)[namespace]![name]!;
  const json = JSON.stringify(input);
  const headers = { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' };
  const answer =
    kind !== 'command'
      ? await rawRequest(gateway, `/trpc/${path}?input=${encodeURIComponent(json)}`, { headers })
      : await rawRequest(gateway, `/trpc/${path}`, { method: 'POST', headers, body: json });
  // tRPC answers a refused stream with an event in it.
  const refused = /"httpStatus":(\d+)/.exec(answer.body)?.[1];
  const status = kind === 'stream' && refused ? Number(refused) : answer.status;
  return { status, body: answer.body };
}

const auditOf = (keyId: string) =>
  db.kysely
    .selectFrom('auditEntries')
    .select(['procedure', 'subject', 'outcome', 'publisherId'])
    .where('actor', '=', `key ${keyId}`)
    .execute();

const id = randomUUID();

/** A call with an id of another publisher for each namespace, and the rejection that it gets. */
const foreign: Readonly<Record<keyof typeof publicProcedures, readonly [string, object, string]>> =
  {
    subscriptions: ['get', { subscriptionId: 'fabrikam-1' }, 'subscription.not-found'],
    policies: ['get', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    settings: ['get', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    reconciliation: ['get', { runId: id }, 'reconciliation.not-found'],
    destinations: ['disable', { destinationId: id }, 'destination.not-found'],
    deliveries: ['get', { deliveryId: id }, 'delivery.not-found'],
    parkedTasks: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    deadLetters: ['list', {}, 'publisher.limited'],
    alerts: ['list', {}, 'publisher.limited'],
    operations: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    publishers: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    overview: ['get', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    retention: ['get', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    listeners: ['close', { listenerId: id }, 'listener.not-found'],
    doctor: ['run', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    backups: ['record', { takenAt: new Date().toISOString() }, 'publisher.limited'],
    audit: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    credentials: ['status', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    notifications: ['get', { notificationId: id }, 'notification.not-found'],
    usage: ['hours', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    catalogue: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    overrides: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    meters: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    recurring: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    incidents: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    thresholds: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    offerPages: ['list', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    people: ['waiting', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    landingEvents: ['list', { subscriptionId: 'fabrikam-1' }, 'subscription.not-found'],
    activity: ['list', { subscriptionId: 'fabrikam-1' }, 'subscription.not-found'],
    calendar: [
      'list',
      {
        publisherId: 'fabrikam',
        from: '2026-12-01T00:00:00.000Z',
        to: '2027-01-01T00:00:00.000Z',
      },
      'publisher.not-found',
    ],
    events: ['live', { publisherId: 'fabrikam' }, 'publisher.not-found'],
    imports: [
      'subscriptions',
      { publisherId: 'fabrikam', source: 'other', subscriptions: [{ subscriptionId: id }] },
      'publisher.not-found',
    ],
    personalData: ['export', { publisherId: 'fabrikam', objectId: id }, 'publisher.not-found'],
    keys: ['revoke', { keyId: 'k-of-fabrikam' }, 'key.not-found'],
    operators: ['remove', { operatorId: id }, 'operator.not-found'],
    matters: ['get', { matterId: id }, 'matter.not-found'],
    customerMails: ['get', { publisherId: 'fabrikam' }, 'publisher.not-found'],
  };

describe('a key that is limited to one publisher', () => {
  test.each(Object.entries(foreign))(
    'does not find anything of another publisher in %s, and the attempt is in the audit log',
    async (namespace, [name, input, rejection]) => {
      const key = await makeKey(db, scopes, 'contoso');
      const path = `${namespace}.${name}`;
      const answer = await call(key, path, input);
      expect(answer.status).toBe(rejection === 'publisher.limited' ? 403 : 404);
      expect(answer.body).toContain(rejection);
      const [, subject] = Object.entries(input).find(([field]) => field.endsWith('Id')) ?? [];
      await until(
        'the attempt is in the audit log',
        async () => (await auditOf(key.id)).length > 0,
      );
      expect(await auditOf(key.id)).toEqual([
        { procedure: path, subject: subject ?? null, outcome: rejection, publisherId: 'contoso' },
      ]);
    },
  );

  test('is reported to the owner, and the input is narrowed to its publisher', async () => {
    const key = await makeKey(db, scopes, 'contoso');
    expect(await call(key, 'subscriptions.list', {})).toMatchObject({ status: 200 });
    expect(seen.at(-1)).toMatchObject({
      caller: { keyId: key.id, publisherId: 'contoso' },
      input: { publisherId: 'contoso' },
    });
  });
});

test('a key without a limit is let through, and its queries leave no audit rows', async () => {
  const key = await makeKey(db, scopes);
  const answer = await call(key, 'subscriptions.list', { publisherId: 'fabrikam' });
  expect(answer).toMatchObject({ status: 200 });
  expect(seen.at(-1)).toMatchObject({ input: { publisherId: 'fabrikam' } });
  expect(await auditOf(key.id)).toEqual([]);
});
