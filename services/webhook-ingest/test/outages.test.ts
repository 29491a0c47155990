import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DECISION_WINDOW_MS } from '@landfall/domain/operation';
import { startNats } from '@landfall/servers/nats';
import { startSilentProxy } from '@landfall/servers/silent-proxy';
import { throwAwayFolder } from '@landfall/servers/throw-away-servers';
import { testDatabase, testNats, testPostgres, type TestDatabase } from '@landfall/servers/testing';
import { openDatabase } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import { testAuthority } from './authority.ts';
import {
  areAllPublished,
  bootIngest,
  deliver,
  listenToFacts,
  notification,
  query,
  serveDecisions,
  silent,
  storedRows,
  testBus,
} from './fixture.ts';

/** The sweep takes notifications that are five seconds old; a reconnect is faster. */

test('without NATS, notifications are stored, answered 200, and published once it is back', async () => {
  await using database = await testDatabase();
  await using nats = await testNats();
  await using authority = await testAuthority();
  await using ingest = await bootIngest({ database, nats, issuer: authority });
  await nats.stop();
  const bodies = Array.from({ length: 10 }, () => notification({ action: 'Unsubscribe' }));
  const token = await authority.token();
  for (const body of bodies) expect((await deliver(ingest, token, body)).status).toBe(200);
  const readiness = await fetch(`${ingest.url}/readyz`);
  expect(readiness.status).toBe(200);
  expect(await readiness.json()).toEqual({ ready: true, checks: { postgres: true, nats: false } });
  await nats.restart();
  await using bus = await testBus(nats);
  await using facts = await listenToFacts(bus);
  await until('every notification is published', () => {
    const published = new Set<unknown>(facts.seen.map((fact) => fact.subscriptionId));
    const wanted = new Set(bodies.map((body) => body['subscriptionId']));
    return published.symmetricDifference(wanted).size === 0;
  });
  await until('every notification is marked as published', () => areAllPublished(database));
});

test('without Postgres, every action is answered 503 in time, and the repeat is taken once', async () => {
  await using database = await testPostgres();
  await using nats = await testNats();
  await using authority = await testAuthority();
  await using ingest = await bootIngest({ database, nats, issuer: authority });
  const token = await authority.token();
  await database.stop();
  const bodies = ['Renew', 'ChangePlan', 'Unsubscribe'].map((action) => notification({ action }));
  for (const body of bodies) {
    const startedAt = performance.now();
    const response = await deliver(ingest, token, body);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(performance.now() - startedAt).toBeLessThan(DECISION_WINDOW_MS);
  }
  expect((await fetch(`${ingest.url}/readyz`)).status).toBe(503);
  await database.restart();
  const [renewal] = bodies;
  await until(
    'the call is taken',
    async () => (await deliver(ingest, token, renewal)).status === 200,
  );
  const rows = await storedRows(database);
  expect(rows.filter((row) => row.subscription_id === renewal?.['subscriptionId'])).toHaveLength(1);
});

test('with a Postgres that hangs, even after slow keys, a call is answered 503 in time and its repeat is published once', async () => {
  await using database = await testDatabase();
  await using nats = await testNats();
  await using authority = await testAuthority();
  await using ingest = await bootIngest({ database, nats, issuer: authority });
  await using bus = await testBus(nats);
  await using facts = await listenToFacts(bus);
  const token = await authority.token();
  const body = notification({ action: 'Suspend' });
  authority.delayKeys(2_500);
  {
    await using _lock = await lockTable(database);
    const startedAt = performance.now();
    expect((await deliver(ingest, token, body)).status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(DECISION_WINDOW_MS);
  }
  expect((await deliver(ingest, token, body)).status).toBe(200);
  await until('the facts are published', () => facts.seen.length === 1);
  expect(await storedRows(database)).toHaveLength(1);
});

/** Without our own limit, the connections were released after 75 seconds. */
const SILENCE_ENDS_WITHIN_MS = 60_000;

test('a notification is answered in time even if Postgres connections fall silent', async () => {
  await using database = await testDatabase();
  await using nats = await testNats();
  await using authority = await testAuthority();
  await using proxy = await startSilentProxy(database.urlFor('webhook-ingest'));
  const throughProxy = { urlFor: () => proxy.url };
  await using ingest = await bootIngest({ database: throughProxy, nats, issuer: authority });
  const token = await authority.token();
  const bodies = Array.from({ length: 20 }, () => notification({ action: 'Renew' }));
  const deliverAll = () => Promise.all(bodies.map((body) => deliver(ingest, token, body)));
  await deliverAll();
  expect(proxy.fallSilent()).toBeGreaterThan(1);

  const startedAt = performance.now();
  // On a busy machine the one repeat may be too late. Microsoft delivers again after a 503.
  const delivered = bodies.map(async (body) => {
    for (;;) {
      const { status } = await deliver(ingest, token, body);
      if (status !== 503) return status;
    }
  });

  expect(new Set(await Promise.all(delivered))).toEqual(new Set([200]));
  expect(performance.now() - startedAt).toBeLessThan(SILENCE_ENDS_WITHIN_MS);
  expect(await storedRows(database)).toHaveLength(bodies.length);
});

test('a decision is answered in time even if the connection for its verdict falls silent', async () => {
  await using database = await testDatabase();
  await using nats = await testNats();
  await using authority = await testAuthority();
  await using proxy = await startSilentProxy(database.urlFor('webhook-ingest'));
  const throughProxy = { urlFor: () => proxy.url };
  await using ingest = await bootIngest({ database: throughProxy, nats, issuer: authority });
  await using bus = await testBus(nats);
  await using _worker = serveDecisions(bus, async () => {
    proxy.fallSilent();
    return { answer: 'refuse', reason: 'rule:x' };
  });
  const token = await authority.token();

  const body = notification({ action: 'ChangePlan', status: 'InProgress' });
  // On a busy machine, the only repeat may come too late.
  const status = await until('the verdict is stored', async () => {
    const startedAt = performance.now();
    const answer = await deliver(ingest, token, body);
    expect(performance.now() - startedAt).toBeLessThan(DECISION_WINDOW_MS);
    return answer.status !== 503 && answer.status;
  });

  expect(status).toBe(400);
  expect(await storedRows(database)).toMatchObject([{ verdict: 'refused', reason: 'rule:x' }]);
});

test('notifications that a crash left unpublished are swept once, by one of two instances', async () => {
  await using database = await testDatabase();
  await using nats = await testNats();
  await using authority = await testAuthority();
  const servers = { database, nats, issuer: authority };
  await using first = await bootIngest(servers);
  const left = await leaveUnpublished(database, 300);
  await using _second = await bootIngest(servers);
  await using bus = await testBus(nats);
  await using facts = await listenToFacts(bus);
  await until('every notification is marked as published', () => areAllPublished(database));
  await until('the facts are published', () => facts.seen.length === left.length);
  expect(new Set(facts.seen.map((fact) => fact.notificationId))).toEqual(new Set(left));
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
});

/** Blocks all access to the table until the lock is disposed of. */
async function lockTable(database: TestDatabase): Promise<AsyncDisposable> {
  const url = database.urlFor('webhook-ingest');
  const db = await openDatabase({ url, service: 'webhook-ingest', log: silent });
  const client = await db.pool.connect();
  await client.query('begin; lock table notifications in access exclusive mode');
  return {
    async [Symbol.asyncDispose]() {
      await client.query('rollback');
      client.release();
      await db[Symbol.asyncDispose]();
    },
  };
}

/** Inserts rows like a process that is killed right after its insert. */
async function leaveUnpublished(database: TestDatabase, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await query(
    database,
    `insert into notifications (id, dedupe_key, operation_id, subscription_id, action, body,
       problems, correlation_id, received_at, deliveries, last_delivered_at, verdict)
     select id, id::text, id::text, id::text, 'Renew', '{}', '[]', 'left-by-a-crash',
       now() - interval '1 minute', 1, now(), 'accepted'
     from unnest($1::uuid[]) as id`,
    [ids],
  );
  return ids;
}

test('notifications that JetStream confirmed and then lost are published again, even after a restart of the ingest', async () => {
  await using database = await testDatabase();
  await using authority = await testAuthority();
  const dir = throwAwayFolder();
  let nats = await startNats({ dir, throwAwayDir: dir });
  const { port, passwords } = nats;
  const destroyStore = async () => {
    await nats.kill();
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    nats = await startNats({ dir, port, passwords, throwAwayDir: dir });
  };
  const boot = () => bootIngest({ database, nats, issuer: authority });
  const first = await boot();
  const token = await authority.token();
  const confirmed = async () => {
    await until('every notification is marked as published', () => areAllPublished(database));
  };
  const expectPublished = async (wanted: readonly Record<string, unknown>[]) => {
    await using bus = await testBus(nats);
    await using facts = await listenToFacts(bus);
    const subscriptions = () => new Set(facts.seen.map((fact) => fact.subscriptionId));
    await until('the wanted notifications are published', () => {
      const expected = new Set<unknown>(wanted.map((body) => body['subscriptionId']));
      return expected.symmetricDifference(subscriptions()).size === 0;
    });
  };
  const bodies = Array.from({ length: 5 }, () => notification());
  for (const body of bodies) expect((await deliver(first, token, body)).status).toBe(200);
  await confirmed();

  await destroyStore();
  await expectPublished(bodies);

  await first[Symbol.asyncDispose]();
  await destroyStore();
  await using second = await boot();
  const another = notification();
  expect((await deliver(second, token, another)).status).toBe(200);
  await expectPublished([...bodies, another]);
  await second[Symbol.asyncDispose]();
  await nats.stop();
  rmSync(dir, { recursive: true, force: true });
});
