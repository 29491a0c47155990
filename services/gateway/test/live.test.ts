import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveEvent } from '@landfall/contracts/live-events';
import { streams } from '@landfall/contracts/streams';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Bus } from '@landfall/service-kit/bus';
import type { Db } from '../src/db/schema.ts';
import { revokeKey } from '../src/store/keys.ts';
import { bootGateway, makeKey, openGatewayDatabase, testBus, type Gateway } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;
let ids = 0;

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  bus = await testBus(nats);
  await bus.ensureStreams([streams.ingest, streams.fulfillment, streams.billing]);
  gateway = await bootGateway({ database, nats });
  db = await openGatewayDatabase(database);
});

afterAll(async () => {
  for (const part of [gateway, db, bus, nats, database]) await part[Symbol.asyncDispose]();
});

test('both addresses show what happens, by its ids and without its contents', async () => {
  const key = await makeKey(db, ['events:read']);
  await using plain = await listen(gateway, { key });
  await using trpc = await listen(gateway, { key, path: trpcPath({}) });
  await publish('fulfillment.subscription.planChanged', changeOf('contoso', 's1'));
  // Facts of two owners may arrive in either order.
  await until('the first arrived', () => plain.seen.length === 1 && trpc.seen.length === 1);
  await publish('billing.usage.settled', { publisherId: 'contoso', subscriptionId: 's1' });
  for (const stream of [plain, trpc]) {
    await until('both arrived', () => stream.seen.length === 2);
    expect(stream.seen).toEqual([
      {
        id: expect.any(String),
        occurredAt: '2026-11-20T10:00:00.000Z',
        type: 'fulfillment.subscription.planChanged',
        publisherId: 'contoso',
        subscriptionId: 's1',
        operationId: 'o1',
      },
      {
        id: stream.lastId(),
        occurredAt: '2026-11-20T10:00:00.000Z',
        type: 'billing.usage.settled',
        publisherId: 'contoso',
        subscriptionId: 's1',
      },
    ]);
  }
  expect(plain.seen.map(({ id }) => id)).toEqual(trpc.seen.map(({ id }) => id));
});

test('a matter that opens is shown by its publisher and subscription, and one of the installation only to callers for all publishers', async () => {
  const everyone = await makeKey(db, ['events:read']);
  const limited = await makeKey(db, ['events:read'], 'contoso');
  await using all = await listen(gateway, { key: everyone });
  await using ours = await listen(gateway, { key: limited });
  const text = { params: { error: 'a text' } };
  await publish('gateway.matter.opened', { kind: 'backup-old', ...text });
  await until('the first arrived', () => all.seen.length === 1);
  const about = { publisherId: 'contoso', subscriptionId: 's1' };
  await publish('fulfillment.matter.opened', { kind: 'task-parked', ...about, ...text });
  const shown = { type: 'fulfillment.matter.opened', ...about };
  await until('the second arrived', () => all.seen.length === 2);
  await until('one arrived', () => ours.seen.length > 0);
  expect(all.seen).toMatchObject([{ type: 'gateway.matter.opened' }, shown]);
  expect(ours.seen).toMatchObject([shown]);
  expect(JSON.stringify(all.seen)).not.toContain('a text');
});

test('a reader continues after the last id on another instance, and misses nothing', async () => {
  const key = await makeKey(db, ['events:read']);
  const before = await listen(gateway, { key });
  await publish('billing.usage.settled', { subscriptionId: 'first' });
  await until('the first arrived', () => before.seen.length === 1);
  await before[Symbol.asyncDispose]();
  await publish('fulfillment.subscription.renewed', changeOf('contoso', 'second'));
  await publish('ingest.notification.received', { subscriptionId: 'third' });

  await using other = await bootGateway({ database, nats });
  await using inHeader = await listen(other, {
    key,
    headers: { 'last-event-id': before.lastId() },
  });
  await using inUrl = await listen(other, {
    key,
    path: `/v1/events?lastEventId=${before.lastId()}`,
  });
  await using overTrpc = await listen(other, {
    key,
    path: trpcPath({ lastEventId: before.lastId() }),
  });

  for (const stream of [inHeader, inUrl, overTrpc]) {
    await until('both arrived', () => stream.seen.length === 2);
    const ids = stream.seen.map(({ subscriptionId }) => subscriptionId);
    expect(new Set(ids)).toEqual(new Set(['second', 'third']));
  }
  // The next tests read the first instance, which may be behind.
  await using same = await listen(gateway, { key, headers: { 'last-event-id': before.lastId() } });
  await until('both arrived there too', () => same.seen.length === 2);
});

test('each notification of a message is an event, and a reader that leaves after some of them gets the rest later', async () => {
  const key = await makeKey(db, ['events:read']);
  const own = await makeKey(db, ['events:read'], 'contoso');
  await using ours = await listen(gateway, { key: own });
  const before = await listen(gateway, { key });
  await publish('billing.usage.settled', { subscriptionId: 'before the message' });
  await until('the first arrived', () => before.seen.length === 1);
  const notifications = [
    { publisherId: 'contoso', subscriptionId: 'one', operationId: 'o1' },
    { publisherId: 'fabrikam', subscriptionId: 'two', operationId: 'o2' },
    { publisherId: 'contoso', subscriptionId: 'three', operationId: 'o3' },
  ];
  await publish('ingest.notification.received', { notifications });
  await until('all came', () => before.seen.length === 4);
  await before[Symbol.asyncDispose]();

  expect(before.seen.slice(1)).toMatchObject(notifications);
  await until('its own came', () => ours.seen.length === 2);
  expect(ours.seen.map(({ subscriptionId }) => subscriptionId)).toEqual(['one', 'three']);
  const second = before.seen.find(({ subscriptionId }) => subscriptionId === 'two');
  const headers = { 'last-event-id': second?.id ?? '' };
  await using again = await listen(gateway, { key, headers });
  await until('the rest came', () =>
    again.seen.some(({ subscriptionId }) => subscriptionId === 'three'),
  );
  await publish('billing.usage.settled', { subscriptionId: 'after the message' });
  await using later = await listen(gateway, { key, headers: { 'last-event-id': before.lastId() } });
  await until('only what follows came', () => later.seen.length > 0);
  expect(later.seen[0]).toMatchObject({ subscriptionId: 'after the message' });
});

test('a reader that connects before its first event has an id to continue from', async () => {
  const key = await makeKey(db, ['events:read']);
  const before = await listen(gateway, { key });
  await before[Symbol.asyncDispose]();
  await publish('billing.usage.settled', { subscriptionId: 'between' });
  await using again = await listen(gateway, { key, headers: { 'last-event-id': before.lastId() } });
  await until('it came', () => again.seen[0]?.subscriptionId === 'between');
});

test.each(['0-0-0-0', 'x', '../..'])(
  'after the id %s a reader is told of a gap',
  async (lastId) => {
    const key = await makeKey(db, ['events:read']);
    await using stream = await listen(gateway, { key, headers: { 'last-event-id': lastId } });
    await until('the gap is told', () => stream.seen[0]?.type === 'gap');
    await publish('billing.usage.settled', { subscriptionId: 'later' });
    await until('it continues', () => stream.seen[1]?.subscriptionId === 'later');
  },
);

test('a key of one publisher sees its own events, and none whose publisher is not known', async () => {
  const key = await makeKey(db, ['events:read'], 'contoso');
  await using all = await listen(gateway, { key: await makeKey(db, ['events:read']) });
  await using plain = await listen(gateway, { key });
  await using trpc = await listen(gateway, { key, path: trpcPath({}) });
  await publish('fulfillment.subscription.renewed', changeOf('fabrikam', 'foreign'));
  await publish('billing.usage.settled', { subscriptionId: 'of nobody' });
  await publish('ingest.notification.received', { subscriptionId: 'of nobody either' });
  await until('the others arrived', () => all.seen.length === 3);
  await publish('fulfillment.subscription.renewed', changeOf('contoso', 'own'));
  for (const stream of [plain, trpc]) {
    await until('its own came', () => stream.seen.some((event) => event.subscriptionId === 'own'));
    expect(stream.seen).toHaveLength(1);
  }
});

test('types and a subscription select events', async () => {
  const key = await makeKey(db, ['events:read']);
  await using all = await listen(gateway, { key });
  const path = '/v1/events?types=fulfillment.subscription,ingest&subscriptionId=chosen';
  await using stream = await listen(gateway, { key, path });
  await publish('billing.usage.settled', { subscriptionId: 'chosen' });
  await publish('fulfillment.subscription.renewed', changeOf('contoso', 'another'));
  await until('the others arrived', () => all.seen.length === 2);
  await publish('fulfillment.subscription.renewed', changeOf('contoso', 'chosen'));
  await publish('ingest.notification.received', { subscriptionId: 'chosen' });
  await until('both arrived', () => stream.seen.length >= 2 && all.seen.length === 4);
  expect(new Set(stream.seen.map(({ type }) => type))).toEqual(
    new Set(['fulfillment.subscription.renewed', 'ingest.notification.received']),
  );
});

test('without a key, the scope or the right address there are no events', async () => {
  const reader = await makeKey(db, ['events:read'], 'contoso');
  const other = await makeKey(db, ['usage:read']);
  const statusOf = (key: { text: string } | undefined, path = '/v1/events', method = 'GET') =>
    fetch(gateway.url + path, { method, headers: bearer(key) }).then(({ status }) => status);
  expect(await statusOf(undefined)).toBe(401);
  expect(await statusOf(other)).toBe(403);
  expect(await statusOf(reader, '/v1/events?publisherId=fabrikam')).toBe(404);
  expect(await statusOf(reader, '/v1/events', 'POST')).toBe(405);
});

test('the stream of a revoked key ends within seconds', async () => {
  const key = await makeKey(db, ['events:read']);
  await using plain = await listen(gateway, { key });
  await using trpc = await listen(gateway, { key, path: trpcPath({}) });
  await revokeKey(db, key.id, new Date());
  await until('both have ended', () => plain.hasEnded() && trpc.text().includes('UNAUTHORIZED'));
  await publish('billing.usage.settled', { subscriptionId: 'secret' });
  expect([...plain.seen, ...trpc.seen]).toEqual([]);
});

test('a key has at most twenty streams at a time, and a closed one makes room', async () => {
  const key = await makeKey(db, ['events:read']);
  const open = await Promise.all(Array.from({ length: 20 }, () => listen(gateway, { key })));
  const refused = await fetch(`${gateway.url}/v1/events`, { headers: bearer(key) });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  await open[0]?.[Symbol.asyncDispose]();
  await until('there is room', async () => {
    const again = await fetch(`${gateway.url}/v1/events`, { headers: bearer(key) });
    await again.body?.cancel();
    return again.status === 200;
  });
  for (const stream of open) await stream[Symbol.asyncDispose]();
});

test('an instance that stops ends its streams at once, so that readers connect elsewhere', async () => {
  const key = await makeKey(db, ['events:read']);
  const other = await bootGateway({ database, nats });
  await using plain = await listen(other, { key });
  await using trpc = await listen(other, { key, path: trpcPath({}) });
  const startedAt = performance.now();
  await other[Symbol.asyncDispose]();
  // A server that waits for streams gives up after eight seconds.
  expect(performance.now() - startedAt).toBeLessThan(7_000);
  await until('both have ended', () => plain.hasEnded() && trpc.hasEnded());
  // tRPC clients end for good after an ordinary end, and connect again after this error.
  expect(trpc.text()).toContain('SERVICE_UNAVAILABLE');
});

function publish(subject: string, body: object) {
  ids += 1;
  const occurredAt = new Date('2026-11-20T10:00:00Z');
  const envelope = { messageId: `live-${ids}`, correlationId: 'c', occurredAt };
  return bus.publishMessage(subject, JSON.stringify(body), envelope);
}

function changeOf(publisherId: string, id: string) {
  const subscription = { id, publisherId, planId: 'standard', beneficiaryTenantId: 't1' };
  return { eventId: `e-${id}`, operationId: 'o1', subscription };
}

function trpcPath(input: object): string {
  return `/trpc/events.live?input=${encodeURIComponent(JSON.stringify(input))}`;
}

function bearer(key: { text: string } | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key.text}` } : {};
}

interface Asked {
  readonly key: { readonly text: string };
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

/** Reads a stream, and resolves when it is connected. */
async function listen(from: Gateway, { key, path = '/v1/events', headers = {} }: Asked) {
  const gone = new AbortController();
  const answer = await fetch(from.url + path, {
    headers: { ...bearer(key), ...headers },
    signal: gone.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const seen: LiveEvent[] = [];
  let text = '';
  let lastId = '';
  let isOver = false;
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const frames = text.split('\n\n');
      for (const frame of frames.slice(handled, -1)) take(frame);
      handled = frames.length - 1;
    }
  };
  let handled = 0;
  const take = (frame: string): void => {
    lastId = /^id: (.*)$/m.exec(frame)?.[1] ?? lastId;
    // A ping has no data. tRPC sends one after five quiet seconds.
    const event = JSON.parse(/^data: (.+)$/m.exec(frame)?.[1] ?? '{}') as LiveEvent;
    if (event.id !== undefined && event.type !== 'position') seen.push(event);
  };
  const reading = read()
    .catch(() => undefined)
    .finally(() => (isOver = true));
  await until('it is connected', () => lastId !== '');
  return {
    seen,
    text: () => text,
    lastId: () => lastId,
    hasEnded: () => isOver,
    [Symbol.asyncDispose]: async () => {
      gone.abort();
      await reading;
    },
  };
}
