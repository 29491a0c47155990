import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import { testAuthority, type TestAuthority } from './authority.ts';
import {
  bootIngest,
  deliver,
  listenToFacts,
  notification,
  operatorClient,
  serveDecisions,
  storedRows,
  testBus,
  type Ingest,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let facts: AsyncDisposable & { readonly seen: NotificationReceived[] };
let ingest: Ingest;

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  ingest = await bootIngest({ database, nats, issuer: authority });
  bus = await testBus(nats);
  facts = await listenToFacts(bus);
});

afterAll(async () => {
  for (const part of [ingest, facts, bus, nats, database, authority]) {
    await part[Symbol.asyncDispose]();
  }
});

/** The sweep runs every second. */
const requestedBy = 'operator 7';

async function published(changes: Record<string, unknown> = {}): Promise<string> {
  const body = notification(changes);
  const subscriptionId = String(body['subscriptionId']);
  expect((await deliver(ingest, await authority.token(), body)).status).toBe(200);
  await until('the notification is published', async () => {
    const rows = await storedRows(database);
    return rows.some((row) => row.subscription_id === subscriptionId && row.published_at !== null);
  });
  return subscriptionId;
}

const factsOf = (subscriptionId: string) =>
  facts.seen.filter((fact) => fact.subscriptionId === subscriptionId);
const replay = (input: object) =>
  operatorClient(bus).notifications.replay.mutate({ requestedBy, ...input });
async function shown(subscriptionId: string, action?: string) {
  const client = operatorClient(bus);
  const { items } = await client.notifications.list.query({ subscriptionId, action });
  return await client.notifications.get.query({ notificationId: items[0]?.id ?? '' });
}

test('a replay publishes the notification once more, each time as another message, and is in the history', async () => {
  const subscriptionId = await published();
  const { id: notificationId } = await shown(subscriptionId);
  for (const replays of [1, 2]) {
    expect(await replay({ notificationId, dryRun: false })).toEqual({ matched: 1, replayed: 1 });
    await until('the fact is published', () => factsOf(subscriptionId).length === 1 + replays);
    await until(
      'it is shown as published',
      async () => (await shown(subscriptionId)).publishedAt !== undefined,
    );
  }
  expect(factsOf(subscriptionId).map((fact) => fact.replay)).toEqual([undefined, 1, 2]);
  const after = await shown(subscriptionId);
  expect(after).toMatchObject({ replays: 2, deliveries: 1 });
  expect(after.history).toMatchObject([
    { kind: 'delivery', answer: 200, tokenVersion: 2 },
    { kind: 'replay', requestedBy },
    { kind: 'replay', requestedBy },
  ]);
});

test('a filter replays the notifications that match, and a dry run replays nothing', async () => {
  const subscriptionId = randomUUID();
  await published({ subscriptionId, action: 'Suspend' });
  await published({ subscriptionId, action: 'Renew' });
  const other = await published({ action: 'Suspend' });
  const filter = { subscriptionId, action: 'suspend' };
  expect(await replay(filter)).toEqual({
    matched: 1,
    replayed: 0,
    items: [
      {
        notificationId: (await shown(subscriptionId, 'Suspend')).id,
        subscriptionId,
        action: 'Suspend',
      },
    ],
  });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const none = { matched: 0, replayed: 0, items: [] };
  expect(await replay({ ...filter, since: tomorrow })).toEqual(none);
  expect(await replay({ ...filter, until: tomorrow, dryRun: false })).toEqual({
    matched: 1,
    replayed: 1,
  });
  await until('the fact is published', () => factsOf(subscriptionId).length === 3);
  expect(factsOf(subscriptionId).at(-1)).toMatchObject({ action: 'Suspend', replay: 1 });
  expect(factsOf(other)).toHaveLength(1);
});

test('a replay without a filter, or of an unknown notification, is refused', async () => {
  await expect(replay({})).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } });
  await expect(replay({ notificationId: randomUUID() })).rejects.toMatchObject({
    data: { rejection: 'notification.not-found' },
  });
});

test('the history has each delivery with its time, answer and token version', async () => {
  const body = notification({ action: 'ChangePlan', status: 'InProgress' });
  const [v1, v2] = [await authority.token({}, 1), await authority.token({}, 2)];
  const answers: number[] = [];
  const send = async (token: string) => answers.push((await deliver(ingest, token, body)).status);
  await send(v1);
  {
    await using _decider = serveDecisions(bus, async () => ({
      answer: 'refuse',
      reason: 'rule:x',
    }));
    await send(v2);
  }
  await send(v1);
  expect(answers).toEqual([503, 400, 400]);
  const { history, deliveries } = await shown(String(body['subscriptionId']));
  expect(deliveries).toBe(3);
  expect(history).toMatchObject([
    { kind: 'delivery', answer: 503, tokenVersion: 1 },
    { kind: 'delivery', answer: 400, tokenVersion: 2 },
    { kind: 'delivery', answer: 400, tokenVersion: 1 },
  ]);
  const times = history.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((left, right) => left - right));
});

test('the history keeps the first and the latest of many deliveries, and all are counted', async () => {
  const body = notification();
  const token = await authority.token();
  await deliver(ingest, token, body);
  const first = (await shown(String(body['subscriptionId']))).history[0]?.at;
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 15 }, () => deliver(ingest, token, body)));
  }
  const { history, deliveries } = await shown(String(body['subscriptionId']));
  expect(deliveries).toBe(46);
  expect(history).toHaveLength(20);
  expect(history[0]?.at).toBe(first);
});
