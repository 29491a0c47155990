import { cpSync, rmSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { streams } from '@landfall/contracts/streams';
import { startNats } from '@landfall/servers/nats';
import { testDatabase, testNats, testPostgres } from '@landfall/servers/testing';
import { throwAwayFolder } from '@landfall/servers/throw-away-servers';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { inTransaction, type Database } from '../src/database/database.ts';
import { enqueue, outboxSource } from '../src/outbox/outbox.ts';
import { startRelay } from '../src/outbox/relay.ts';
import {
  consumerNamed,
  envelope,
  fact,
  migratedDatabase,
  notification,
  testLog,
  type TestTables,
} from './fixture.ts';
import { connectForTest } from './jetstream-reader.ts';

const name = 'webhook-ingest';

function put(database: Database<TestTables>, messageId: string) {
  return inTransaction(database, (trx) =>
    enqueue(trx, fact, notification('s1'), envelope(messageId)),
  );
}

test('after a restart of NATS, facts committed meanwhile arrive and requests are answered again', async () => {
  await using server = await testDatabase({ services: [name] });
  await using nats = await testNats();
  await using database = await migratedDatabase(server.urlFor(name));
  await using bus = await connectBus({ url: nats.url, name, log: testLog() });
  await bus.ensureStreams([streams.ingest]);
  await using relay = startRelay({ source: outboxSource(database), bus, log: testLog() });
  const seen: string[] = [];
  await using _ = await bus.consume(consumerNamed('restart'), async (__, { messageId }) => {
    seen.push(messageId);
  });
  await using ___ = bus.respond('rpc.test.>', 'test', async ({ body }) => `answer to ${body}`);
  await put(database, 'before');
  relay.wake();
  await until('the first fact arrives', () => seen.includes('before'));

  await nats.kill();
  await until('the loss is noticed', () => !bus.isReady());
  await put(database, 'meanwhile');
  await expect(bus.publish(fact, notification('s1'), envelope())).rejects.toMatchObject({
    code: 'bus.unavailable',
    retry: 'later',
  });
  await nats.restart();

  await until('the fact of meanwhile arrives', () => seen.includes('meanwhile'));
  expect(seen.filter((id) => id === 'before')).toHaveLength(1);
  const answer = await bus.request('rpc.test.x', 'y', { headers: {}, timeoutMs: PATIENCE_MS });
  expect(answer).toBe('answer to y');
});

test('after NATS has lost its store, streams, consumers and confirmed facts are restored', async () => {
  await using server = await testDatabase({ services: [name] });
  await using database = await migratedDatabase(server.urlFor(name));
  const dir = `${process.cwd()}/node_modules/.wiped-nats-${process.pid}`;
  let nats = await startNats({ dir, throwAwayDir: dir });
  const { port, passwords } = nats;
  await using bus = await connectBus({ url: nats.url, name, log: testLog() });
  await bus.ensureStreams([streams.ingest]);
  await using relay = startRelay({ source: outboxSource(database), bus, log: testLog() });
  const seen: string[] = [];
  const start = () =>
    bus.consume(consumerNamed('wiped'), async (_, { messageId }) => void seen.push(messageId));
  const consumer = await start();
  await put(database, 'handled');
  relay.wake();
  await until('the first fact arrives', () => seen.includes('handled'));
  await consumer[Symbol.asyncDispose]();
  await put(database, 'confirmed only');
  relay.wake();
  await until('JetStream has confirmed it', async () => (await unpublished(database)) === 0);
  await using _ = await start();
  await until('it arrives', () => seen.includes('confirmed only'));
  seen.length = 0;

  await nats.kill();
  rmSync(dir, { recursive: true, force: true });
  nats = await startNats({ dir, port, throwAwayDir: dir, passwords });

  await until('what had been confirmed arrives again', () => seen.includes('confirmed only'));
  await put(database, 'new');
  relay.wake();
  await until('new facts arrive', () => seen.includes('new'));
  await nats.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('facts that a stream loses while a long backlog is published are published again', async () => {
  await using server = await testDatabase({ services: [name] });
  await using database = await migratedDatabase(server.urlFor(name));
  const dir = throwAwayFolder();
  const older = `${dir}/older-store`;
  const nats = await startNats({ dir, throwAwayDir: dir });
  await using bus = await connectBus({ url: nats.url, name, log: testLog() });
  await bus.ensureStreams([streams.ingest]);
  await nats.stop();
  cpSync(`${dir}/jetstream`, older, { recursive: true });
  await nats.restart();
  await until('NATS is back', () => bus.losses() > 0 && bus.isReady());

  // More than one batch; the first is confirmed and not marked yet when NATS goes.
  const backlog = Array.from({ length: 250 }, (_, i) => `backlog-${i}`);
  for (const id of backlog) await put(database, id);
  const losses = bus.losses();
  const holding = await database.pool.connect();
  await holding.query('begin');
  await holding.query("select from outbox where message_id = 'backlog-0' for update");
  await using _ = startRelay({ source: outboxSource(database), bus, log: testLog() });
  await until('the first batch is confirmed', async () => (await lastSequence(bus)) >= 200);
  await nats.kill();
  rmSync(`${dir}/jetstream`, { recursive: true, force: true });
  cpSync(older, `${dir}/jetstream`, { recursive: true });
  await nats.restart();
  await until('the loss is noticed', () => bus.losses() > losses && bus.isReady());
  expect(await lastSequence(bus)).toBe(0);
  await holding.query('commit');
  holding.release();

  const arrived = new Set<string>();
  await using __ = await bus.consume(consumerNamed('forgotten'), async (___, { messageId }) => {
    arrived.add(messageId);
  });
  await until('all have arrived', () => backlog.every((id) => arrived.has(id)));
  await nats.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a stream that is deleted while its consumer runs is created again', async () => {
  await using nats = await testNats();
  await using bus = await connectBus({ url: nats.url, name, log: testLog() });
  await bus.ensureStreams([streams.ingest]);
  const seen: string[] = [];
  await using _ = await bus.consume(consumerNamed('deleted'), async (__, { messageId }) => {
    seen.push(messageId);
  });
  await using other = await connectBus({ url: nats.url, name: 'landing', log: testLog() });
  await bus.publish(fact, notification('s1'), envelope('before'));
  await until('the first fact arrives', () => seen.includes('before'));
  await deleteStream(nats.url, 'INGEST');
  expect(await other.streamState('INGEST')).toBeUndefined();
  await bus.publish(fact, notification('s1'), envelope('after'));
  await until('the next fact arrives', () => seen.includes('after'));
});

test('after a restart of PostgreSQL the same objects work, and the outbox continues', async () => {
  await using server = await testPostgres({ services: [name] });
  await using nats = await testNats();
  await using database = await migratedDatabase(server.urlFor(name));
  await using bus = await connectBus({ url: nats.url, name, log: testLog() });
  await bus.ensureStreams([streams.ingest]);
  await using relay = startRelay({ source: outboxSource(database), bus, log: testLog() });
  const seen: string[] = [];
  await using _ = await bus.consume(
    consumerNamed('postgres'),
    async (__, { messageId }) => {
      await sql`select 1`.execute(database.kysely);
      seen.push(messageId);
    },
    { backOffMs: [50] },
  );
  await put(database, 'before');
  relay.wake();
  await until('the first fact arrives', () => seen.includes('before'));

  await server.stop();
  expect(await database.isReady()).toBe(false);
  await expect(put(database, 'lost')).rejects.toMatchObject({
    code: 'database.unavailable',
    retry: 'later',
  });
  await bus.publish(fact, notification('s1'), envelope('while away'));
  await server.restart();

  await until('what met the loss is handled', () => seen.includes('while away'));
  expect(await database.isReady()).toBe(true);
  await put(database, 'after');
  relay.wake();
  await until('the relay goes on', () => seen.includes('after'));
});

test('a service that starts before Postgres and NATS waits for them', async () => {
  await using server = await testPostgres({ services: [name] });
  await using nats = await testNats();
  await Promise.all([server.stop(), nats.stop()]);
  const opening = migratedDatabase(server.urlFor(name));
  const connecting = connectBus({ url: nats.url, name, log: testLog() });
  await Promise.all([server.restart(), nats.restart()]);
  await using database = await opening;
  await using bus = await connecting;
  expect(await database.isReady()).toBe(true);
  expect(bus.isReady()).toBe(true);
});

async function lastSequence(bus: Bus): Promise<number> {
  return (await bus.streamState(streams.ingest.name))?.lastSequence ?? -1;
}

async function unpublished(database: Database<TestTables>): Promise<number> {
  const rows = await database.kysely
    .selectFrom('outbox')
    .select('id')
    .where('publishedAt', 'is', null)
    .execute();
  return rows.length;
}

async function deleteStream(url: string, stream: string): Promise<void> {
  const connection = await connectForTest(url);
  const manager = await connection.jetstreamManager();
  await manager.streams.delete(stream);
  await connection.close();
}
