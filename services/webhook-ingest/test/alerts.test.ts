import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { until } from '@landfall/servers/wait';
import { testAuthority } from './authority.ts';
import {
  areAllPublished,
  bootIngest,
  deliver,
  listenToFacts,
  notification,
  query,
  testBus,
  type Ingest,
} from './fixture.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let nats: TestNats;
let authority: Awaited<ReturnType<typeof testAuthority>>;
let ingest: Ingest;
let bus: Bus;
/** How far the service's clock is ahead, so that the tests need not wait for minutes. */
let aheadMs: number;

beforeEach(async () => {
  aheadMs = 0;
  [database, nats, authority] = await Promise.all([
    testDatabase({ services: ['webhook-ingest'] }),
    testNats(),
    testAuthority(),
  ]);
  const now = () => new Date(Date.now() + aheadMs);
  ingest = await bootIngest({ database, nats, issuer: authority, now });
  bus = await testBus(nats);
});
afterEach(async () => {
  for (const each of [bus, ingest, authority, nats, database]) await each[Symbol.asyncDispose]();
});

async function firing() {
  const caller = { kind: 'service', name: 'gateway' } as const;
  const transport = procedureTransport(bus);
  const client = procedureClient({
    owner: 'webhook-ingest',
    transport,
    caller,
    correlationId: () => randomUUID(),
  });
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => client);
  const deadline = new Date(Date.now() + PATIENCE_MS);
  const answer = await ownAlerts.list({}, { caller, correlationId: randomUUID(), deadline });
  return ownAlertProcedures.ownAlerts.list.output.parse(answer).firing;
}

/** Moves the clock by more than the time for which a reading is cached. */
async function alertsIn(ms: number) {
  aheadMs += ms;
  return (await firing()).map(({ alert }) => alert);
}

/** Waits for the publication, and puts the clock back: an alert depends on how long the notification has waited. */
async function published(): Promise<void> {
  const before = aheadMs;
  await until('the notification waits for the worker', async () => {
    aheadMs = aheadMs === before ? before + 6_000 : before;
    const text = await (await fetch(`${ingest.url}/metrics`)).text();
    return text.includes('landfall_consumer_pending{durable="fulfillment-notifications"} 1');
  });
  await until('it is marked as published', () => areAllPublished(database));
  aheadMs = before;
}

test('a notification that waits for a stopped worker raises an alert, which ends when the worker is back', async () => {
  const token = await authority.token();
  expect((await deliver(ingest, token, notification())).status).toBe(200);
  await published();
  expect(await alertsIn(10_000)).not.toContain('NotificationsNotTaken');
  expect(await alertsIn(5 * MINUTE_MS)).toEqual(['NotificationsNotTaken']);
  const [alert] = await firing();
  expect(alert).toMatchObject({ severity: 'critical', unit: 'seconds' });
  expect(alert!.value).toBeGreaterThan(120);

  await using worker = await listenToFacts(bus);
  await until('the worker has the fact', () => worker.seen.length === 1);
  await until('no alert is left', async () => (await alertsIn(6_000)).length === 0);
  const messages = ingest.lines.filter((line) => line.includes('NotificationsNotTaken'));
  expect(messages.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'alert',
    'alert is over',
  ]);
});

test('a worker that stops later raises the same alert', async () => {
  const worker = await listenToFacts(bus);
  const token = await authority.token();
  await deliver(ingest, token, notification());
  await until('the worker has the fact', () => worker.seen.length === 1);
  await worker[Symbol.asyncDispose]();
  await deliver(ingest, token, notification());
  await published();
  expect(await alertsIn(5 * MINUTE_MS)).toEqual(['NotificationsNotTaken']);
});

test('without NATS, a stored notification is reported as unpublished, with its age', async () => {
  await nats.stop();
  const token = await authority.token();
  expect((await deliver(ingest, token, notification())).status).toBe(200);
  aheadMs += 5 * MINUTE_MS;
  await until('the notification counts as unpublished for five minutes', async () => {
    const text = await (await fetch(`${ingest.url}/metrics`)).text();
    aheadMs += 6_000;
    const age = /^landfall_notifications_unpublished_oldest_seconds (\d+)/m.exec(text);
    return text.includes('landfall_notifications_unpublished 1') && Number(age?.[1]) >= 300;
  });
  await nats.restart();
});

test('a stored notification that stays unpublished raises an alert until it is published', async () => {
  // Like a full disk or a missing permission: publications cannot be marked.
  await query(
    database,
    `create function refuse() returns trigger language plpgsql as
       $$begin if new.published_at is null then return new; end if; raise 'refused'; end$$`,
  );
  await query(
    database,
    'create trigger refuse before update on publications for each row execute function refuse()',
  );
  const token = await authority.token();
  expect((await deliver(ingest, token, notification())).status).toBe(200);
  expect(await alertsIn(6_000)).toEqual([]);
  expect(await alertsIn(5 * MINUTE_MS)).toContain('NotificationsUnpublished');

  await query(database, 'drop trigger refuse on publications');
  await using _worker = await listenToFacts(bus);
  await until('no alert is left', async () => (await alertsIn(6_000)).length === 0);
});

test('refusing every caller raises an alert until a verified one calls, or for a quarter of an hour', async () => {
  const refuse = async (token: string | undefined) => {
    for (let calls = 0; calls < 11; calls += 1) {
      expect((await deliver(ingest, token, notification())).status).toBe(401);
    }
  };
  // A reading that began before the last call may still be cached.
  const isTold = () =>
    until(
      'the refused callers raise an alert',
      async () => (await alertsIn(6_000)).join() === 'WebhookCallersRefused',
    );
  await refuse(undefined);
  await isTold();
  expect(await alertsIn(16 * MINUTE_MS)).toEqual([]);
  aheadMs = 0;
  await refuse('no-token');
  await isTold();
  await using _worker = await listenToFacts(bus);
  expect((await deliver(ingest, await authority.token(), notification())).status).toBe(200);
  await until('no alert is left', async () => (await alertsIn(6_000)).length === 0);
});

test('an unreadable call from a verified caller raises an alert for as long as Microsoft repeats it', async () => {
  const token = await authority.token();
  expect((await deliver(ingest, token, '{"action": oops')).status).toBe(503);
  expect(await alertsIn(6_000)).toEqual(['NotificationsUnreadable']);
  expect(await alertsIn(9 * 60 * MINUTE_MS)).toEqual([]);
});

test('calls are counted by outcome, and no metric names a subscription', async () => {
  const body = notification();
  await deliver(ingest, await authority.token(), body);
  await deliver(ingest, undefined, body);
  aheadMs += 6_000;
  const text = await (await fetch(`${ingest.url}/metrics`)).text();
  expect(text).toContain('landfall_webhook_calls_total{outcome="accepted"} 1');
  expect(text).toContain('landfall_webhook_calls_total{outcome="missing"} 1');
  expect(text).toContain('_count{route="/webhook",status="401"} 1');
  for (const id of [body['subscriptionId'], body['id'], authority.tenantId]) {
    expect(text).not.toContain(String(id));
  }
});
