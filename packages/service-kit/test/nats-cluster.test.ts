import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fulfillmentNotifications, streams } from '@landfall/contracts/streams';
import type { RunningNatsCluster } from '@landfall/servers/nats-cluster';
import { throwAwayNatsCluster } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import type { NatsConnection } from 'nats';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { envelope, fact, notification, testLog } from './fixture.ts';
import { connectForTest } from './jetstream-reader.ts';

const settings = { replicas: 3 };
/** The pause of a caller after a fault. */
const AGAIN_MS = 50;
/** A healthy cluster answers in a millisecond. */
const CALL_MS = 1000;
/** At this pace, a pause of ten seconds is a few hundred facts. */
const PUBLISH_PAUSE_MS = 10;
let cluster: RunningNatsCluster;
let connection: NatsConnection;
beforeAll(async () => {
  cluster = await throwAwayNatsCluster();
  connection = await connectForTest(cluster.url);
});
afterAll(async () => {
  await connection.close();
  await cluster[Symbol.asyncDispose]();
});

/** The names of the leader and of the replicas, once every node has what the leader has. */
async function healthy(stream: string) {
  const manager = await connection.jetstreamManager({ checkAPI: false });
  return until(`every node has a copy of ${stream}`, async () => {
    const { leader, replicas = [] } = (await manager.streams.info(stream).catch(() => undefined))
      ?.cluster ?? { leader: '' };
    const isWhole = replicas.length === 2 && replicas.every((one) => one.current && !one.offline);
    if (!leader || !isWhole) return undefined;
    return { leader, replicas: replicas.map(({ name }) => name) };
  });
}

function node(name: string | undefined) {
  const found = cluster.nodes.find(({ nodeName }) => nodeName === name);
  if (!found) throw new Error(`there is no node ${name}`);
  return found;
}

/** Publishes until it is stopped, each fact until it is confirmed. Returns the ids. */
function publishing(bus: Bus) {
  const confirmed = new Set<string>();
  const stop = new AbortController();
  const run = async () => {
    while (!stop.signal.aborted) {
      const id = randomUUID();
      while (!(await bus.publish(fact, notification('s1'), envelope(id)).catch(() => undefined))) {
        await delay(AGAIN_MS);
      }
      confirmed.add(id);
      await delay(PUBLISH_PAUSE_MS);
    }
  };
  const done = run();
  return { confirmed, stop: () => (stop.abort(), done) };
}

test('facts and calls survive the loss of a leader and of a disk, with the users of the services', async () => {
  await using ingest = await connectBus({
    url: cluster.urlFor('webhook-ingest'),
    name: 'webhook-ingest',
    log: testLog(),
    streams: settings,
  });
  await using worker = await connectBus({
    url: cluster.urlFor('fulfillment-worker'),
    name: 'fulfillment-worker',
    log: testLog(),
    streams: settings,
  });
  // The cluster has only just started, and has no leader yet.
  await ingest.ensureStreams([streams.ingest]);
  const seen = new Map<string, number>();
  await using _ = await worker.consume(fulfillmentNotifications, async (__, { messageId }) => {
    seen.set(messageId, (seen.get(messageId) ?? 0) + 1);
  });
  await using ___ = worker.respond(
    'rpc.fulfillment-worker.>',
    'fulfillment-worker',
    async () => 'answered',
  );
  const publisher = publishing(ingest);
  const confirmedMore = () => {
    const before = publisher.confirmed.size;
    return until('a fact is confirmed again', () => publisher.confirmed.size > before);
  };
  await confirmedMore();

  const { leader, replicas } = await healthy('INGEST');
  await node(leader).kill();
  const ask = () =>
    ingest.request('rpc.fulfillment-worker.decisions.decide', '', {
      headers: {},
      timeoutMs: CALL_MS,
    });
  // A call that was on its way through the dead node is asked again, as the services do.
  const answer = await until('a call is answered', () => ask().catch(() => undefined));
  expect(answer).toBe('answered');
  await confirmedMore();
  await node(leader).restart();
  await healthy('INGEST');

  await node(replicas[0]).loseDisk();
  await confirmedMore();
  await node(replicas[0]).restart();
  await healthy('INGEST');
  await publisher.stop();

  await until('every confirmed fact arrives', () =>
    [...publisher.confirmed].every((id) => seen.has(id)),
  );
  expect(await worker.streamFlaws(streams.ingest)).toEqual([]);
});
