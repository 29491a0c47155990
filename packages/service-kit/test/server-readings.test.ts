import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, nanos } from 'nats';
import { Client, Pool } from 'pg';
import { expect, test } from 'vitest';
import { metrics as table } from '@landfall/contracts/metrics';
import { streams } from '@landfall/contracts/streams';
import { startPostgres } from '@landfall/servers/postgres';
import { startStandby } from '@landfall/servers/postgres-backup';
import { testDatabase, testNats, testPostgres } from '@landfall/servers/testing';
import { connectBus } from '../src/bus/bus.ts';
import { openDatabase } from '../src/database/database.ts';
import { startAlerts } from '../src/metrics/alerts.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { readDatabaseRoom, readServers, readStreams } from '../src/metrics/server-readings.ts';
import { testLog, type TestTables } from './fixture.ts';

function openMetrics() {
  const at = { ms: Date.now() };
  const metrics = new Metrics({ log: testLog(), now: () => new Date(at.ms) });
  const samplesOf = async (name: string) => {
    at.ms += 6_000;
    return (await metrics.values()).get(name) ?? [];
  };
  return { at, metrics, samplesOf };
}

test('a process reports its version, its memory, its connections and the room in PostgreSQL', async () => {
  await using server = await testDatabase({ services: ['landing'] });
  const url = server.urlFor('landing');
  await using database = await openDatabase<TestTables>({
    url,
    service: 'landing',
    log: testLog(),
  });
  const { metrics, samplesOf } = openMetrics();
  readServers(metrics, database);
  readDatabaseRoom(metrics, database, { roomBytes: 1_000_000_000 });

  const [build] = await samplesOf(table.build.name);
  expect(build).toMatchObject({ value: 1, labels: { node: process.versions.node } });
  expect(build?.labels.version).toMatch(/^\d+\.\d+\.\d+/);
  const heap = (await samplesOf(table.memoryUsed.name)).find(
    ({ labels }) => labels.kind === 'heap',
  );
  expect(heap?.value).toBeGreaterThan(0);
  expect(heap?.value).toBeLessThan(1);

  const held = await database.pool.connect();
  const pools = await samplesOf(table.poolConnections.name);
  held.release();
  const byState = Object.fromEntries(pools.map(({ labels, value }) => [labels.state, value]));
  expect(byState['busy']).toBeGreaterThanOrEqual(1);
  expect(byState['busy']! + byState['idle']! + byState['free']!).toBe(database.pool.options.max);

  const [used] = await samplesOf(table.databaseConnectionsUsed.name);
  expect(used?.value).toBeGreaterThan(0);
  expect(used?.value).toBeLessThan(1);
  const [size] = await samplesOf(table.databaseSize.name);
  expect(size?.value).toBeGreaterThan(1_000_000);
  const [room] = await samplesOf(table.databaseRoomUsed.name);
  expect(room?.value).toBeCloseTo(size!.value / 1_000_000_000, 1);
});

test('how far a replica is behind is reported without further rights, and is absent if it is unknown', async () => {
  await using server = await testPostgres({ services: ['landing'] });
  await using resources = new AsyncDisposableStack();
  const admin = new Client({ connectionString: server.adminUrl });
  await admin.connect();
  resources.defer(() => admin.end());
  await using database = await openDatabase<TestTables>({
    url: server.urlFor('landing'),
    service: 'landing',
    log: testLog(),
  });
  const { metrics, samplesOf } = openMetrics();
  readDatabaseRoom(metrics, database);
  const behind = () => samplesOf(table.replicaBehind.name);
  expect(await behind()).toEqual([]);
  expect(await samplesOf(table.databaseRoomUsed.name)).toEqual([]);

  const makeSlot = `select pg_create_physical_replication_slot($1, true, $2)`;
  await admin.query(makeSlot, ['backup', true]);
  await admin.query(`select pg_create_physical_replication_slot('never_used')`);
  expect(await behind()).toEqual([]);

  await admin.query(makeSlot, ['replica_2', false]);
  await admin.query(`select pg_logical_emit_message(true, 'test', repeat('x', 100000))`);
  const [slot, ...others] = await behind();
  expect(slot?.labels).toEqual({ slot: 'replica_2' });
  expect(slot?.value).toBeGreaterThan(100_000);
  expect(others).toEqual([]);
});

test('a standby reports everything except how far replicas are behind', async () => {
  const folders = mkdtempSync(path.join(tmpdir(), 'landfall-readings-'));
  await using resources = new AsyncDisposableStack();
  resources.defer(() => rmSync(folders, { recursive: true, force: true }));
  const [folder, to] = [path.join(folders, 'primary'), path.join(folders, 'standby')];
  const primary = resources.use(await startPostgres({ dataDir: folder, durable: false }));
  const standby = resources.use(await startStandby(primary, { folder, to }));
  const pool = new Pool({ connectionString: standby.adminUrl, max: 1 });
  resources.defer(() => pool.end());
  await pool.query(`select pg_create_physical_replication_slot('cascade', true)`);
  const { metrics, samplesOf } = openMetrics();
  readDatabaseRoom(metrics, { pool });

  expect(await samplesOf(table.databaseSize.name)).toHaveLength(1);
  expect((await metrics.values()).get(table.replicaBehind.name)).toEqual([]);
});

test('a server that accepts no writes raises an alert, until it accepts them', async () => {
  await using server = await testDatabase({ services: ['landing'] });
  const url = server.urlFor('landing');
  await using database = await openDatabase<TestTables>({
    url,
    service: 'landing',
    log: testLog(),
    maxConnections: 1,
  });
  const { at, metrics } = openMetrics();
  readServers(metrics, database);
  const now = () => new Date(at.ms);
  await using alerts = startAlerts({ service: 'landing', metrics, log: testLog(), now });
  const isFiring = async () => {
    at.ms += 10_000;
    await alerts.firing();
    at.ms += 90_000;
    return (await alerts.firing()).some(({ alert }) => alert === 'DatabaseReadOnly');
  };
  expect(await isFiring()).toBe(false);

  await database.pool.query('set default_transaction_read_only = on');
  expect(await isFiring()).toBe(true);

  await database.pool.query('set default_transaction_read_only = off');
  expect(await isFiring()).toBe(false);
});

test('a stream reports its size, and how full it is if it has a limit', async () => {
  await using nats = await testNats();
  await using bus = await connectBus({ url: nats.url, name: 'gateway', log: testLog() });
  const { metrics, samplesOf } = openMetrics();
  readStreams(metrics, { bus, owner: 'gateway' });
  // Unknown is not zero: a stream that does not exist has no size.
  expect(await samplesOf(table.streamBytes.name)).toEqual([]);

  const { name, subjects } = streams.matters;
  const { host, username: user, password: pass } = new URL(nats.url);
  const connection = await connect({ servers: host, user, pass });
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name, subjects: [...subjects], max_age: nanos(60_000) });
  expect(await samplesOf(table.streamUsed.name)).toEqual([]);
  expect(await samplesOf(table.streamReplicasMissing.name)).toEqual([]);

  const { config } = await manager.streams.info(name);
  await manager.streams.update(name, { ...config, max_bytes: 10_000 });
  const [subject = ''] = subjects;
  await connection.jetstream().publish(subject.replace('>', 'opened'), new Uint8Array(4_000));
  await connection.close();

  const [size] = await samplesOf(table.streamBytes.name);
  expect(size?.labels).toEqual({ stream: name });
  expect(size?.value).toBeGreaterThan(4_000);
  const [used] = await samplesOf(table.streamUsed.name);
  expect(used?.value).toBeCloseTo(size!.value / 10_000);
});
