import { randomUUID } from 'node:crypto';
import { PATIENCE } from '@landfall/config/patience';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
import { testAuthority } from './authority.ts';
import {
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
/** How far the service's clock is ahead of ours: nobody waits for real minutes. */
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
  const deadline = new Date(Date.now() + 10_000);
  const answer = await ownAlerts.list({}, { caller, correlationId: randomUUID(), deadline });
  return ownAlertProcedures.ownAlerts.list.output.parse(answer).firing;
}

/** Moves on by more than a reading is shared for. */
async function alertsIn(ms: number) {
  aheadMs += ms;
  return (await firing()).map(({ alert }) => alert);
}

async function published(): Promise<void> {
  await vi.waitFor(async () => {
    const text = await (await fetch(`${ingest.url}/metrics`)).text();
    aheadMs += 6_000;
    expect(text).toContain('landfall_consumer_pending{durable="fulfillment-notifications"} 1');
  }, PATIENCE);
}

test('with the worker stopped and a notification waiting there is an alert, which goes with the worker’s return', async () => {
  const token = await authority.token();
  expect((await deliver(ingest, token, notification())).status).toBe(200);
  await published();
  expect(await alertsIn(10_000)).not.toContain('NotificationsNotTaken');
  expect(await alertsIn(5 * MINUTE_MS)).toEqual(['NotificationsNotTaken']);
  const [alert] = await firing();
  expect(alert).toMatchObject({ severity: 'critical', unit: 'seconds' });
  expect(alert!.value).toBeGreaterThan(120);

  await using worker = await listenToFacts(bus);
  await vi.waitFor(() => expect(worker.seen).toHaveLength(1), PATIENCE);
  await vi.waitFor(async () => expect(await alertsIn(6_000)).toEqual([]), PATIENCE);
  const told = ingest.lines.filter((line) => line.includes('NotificationsNotTaken'));
  expect(told.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'alert',
    'alert is over',
  ]);
});

test('a worker that stops later is missed in the same way', async () => {
  const worker = await listenToFacts(bus);
  const token = await authority.token();
  await deliver(ingest, token, notification());
  await vi.waitFor(() => expect(worker.seen).toHaveLength(1), PATIENCE);
  await worker[Symbol.asyncDispose]();
  await deliver(ingest, token, notification());
  await published();
  expect(await alertsIn(5 * MINUTE_MS)).toEqual(['NotificationsNotTaken']);
});

test('without NATS a stored notification is told of as unpublished, with its age', async () => {
  await nats.stop();
  const token = await authority.token();
  expect((await deliver(ingest, token, notification())).status).toBe(200);
  aheadMs += 5 * MINUTE_MS;
  await vi.waitFor(async () => {
    const text = await (await fetch(`${ingest.url}/metrics`)).text();
    aheadMs += 6_000;
    expect(text).toContain('landfall_notifications_unpublished 1');
    const age = /^landfall_notifications_unpublished_oldest_seconds (\d+)/m.exec(text);
    expect(Number(age?.[1])).toBeGreaterThanOrEqual(300);
  }, PATIENCE);
  await nats.restart();
});

test('a stored notification that stays unpublished is an alert until it is published', async () => {
  // As with a full disk or a missing permission: published notifications cannot be marked.
  await query(
    database,
    `create function refuse() returns trigger language plpgsql as
       $$begin if new.published_at is null then return new; end if; raise 'refused'; end$$`,
  );
  await query(
    database,
    'create trigger refuse before update on notifications for each row execute function refuse()',
  );
  const token = await authority.token();
  expect((await deliver(ingest, token, notification())).status).toBe(200);
  expect(await alertsIn(6_000)).toEqual([]);
  expect(await alertsIn(5 * MINUTE_MS)).toContain('NotificationsUnpublished');

  await query(database, 'drop trigger refuse on notifications');
  await using _worker = await listenToFacts(bus);
  await vi.waitFor(async () => expect(await alertsIn(6_000)).toEqual([]), PATIENCE);
});

test('when every caller is refused it is an alert until a genuine one comes, or for a quarter of an hour', async () => {
  const refuse = async (token: string | undefined) => {
    for (let calls = 0; calls < 11; calls += 1) {
      expect((await deliver(ingest, token, notification())).status).toBe(401);
    }
  };
  // A reading that began before the last call may still be shared with the first question.
  const isTold = () =>
    vi.waitFor(
      async () => expect(await alertsIn(6_000)).toEqual(['WebhookCallersRefused']),
      PATIENCE,
    );
  await refuse(undefined);
  await isTold();
  expect(await alertsIn(16 * MINUTE_MS)).toEqual([]);
  aheadMs = 0;
  await refuse('no-token');
  await isTold();
  await using _worker = await listenToFacts(bus);
  expect((await deliver(ingest, await authority.token(), notification())).status).toBe(200);
  await vi.waitFor(async () => expect(await alertsIn(6_000)).toEqual([]), PATIENCE);
});

test('an unreadable call from a verified caller is an alert for as long as Microsoft repeats it', async () => {
  const token = await authority.token();
  expect((await deliver(ingest, token, '{"action": oops')).status).toBe(503);
  expect(await alertsIn(6_000)).toEqual(['NotificationsUnreadable']);
  expect(await alertsIn(9 * 60 * MINUTE_MS)).toEqual([]);
});

test('calls are counted by outcome, and no figure names a subscription', async () => {
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
