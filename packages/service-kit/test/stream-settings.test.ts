import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { streams } from '@landfall/contracts/streams';
import { startNats } from '@landfall/servers/nats';
import { selfSigned } from '@landfall/servers/self-signed';
import { testNats, type TestNats } from '@landfall/servers/testing';
import { throwAwayFolder } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { connectBus } from '../src/bus/bus.ts';
import type { StreamSettings } from '../src/bus/settings.ts';
import { envelope, fact, notification, testLog } from './fixture.ts';
import { connectForTest } from './jetstream-reader.ts';

const name = 'webhook-ingest';
const MIB = 1024 * 1024;
let nats: TestNats;
beforeAll(async () => {
  nats = await testNats();
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
});

function busWith(settings: StreamSettings, service: 'webhook-ingest' | 'gateway' = name) {
  return connectBus({
    url: nats.urlFor(service),
    name: service,
    log: testLog(),
    streams: settings,
  });
}

async function configOf(stream: string) {
  const connection = await connectForTest(nats.url);
  try {
    const manager = await connection.jetstreamManager();
    return (await manager.streams.info(stream)).config;
  } finally {
    await connection.close();
  }
}

test('the owner of a stream applies new settings, and leaves alone what they do not name', async () => {
  {
    await using bus = await busWith({});
    await bus.ensureStreams([streams.ingest]);
    expect(await configOf('INGEST')).toMatchObject({ max_bytes: -1, num_replicas: 1 });
  }
  const settings = { maxBytes: 70 * MIB, duplicateWindowMs: 60_000 };
  {
    await using other = await busWith(settings, 'gateway');
    await other.ensureStreams([streams.matters]);
    await using bus = await busWith({});
    await bus.ensureStreams([streams.ingest]);
    expect(await configOf('INGEST')).toMatchObject({ max_bytes: -1 });
    await using owner = await busWith(settings);
    expect(await owner.streamFlaws(streams.ingest)).toEqual([
      'recognises repeats for a different time',
      'has another size',
      'drops its oldest messages when it is full',
    ]);
    await owner.ensureStreams([streams.ingest]);
    expect(await owner.streamFlaws(streams.ingest)).toEqual([]);
  }
  const applied = { max_bytes: 70 * MIB, discard: 'new', duplicate_window: 60e9 };
  expect(await configOf('INGEST')).toMatchObject(applied);
  await using later = await busWith({ duplicateWindowMs: 60_000 });
  await later.ensureStreams([streams.ingest]);
  expect(await configOf('INGEST')).toMatchObject(applied);
});

test('a full stream refuses messages, so that they wait in the outbox', async () => {
  const connection = await connectForTest(nats.url);
  const manager = await connection.jetstreamManager();
  await using bus = await busWith({ maxBytes: 64 * MIB });
  await bus.ensureStreams([streams.ingest]);
  const { config } = await manager.streams.info('INGEST');
  await manager.streams.purge('INGEST');
  await manager.streams.update('INGEST', { ...config, max_bytes: 4096 });

  const publish = () => bus.publish(fact, notification('x'.repeat(1500)), envelope());
  const stored = () => manager.streams.info('INGEST').then(({ state }) => state.messages);
  await publish();
  await publish();
  await expect(publish()).rejects.toMatchObject({ code: 'bus.full', retry: 'later' });

  expect(await stored()).toBe(2);
  await manager.streams.update('INGEST', { ...config, max_bytes: 64 * MIB });
  await publish();
  await connection.close();
});

test('a start with settings that NATS cannot fulfil ends with the setting to change', async () => {
  await using own = await testNats();
  const connect = (settings: StreamSettings) =>
    connectBus({ url: own.urlFor(name), name, log: testLog(), streams: settings });
  await using replicated = await connect({ replicas: 3 });
  await expect(replicated.ensureStreams([streams.ingest])).rejects.toThrow(
    /replicas > 1 not supported.*NATS_REPLICAS needs a cluster/,
  );
  await using large = await connect({ maxBytes: 1024 ** 4 });
  await expect(large.ensureStreams([streams.ingest])).rejects.toThrow(/lower NATS_MAX_BYTES/);
});

test('what NATS does not permit is a fault that names the subject and the way to correct it', async () => {
  await using gateway = await busWith({}, 'gateway');
  const lines: string[] = [];
  await using foreign = await connectBus({
    url: nats.urlFor('gateway'),
    name: 'gateway',
    log: testLog(lines),
  });
  await expect(gateway.ensureStreams([streams.ingest, streams.billing])).resolves.toBeUndefined();
  await expect(foreign.publish(fact, notification('s1'), envelope())).rejects.toMatchObject({
    code: 'bus.not-permitted',
    retry: 'later',
    message: expect.stringMatching(/publish ingest\.notification\.received; reload nats-server/),
  });
  await using _ = foreign.respond('rpc.billing-sync.>', 'billing-sync', async () => 'theirs');
  const own = foreign.request('rpc.billing-sync.nothing.there', '', {
    headers: {},
    timeoutMs: PATIENCE_MS,
  });
  await expect(own).rejects.toMatchObject({ code: 'rpc.not-permitted' });
  await expect
    .poll(() => lines.filter((line) => line.includes('not permitted by NATS')))
    .toHaveLength(3);
});

test('a reload of the users cuts the one that changed, and no other', async () => {
  const folder = throwAwayFolder();
  await using server = await startNats({ dir: folder, throwAwayDir: folder });
  const connect = (url: string, service: 'webhook-ingest' | 'gateway') =>
    connectBus({ url, name: service, log: testLog() });
  await using gateway = await connect(server.urlFor('gateway'), 'gateway');
  await using ingest = await connect(server.urlFor(name), name);
  const file = join(folder, 'nats.conf');
  const { gateway: password } = server.passwords;
  writeFileSync(file, readFileSync(file, 'utf8').replace(password, 'another-password'));

  process.kill(server.pid, 'SIGHUP');

  await until('the gateway is cut', () => !gateway.isReady());
  const url = server.urlFor('gateway').replace(encodeURIComponent(password), 'another-password');
  await using again = await connect(url, 'gateway');
  expect(again.isReady()).toBe(true);
  expect(ingest.losses()).toBe(0);
});

test('a server with a certificate of a private authority is trusted only with NATS_CA_FILE', async () => {
  const folder = throwAwayFolder();
  const tls = selfSigned(new Date('2100-01-01T00:00:00Z'), { isLoopback: true });
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, tls.certificate);
  await using server = await startNats({ dir: folder, throwAwayDir: folder, tls });
  // The client does not check addresses, only names.
  const url = server.urlFor(name).replace('127.0.0.1', 'localhost');
  expect(url).toMatch(/^tls:/);

  await expect(connectBus({ url, name, log: testLog() })).rejects.toMatchObject({
    code: 'bus.refused',
    retry: 'never',
  });
  const missing = connectBus({ url, caFile: `${caFile}.old`, name, log: testLog() });
  await expect(missing).rejects.toMatchObject({
    code: 'bus.refused',
    message: expect.stringContaining('NATS_CA_FILE'),
  });
  await using bus = await connectBus({ url, caFile, name, log: testLog() });
  await bus.ensureStreams([streams.ingest]);
  await expect(bus.publish(fact, notification('s1'), envelope())).resolves.toMatchObject({
    stream: 'INGEST',
  });
});
