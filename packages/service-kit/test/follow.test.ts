import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streams } from '@landfall/contracts/streams';
import { startNats } from '@landfall/servers/nats';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { throwAwayFolder } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus, type FollowOptions } from '../src/bus/bus.ts';
import { envelope, fact, notification, testLog } from './fixture.ts';

let nats: TestNats;
let publisher: Bus;

beforeAll(async () => {
  nats = await testNats();
  publisher = await connectBus({ url: nats.url, name: 'webhook-ingest', log: testLog() });
  await publisher.ensureStreams([streams.ingest]);
});
afterAll(async () => {
  await publisher[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

const send = (id: string) => publisher.publish(fact, notification(id), envelope());

/** Follows as the gateway's own NATS user, which may do nothing else with the stream. */
async function follower(last: number, server: Pick<TestNats, 'urlFor'> = nats) {
  const bus = await connectBus({ url: server.urlFor('gateway'), name: 'gateway', log: testLog() });
  const seen: string[] = [];
  const starts: Parameters<FollowOptions['onStart']>[0][] = [];
  const caughtUp: boolean[] = [];
  const following = bus.follow(streams.ingest, {
    last,
    onStart: (start) => void starts.push(start),
    onMessage: ({ body }, isLast) => {
      seen.push((JSON.parse(body) as { subscriptionId: string }).subscriptionId);
      caughtUp.push(isLast);
    },
  });
  return {
    seen,
    starts,
    caughtUp,
    [Symbol.asyncDispose]: async () => {
      await following[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
    },
  };
}

test('every follower gets the last stored messages, then each new one, in order', async () => {
  for (const id of ['a', 'b', 'c']) await send(id);
  await using one = await follower(2);
  await using other = await follower(1);
  await until('both have what was stored', () => one.seen.length === 2 && other.seen.length === 1);
  await send('d');
  await until('both have the new one', () => one.seen.length === 3 && other.seen.length === 2);
  expect(one.seen).toEqual(['b', 'c', 'd']);
  expect(other.seen).toEqual(['c', 'd']);
  expect(one.caughtUp).toEqual([false, true, true]);
});

test('after a restart of NATS a follower continues without a gap and without a repetition', async () => {
  await using one = await follower(0);
  await until('it follows', () => one.starts.length === 1);
  await send('before');
  await until('it has the first', () => one.seen.length === 1);
  await nats.restart();
  await until('the publisher is back', () => publisher.isReady());
  // A failed attempt may have been stored, so all attempts have the same id.
  const [payload, given] = [notification('after'), envelope()];
  await until('a message is stored', () =>
    publisher.publish(fact, payload, given).then(
      () => true,
      () => false,
    ),
  );
  await until('it has the second', () => one.seen.length >= 2);
  expect([one.seen, one.starts.length]).toEqual([['before', 'after'], 1]);
});

test('a stream that NATS has lost is read from its new beginning', async () => {
  const dir = throwAwayFolder();
  const server = await startNats({ dir, throwAwayDir: dir });
  await using ours = await connectBus({ url: server.url, name: 'webhook-ingest', log: testLog() });
  await ours.ensureStreams([streams.ingest]);
  await using one = await follower(10, server);
  await until('it follows', () => one.starts.length === 1);
  await ours.publish(fact, notification('lost'), envelope());
  await until('it has the message', () => one.seen.length === 1);

  await server.kill();
  rmSync(`${dir}/jetstream`, { recursive: true, force: true });
  await server.restart();
  await until('a message is stored', () =>
    ours.publish(fact, notification('anew'), envelope()).then(
      () => true,
      () => false,
    ),
  );

  await until('it has the new message', () => one.seen.at(-1) === 'anew');
  expect(one.starts.map(({ from }) => from)).toEqual([1, 1]);
  expect(one.starts[0]?.createdAt).not.toEqual(one.starts[1]?.createdAt);
  await server.stop();
});
