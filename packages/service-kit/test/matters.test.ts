import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MatterFact } from '@landfall/contracts/subjects';
import { gatewayMatters, streams } from '@landfall/contracts/streams';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { migrate, openDatabase, type Database } from '../src/database/database.ts';
import {
  openMattersMigration,
  startMatters,
  type Found,
  type MatterFinder,
  type MatterTables,
} from '../src/matters/matters.ts';
import { messagingMigration, outboxSource, traceParentMigration } from '../src/outbox/outbox.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { testLog } from './fixture.ts';

const service = 'fulfillment-worker';
const MINUTE_MS = 60_000;

let server: TestDatabase;
let nats: TestNats;
let database: Database<MatterTables>;
let bus: Bus;
let gatewayBus: Bus;
let listening: AsyncDisposable;
let time = Date.parse('2026-11-20T10:00:00.000Z');
/** Everything that was published, in any order. */
const facts: (MatterFact & { version?: number })[] = [];

beforeAll(async () => {
  [server, nats] = await Promise.all([testDatabase(), testNats()]);
  database = await openDatabase<MatterTables>({
    url: server.urlFor(service),
    service,
    log: testLog(),
  });
  await migrate(database, {
    '0001-messaging': messagingMigration,
    '0003-trace-parent': traceParentMigration,
    '0002-open-matters': openMattersMigration,
  });
  // With the permissions of the service, which may create the stream and publish its facts.
  bus = await connectBus({ url: nats.urlFor(service), name: service, log: testLog() });
  await bus.ensureStreams([streams.matters]);
  gatewayBus = await connectBus({ url: nats.urlFor('gateway'), name: 'gateway', log: testLog() });
  listening = await gatewayBus.consume(gatewayMatters, async (fact) => void facts.push(fact));
});
afterAll(async () => {
  for (const part of [listening, gatewayBus, bus, database, nats, server]) {
    await part[Symbol.asyncDispose]();
  }
});
beforeEach(async () => {
  await sql`truncate open_matters, outbox`.execute(database.kysely);
  facts.length = 0;
});

function found(key: string, content: Partial<Found> = {}): Found {
  return {
    key,
    subject: { type: 'task', id: key },
    publisherId: 'contoso',
    severity: 'warning',
    params: { reason: 'no' },
    since: '2026-11-20T09:00:00.000Z',
    ...content,
  };
}

type Finder = MatterFinder<MatterTables, 'task-parked' | 'change-failed' | 'alert'>;

function finderOf(given: { matters: readonly Found[] }, more: Partial<Finder> = {}): Finder {
  return { kind: 'task-parked', find: async () => given.matters, ...more };
}

function run(finders: readonly Finder[]) {
  const relay = startRelay({ source: outboxSource(database), bus, log: testLog() });
  const now = () => new Date(time);
  const matters = startMatters({
    service,
    database,
    bus,
    relay,
    finders,
    log: testLog(),
    now,
    everyMs: 20,
  });
  return {
    async [Symbol.asyncDispose]() {
      await matters[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
}

const openKeys = async () => {
  const rows = await database.kysely
    .selectFrom('openMatters')
    .select('key')
    .orderBy('key')
    .execute();
  return rows.map(({ key }) => key);
};
const openedFacts = () => facts.flatMap((fact) => ('openedAt' in fact ? [fact] : []));
const closedFacts = () => facts.flatMap((fact) => ('closedAt' in fact ? [fact] : []));

test('what is found is opened once, published again when it changes, and closed when it is gone', async () => {
  const given = { matters: [found('t1')] };
  await using _ = run([finderOf(given)]);
  await until('it is published', () => openedFacts().length === 1);
  const [first] = openedFacts();
  expect(first).toMatchObject({ kind: 'task-parked', key: 't1', owner: service, version: 1 });

  given.matters = [found('t1', { severity: 'critical', since: '2026-11-20T09:30:00.000Z' })];
  await until('the change is published', () => openedFacts().length === 2);
  expect(openedFacts()[1]).toMatchObject({ id: first?.id, severity: 'critical', version: 2 });

  given.matters = [];
  await until('the end is published', () => closedFacts().length === 1);
  expect(closedFacts()).toMatchObject([{ id: first?.id, publisherId: 'contoso', by: 'itself' }]);
  expect(await openKeys()).toEqual([]);

  given.matters = [found('t1')];
  await until('it opens anew', () => openedFacts().length === 3);
  expect(openedFacts()[2]?.id).not.toBe(first?.id);
});

test('a time of beginning that moves alone is not published again', async () => {
  const given = { matters: [found('t1')] };
  await using _ = run([finderOf(given)]);
  await until('it is published', () => openedFacts().length === 1);
  given.matters = [found('t1', { since: '2026-11-20T09:45:00.000Z' })];
  given.matters = [...given.matters, found('t2')];
  await until('the other one is published', () => openedFacts().length >= 2);
  expect(openedFacts().map(({ key }) => key)).toEqual(['t1', 't2']);
});

test('a finder that fails leaves its matters open, and the other finders work', async () => {
  const given = { matters: [found('t1')] };
  let isBroken = false;
  const broken = finderOf(given, {
    async find(trx) {
      if (isBroken) await sql`select * from no_such_table`.execute(trx);
      return given.matters;
    },
  });
  const other = { matters: [] as Found[] };
  await using _ = run([broken, finderOf(other, { kind: 'change-failed' })]);
  await until('it is published', () => openedFacts().length === 1);

  isBroken = true;
  given.matters = [];
  other.matters = [found('c1')];
  await until('the other one is published', () => openedFacts().length === 2);
  other.matters = [];
  await until('the other one is closed', () => closedFacts().length === 1);
  expect(await openKeys()).toEqual(['t1']);

  isBroken = false;
  await until('it is closed', () => closedFacts().length === 2);
});

test('after a crash between finding and publishing, nothing is lost and nothing is published twice', async () => {
  const matters = startMatters({
    service,
    database,
    bus,
    relay: { wake() {} },
    finders: [finderOf({ matters: [found('t1')] })],
    log: testLog(),
    now: () => new Date(time),
    everyMs: 20,
  });
  await until('the row is written', async () => (await openKeys()).length === 1);
  await matters[Symbol.asyncDispose]();
  expect(facts).toEqual([]);

  await using _ = run([finderOf({ matters: [found('t1'), found('t2')] })]);
  await until('both are published', () => openedFacts().length === 2);
  expect(
    openedFacts()
      .map(({ key }) => key)
      .toSorted(),
  ).toEqual(['t1', 't2']);
});

test('two processes open each matter once', async () => {
  const matters = Array.from({ length: 50 }, (_, n) => found(`t${n}`));
  await using _one = run([finderOf({ matters })]);
  await using _other = run([finderOf({ matters })]);
  await until('all are published', () => openedFacts().length === 50);
  expect(new Set(openedFacts().map(({ id }) => id)).size).toBe(50);
  expect(await openKeys()).toHaveLength(50);
});

test('at most 500 are open for each publisher, and the rest follows', async () => {
  const at = (n: number) => new Date(Date.parse('2026-11-01T00:00:00.000Z') + n * 1000);
  const all = Array.from({ length: 510 }, (_, n) =>
    found(`t${String(n).padStart(3, '0')}`, { since: at(n).toISOString() }),
  );
  const other = found('other', { publisherId: 'fabrikam', since: at(900).toISOString() });
  const given = { matters: [...all.slice(0, 500), other] };
  await using _ = run([finderOf(given)]);
  await until('all places are taken', async () => (await openKeys()).length === 501);

  // The first ten are settled.
  given.matters = [...all.slice(10, 510), other];
  await until('others took their places', async () => (await openKeys()).includes('t509'));
  const keys = await openKeys();
  expect(keys).toHaveLength(501);
  expect(keys).not.toContain('t009');
  await until('everything is published', () => facts.length === 501 + 10 + 10);
});

test('what a process finds about itself stays open while another process has found it lately', async () => {
  const given = { matters: [found('PoolExhausted')] };
  const finder = finderOf(given, { kind: 'alert', closesAfterMs: MINUTE_MS });
  await using _ = run([finder]);
  await until('it is published', () => openedFacts().length === 1);
  const [{ foundAt: first } = { foundAt: new Date(0) }] = await foundAt();
  time += MINUTE_MS - 1;
  await until('it was found again', async () => (await foundAt())[0]!.foundAt > first);

  given.matters = [];
  let looks = 0;
  time += MINUTE_MS - 1;
  await using _other = run([
    finderOf(given, {
      async find() {
        looks += 1;
        return [];
      },
      kind: 'alert',
      closesAfterMs: MINUTE_MS,
    }),
  ]);
  await until('another process has looked twice', () => looks > 2);
  expect(await openKeys()).toEqual(['PoolExhausted']);

  time += 1;
  await until('it is closed', () => closedFacts().length === 1);
});

const foundAt = () => database.kysely.selectFrom('openMatters').select('foundAt').execute();

test('the stream waits until an older stream no longer takes its subjects, and nothing that starts fails', async () => {
  await using old = await testNats();
  const ingest = await connectBus({
    url: old.urlFor('webhook-ingest'),
    name: 'webhook-ingest',
    log: testLog(),
  });
  const gateway = await connectBus({ url: old.urlFor('gateway'), name: 'gateway', log: testLog() });
  await using connections = new AsyncDisposableStack();
  connections.use(ingest);
  connections.use(gateway);
  // As the version before this one defined it.
  await ingest.ensureStreams([{ ...streams.ingest, subjects: ['ingest.>'] }]);

  await gateway.ensureStreams([streams.matters]);
  const seen: MatterFact[] = [];
  connections.use(await gateway.consume(gatewayMatters, async (fact) => void seen.push(fact)));
  const given = { matters: [found('t1')] };
  const worker = await connectBus({ url: old.urlFor(service), name: service, log: testLog() });
  connections.use(worker);
  const relay = connections.use(
    startRelay({ source: outboxSource(database), bus: worker, log: testLog() }),
  );
  const asked: string[] = [];
  connections.use(
    startMatters({
      service,
      database,
      bus: {
        streamState: (name) => {
          asked.push(name);
          return worker.streamState(name);
        },
      },
      relay,
      finders: [finderOf(given)],
      log: testLog(),
      now: () => new Date(time),
      everyMs: 20,
    }),
  );
  await until('the loop has looked twice', () => asked.length > 2);
  expect(await openKeys()).toEqual([]);

  await ingest.ensureStreams([streams.ingest]);

  await until('the matter arrives', () => seen.length === 1);
  expect(await openKeys()).toEqual(['t1']);
});
