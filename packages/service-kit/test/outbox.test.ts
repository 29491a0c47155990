import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messagingRetention } from '@landfall/contracts/retention-rule';
import { streams } from '@landfall/contracts/streams';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '../src/bus/bus.ts';
import { inTransaction, type Database } from '../src/database/database.ts';
import { once } from '../src/outbox/inbox.ts';
import { enqueue, enqueueMany, outboxSource } from '../src/outbox/outbox.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { applyRetention } from '../src/database/retention.ts';
import {
  consumerNamed,
  envelope,
  fact,
  migratedDatabase,
  notification,
  testLog,
  type TestTables,
} from './fixture.ts';

let server: TestDatabase;
let nats: TestNats;
let database: Database<TestTables>;
let bus: Bus;

beforeAll(async () => {
  [server, nats] = await Promise.all([testDatabase(), testNats()]);
  database = await migratedDatabase(server.urlFor('webhook-ingest'));
  bus = await connectBus({ url: nats.url, name: 'webhook-ingest', log: testLog() });
  await bus.ensureStreams([streams.ingest]);
});
afterAll(async () => {
  for (const each of [bus, database, nats, server]) await each[Symbol.asyncDispose]();
});

function put(subscriptionId: string, messageId: string) {
  return inTransaction(database, (trx) =>
    enqueue(trx, fact, notification(subscriptionId), envelope(messageId)),
  );
}

async function received(durable: string): Promise<{ ids: string[] } & AsyncDisposable> {
  const ids: string[] = [];
  const consumer = await bus.consume(
    consumerNamed(durable),
    async (_, { messageId }) => void ids.push(messageId),
    { concurrency: 1 },
  );
  return { ids, [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose]() };
}

async function unpublished(): Promise<number> {
  const rows = await database.kysely
    .selectFrom('outbox')
    .select('id')
    .where('publishedAt', 'is', null)
    .execute();
  return rows.length;
}

test('a fact is published after the commit, with its envelope, and then marked', async () => {
  await using relay = startRelay({ source: outboxSource(database), bus, log: testLog() });
  await using seen = await received('after-commit');
  await put('s1', 'after-commit');
  relay.wake();
  await until('the fact arrives', () => seen.ids.includes('after-commit'));
  await until('the row is marked', async () => (await unpublished()) === 0);
  const row = await database.kysely
    .selectFrom('outbox')
    .select(['stream', 'correlationId'])
    .where('messageId', '=', 'after-commit')
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ stream: 'INGEST', correlationId: 'flow-after-commit' });
});

test('a fact of a rolled-back transaction is never published', async () => {
  await using relay = startRelay({ source: outboxSource(database), bus, log: testLog() });
  await using seen = await received('rolled-back');
  const failing = inTransaction(database, async (trx) => {
    await enqueue(trx, fact, notification('s1'), envelope('rolled-back'));
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow(RangeError);
  await put('s1', 'marker');
  relay.wake();
  await until('the fact behind it arrives', () => seen.ids.includes('marker'));
  expect(seen.ids).not.toContain('rolled-back');
});

test('after a crash between commit and publish, the next process publishes the fact', async () => {
  await put('s1', 'orphan');
  await using _ = startRelay({ source: outboxSource(database), bus, log: testLog() });
  await using seen = await received('orphans');
  await until('the fact arrives', () => seen.ids.includes('orphan'));
});

test('after a crash between publish and mark, the fact is published again under the same id and arrives once', async () => {
  await using seen = await received('twice');
  const given = envelope('twice');
  await put('s1', 'twice');
  await bus.publish(fact, notification('s1'), given);
  await using _ = startRelay({ source: outboxSource(database), bus, log: testLog() });
  await until('the row is marked', async () => (await unpublished()) === 0);
  await put('s1', 'after-twice');
  await until('the next fact arrives', () => seen.ids.includes('after-twice'));
  expect(seen.ids.filter((id) => id === 'twice')).toHaveLength(1);
});

test('several relays publish each fact once, in the order of the outbox', async () => {
  await using seen = await received('ordered');
  const relays = [1, 2, 3].map(() =>
    startRelay({ source: outboxSource(database), bus, log: testLog() }),
  );
  const wanted = Array.from({ length: 500 }, (_, i) => `ordered-${i}`);
  for (const id of wanted) {
    await put('s1', id);
    relays[Number(id.at(-1)) % 3]?.wake();
  }
  await until('all have arrived', () => seen.ids.includes('ordered-499'));
  expect(seen.ids.filter((id) => id.startsWith('ordered-'))).toEqual(wanted);
  await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
});

test('a batch keeps its order, skips known message ids, and fails as a whole for one bad payload', async () => {
  await put('s1', 'batch-2');
  const batch = ['batch-1', 'batch-2', 'batch-3'].map((id) => ({
    payload: notification('s2'),
    envelope: envelope(id),
  }));
  await inTransaction(database, (trx) => enqueueMany(trx, fact, batch));
  await inTransaction(database, (trx) => enqueueMany(trx, fact, []));
  const bad = {
    payload: { ...notification('s2'), notificationId: 'no uuid' },
    envelope: envelope(),
  };
  const fresh = { payload: notification('s2'), envelope: envelope('batch-4') };
  await expect(
    inTransaction(database, (trx) => enqueueMany(trx, fact, [fresh, bad])),
  ).rejects.toThrow();
  const rows = await database.kysely
    .selectFrom('outbox')
    .select(['messageId', 'body'])
    .where('messageId', 'like', 'batch-%')
    .orderBy('id')
    .execute();
  expect(rows.map(({ messageId }) => messageId)).toEqual(['batch-2', 'batch-1', 'batch-3']);
  expect(rows[0]?.body).toContain('"s1"');
});

test('a payload that does not match its schema fails the transaction', async () => {
  const bad = { ...notification('s1'), notificationId: 'no uuid' };
  await expect(
    inTransaction(database, (trx) => enqueue(trx, fact, bad, envelope('bad'))),
  ).rejects.toThrow();
});

test('a fact that NATS can never accept is logged and set aside, and stops no other', async () => {
  const lines: string[] = [];
  await using seen = await received('too-large');
  const huge = { ...notification('s1'), action: 'x'.repeat(bus.maxPayloadBytes) };
  await inTransaction(database, async (trx) => {
    await enqueue(trx, fact, huge, envelope('huge'));
    await enqueue(trx, fact, notification('s1'), envelope('behind-huge'));
  });
  await using _ = startRelay({ source: outboxSource(database), bus, log: testLog(lines) });
  await until('the fact behind it arrives', () => seen.ids.includes('behind-huge'));
  await until('it is set aside', async () => {
    const row = await database.kysely
      .selectFrom('outbox')
      .select('failure')
      .where('messageId', '=', 'huge')
      .executeTakeFirstOrThrow();
    return row.failure === 'bus.too-large';
  });
  expect(lines.join('')).toContain('set aside a message that cannot be published');
});

test('only one of fifty parallel deliveries of a message has an effect', async () => {
  const attempts = Array.from({ length: 50 }, () =>
    inTransaction(database, async (trx) => {
      if (!(await once(trx, 'test', 'message-1'))) return 0;
      await trx.insertInto('note').values({ id: 'effect', text: 'x' }).execute();
      return 1;
    }),
  );
  const effects = await Promise.all(attempts);
  expect(effects.reduce<number>((sum, effect) => sum + effect, 0)).toBe(1);
});

test('a message with a rolled-back effect is handled again, and each consumer has its own inbox', async () => {
  const failing = inTransaction(database, async (trx) => {
    await once(trx, 'test', 'message-2');
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow(RangeError);
  const see = (consumer: string) =>
    inTransaction(database, (trx) => once(trx, consumer, 'message-2'));
  expect(await see('test')).toBe(true);
  expect(await see('test')).toBe(false);
  expect(await see('other')).toBe(true);
});

test('retention removes all old rows and no others, however many there are', async () => {
  await put('s1', 'kept-unpublished');
  await sql`update outbox set published_at = now() - interval '8 days' where message_id = 'twice'`.execute(
    database.kysely,
  );
  await sql`insert into inbox values ('old', 'old', now() - interval '40 days')`.execute(
    database.kysely,
  );
  // More than one statement removes: two batches and a half.
  await sql`insert into inbox
    select 'flood', id::text, now() - interval '40 days' from generate_series(1, 25000) as id`.execute(
    database.kysely,
  );
  const options = { database, rules: messagingRetention, config: {}, now: () => new Date() };
  await applyRetention(options, new AbortController().signal);
  const outbox = await database.kysely.selectFrom('outbox').select('messageId').execute();
  const ids = outbox.map(({ messageId }) => messageId);
  expect(ids).not.toContain('twice');
  expect(ids).toContain('kept-unpublished');
  expect(ids).toContain('after-commit');
  const inbox = await database.kysely.selectFrom('inbox').select('consumer').execute();
  const kept = new Set(inbox.map(({ consumer }) => consumer));
  expect(kept).not.toContain('old');
  expect(kept).not.toContain('flood');
  expect(inbox.length).toBeGreaterThan(0);
});
