import { afterAll, beforeAll, expect, test } from 'vitest';
import { streams } from '@landfall/contracts/streams';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { startRelay, type RelayMessage, type RelaySource } from '../src/outbox/relay.ts';
import { envelope, fact, notification, testLog } from './fixture.ts';

let nats: TestNats;
let bus: Bus;

beforeAll(async () => {
  nats = await testNats();
  bus = await connectBus({ url: nats.url, name: 'webhook-ingest', log: testLog() });
  await bus.ensureStreams([streams.ingest]);
});
afterAll(async () => {
  for (const each of [bus, nats]) await each[Symbol.asyncDispose]();
});

function message(id: string): RelayMessage {
  const body = JSON.stringify(notification('s1'));
  return { id, subject: fact.subject, body, ...envelope(id) };
}

test('rows that only the sweep finds are published while new messages keep coming', async () => {
  const rows: RelayMessage[] = [];
  const published: string[] = [];
  let given = 0;
  let isLoaded = true;
  // Each mark is followed by a new message, so memory is never empty, as under a steady load.
  const source: RelaySource = {
    inTurn: (work) =>
      work({
        claim: async (limit) => rows.splice(0, limit),
        markPublished: async (marked) => {
          published.push(...marked.map(({ id }) => id));
          if (isLoaded) relay.publishSoon(message(`new-${(given += 1)}`));
        },
        requeueLost: async () => [],
      }),
  };
  await using relay = startRelay({ source, bus, log: testLog() });
  using _ = { [Symbol.dispose]: () => void (isLoaded = false) };
  relay.publishSoon(message('first'));
  await until('new messages are published', () => published.includes('new-10'));
  rows.push(message('left-behind'));
  await until('the row is published', () => published.includes('left-behind'));
  const before = given;
  await until('new messages continue', () => published.includes(`new-${before + 1}`));
});

test('large messages are kept in memory up to a limit, and again once those are published', async () => {
  const published: string[] = [];
  const source: RelaySource = {
    inTurn: (work) =>
      work({
        claim: async () => [],
        markPublished: async (marked) => void published.push(...marked.map(({ id }) => id)),
        requeueLost: async () => [],
      }),
  };
  await using relay = startRelay({ source, bus, log: testLog() });
  const body = 'x'.repeat(512 * 1024);
  // Given at once, before the relay can publish any of them. The limit is 32 times this body.
  for (let index = 0; index < 40; index += 1) {
    relay.publishSoon({ ...message(`large-${index}`), body });
  }
  await until('the large messages are published', () => published.includes('large-31'));
  relay.publishSoon(message('after-large'));
  await until('the next message is published', () => published.includes('after-large'));
  expect(published.filter((id) => id.startsWith('large-'))).toHaveLength(32);
});
