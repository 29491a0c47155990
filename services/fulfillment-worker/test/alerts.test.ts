import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import { metricLabels } from '@landfall/contracts/metric-spec';
import { ingestErasures, landingErasures } from '@landfall/contracts/streams';
import { inTransaction } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import { PATIENCE_MS } from '@landfall/config/patience';
import { configSchema } from '../src/config.ts';
import { enqueueFact } from '../src/facts.ts';
import { subscriptionState } from './deliveries-fixture.ts';
import { openReceiver } from './receiver.ts';
import { factKinds, openFixture, settled, subscribed, type Fixture } from './fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let fixture: Fixture;
/** How far the worker's clock is ahead of ours, so that the test need not wait for minutes. */
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  fixture = await openFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const now = () => new Date(Date.now() + aheadMs);

/** Starts the worker with these settings. */
const boot = (environment: Record<string, string> = {}) =>
  fixture.boot(configSchema.parse({ ...fixture.environment, ...environment }), now);

/** Moves the clock on by more than the time for which a reading is shared. */
async function firing() {
  aheadMs += 6_000;
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => fixture.client);
  const answer = await ownAlerts.list(
    {},
    {
      caller: { kind: 'service', name: 'gateway' },
      correlationId: randomUUID(),
      deadline: new Date(Date.now() + PATIENCE_MS),
    },
  );
  return ownAlertProcedures.ownAlerts.list.output.parse(answer).firing;
}
const alerts = async () => (await firing()).map(({ alert }) => alert).toSorted();
const alertsAre = (wanted: readonly string[]) =>
  until(`the alerts are ${wanted.join(', ') || 'none'}`, async () => {
    return JSON.stringify(await alerts()) === JSON.stringify(wanted);
  });

/** Waits until no work is open or under way. Open work would count as overdue when the clock is moved. */
async function untilNothingIsUnderWay(): Promise<void> {
  await until('no work is under way', async () => {
    const { rowCount } = await fixture.db.pool.query(
      `select from tasks where done_at is null and dead_at is null
        union all select from lanes where due_at is not null or lease_until is not null
        union all select from timers where due_at <= now()`,
    );
    return rowCount === 0;
  });
}

test('a parked task raises an alert until it is replayed', async () => {
  await boot();
  const subscriptionId = await subscribed(fixture);
  expect(await alerts()).toEqual([]);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 405, subscriptionId });
  await fixture.control.suspend(subscriptionId);
  await alertsAre(['TasksParked']);
  await fixture.control.clearFaults();
  const wanted = { subscriptionId, dryRun: false, requestedBy: 'operator 7' };
  await fixture.client.parkedTasks.replay.mutate(wanted);
  await settled(fixture, subscriptionId);
  await alertsAre([]);
});

test('a notification that is not processed for a quarter of an hour raises an alert until it is', async () => {
  await boot();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 503, subscriptionId });
  await fixture.control.suspend(subscriptionId);
  await until('the worker has the task', async () => {
    const { rowCount } = await fixture.db.pool.query(
      `select from tasks where kind = 'notification' and done_at is null`,
    );
    return rowCount === 1;
  });
  expect(await alerts()).toEqual([]);
  aheadMs += 20 * MINUTE_MS;
  expect(await alerts()).toContain('NotificationsUnprocessed');
  await fixture.control.clearFaults();
  await settled(fixture, subscriptionId);
  await alertsAre([]);
});

test('due work that no worker takes raises an alert until one takes it', async () => {
  await boot();
  const { pool } = fixture.db;
  // Held by Postgres' clock, so that no worker claims it, and long overdue by the worker's clock.
  await pool.query(
    `insert into lanes (subscription_id, lease_owner, lease_until)
      values ('s', 'gone', now() + interval '1 h')`,
  );
  expect(await alerts()).toEqual([]);
  aheadMs += HOUR_MS + 5 * MINUTE_MS;
  expect(await alerts()).toEqual(['TasksOverdue']);
  await pool.query('update lanes set lease_until = now()');
  await alertsAre([]);
});

test('a credential that ends soon is a warning that names its publisher, serious in the last days', async () => {
  const end = new Date(Date.now() + 10 * DAY_MS).toISOString().slice(0, 10);
  await boot({ FULFILLMENT_CREDENTIAL_EXPIRES: end, PUBLISHER_ID: 'contoso' });
  const [soon, ...others] = await firing();
  expect(others).toEqual([]);
  expect(soon).toMatchObject({ alert: 'CredentialExpiring', labels: { publisher: 'contoso' } });
  expect(soon!.value).toBeLessThan(10.1);
  aheadMs += 8 * DAY_MS;
  expect(await alerts()).toEqual(
    expect.arrayContaining(['CredentialEnding', 'CredentialExpiring']),
  );
});

test('a credential that Microsoft refuses raises an alert', async () => {
  await boot({ FULFILLMENT_CLIENT_SECRET: 'not the one' });
  await alertsAre(['CredentialRefused']);
});

test('a purchase that was never opened raises no alert', async () => {
  await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  await boot({ RECONCILE_INTERVAL: '24h' });
  await until('the comparison is over', async () => {
    const { items } = await fixture.client.reconciliation.list.query({ limit: 1 });
    return items[0]?.state === 'completed' && items[0].unopened === 1;
  });
  aheadMs += 6_000;
  expect(await alerts()).toEqual([]);
});

test('drift and an overdue comparison raise alerts', async () => {
  const { subscriptionId } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  await fixture.marketplace.activate({ subscriptionId, planId: 'starter' }, {});
  await until('it is active at Microsoft', async () => {
    return (await fixture.control.subscription(subscriptionId)).status === 'Subscribed';
  });
  await boot({ RECONCILE_INTERVAL: '24h' });
  await alertsAre(['DriftFound']);
  await untilNothingIsUnderWay();
  // The next comparison is due then too, and must not end before the test has read the alerts.
  await fixture.control.addFault({ endpoint: 'list', hold: true });
  aheadMs += 37 * HOUR_MS;
  expect(await alerts()).toEqual(['DriftFound', 'ReconcileOverdue']);
  await fixture.control.clearFaults();
});

test('without a schedule no comparison is overdue', async () => {
  await boot({ RECONCILE_INTERVAL: 'off' });
  aheadMs += 90 * DAY_MS;
  expect(await alerts()).toEqual([]);
});

test('a message that a consumer gave up on raises an alert that names the consumer', async () => {
  await boot();
  await fixture.bus.publishMessage('fulfillment.subscription.activated', '{}', {
    messageId: randomUUID(),
    correlationId: 'flow',
    occurredAt: new Date(),
  });
  await alertsAre(['DeadLetters']);
  const [letter] = await firing();
  expect(letter).toMatchObject({ value: 1, labels: { durable: 'billing-subscriptions' } });
});

test('an event that could not be delivered raises an alert for a day', async () => {
  await boot();
  await using receiver = await openReceiver();
  receiver.reply = () => ({ status: 400 });
  const { destination } = await fixture.client.destinations.create.mutate({
    label: 'product',
    url: receiver.url,
    types: ['subscription.activated'],
  });
  await subscribed(fixture);
  let last = await attempted(destination.id, 0);
  while (last.state !== 'dead') {
    expect(await alerts()).not.toContain('DeliveriesDead');
    aheadMs = new Date(last.nextAttemptAt ?? Number.NaN).getTime() - Date.now() + 10;
    last = await attempted(destination.id, last.attempts);
  }
  expect(await alerts()).toContain('DeliveriesDead');

  aheadMs += DAY_MS + HOUR_MS;
  expect(await alerts()).not.toContain('DeliveriesDead');
});

/** The destination's only delivery, after one more attempt. */
async function attempted(destinationId: string, moreThan: number) {
  // A replay that matches nothing wakes the sender. Its sweep would come too, but a second later.
  const wake = { destinationId, since: '9999-01-01T00:00:00Z', requestedBy: 'test', dryRun: false };
  await fixture.client.deliveries.replay.mutate(wake);
  return await until('the delivery was tried again', async () => {
    const [delivery] = (await fixture.client.deliveries.list.query({ destinationId })).items;
    return delivery && delivery.attempts > moreThan && delivery;
  });
}

test('a reconciliation that fails for an hour raises an alert until one completes', async () => {
  await fixture.control.addFault({ endpoint: 'list', status: 400 });
  await boot({ RECONCILE_INTERVAL: '24h' });
  const runsIn = (wanted: string) =>
    until(`a run is ${wanted}`, async () => {
      const { items } = await fixture.client.reconciliation.list.query({});
      return items.some(({ state }) => state === wanted);
    });
  await runsIn('failed');
  expect(await alerts()).toEqual([]);
  aheadMs += HOUR_MS;
  expect(await alerts()).toEqual(['ReconcileFailing']);

  await fixture.control.clearFaults();
  // Moving the clock has started another run, which may still be under way.
  await until('a run is started', async () => {
    const started = fixture.client.reconciliation.start.mutate({ dryRun: false });
    return await started.then(
      () => true,
      (error: unknown) => {
        expect(errorDetails(error)?.rejection).toBe('reconciliation.running');
        return false;
      },
    );
  });
  await runsIn('completed');
  await alertsAre([]);
});

test('facts that a consumer has not received for a quarter of an hour raise an alert until it receives them', async () => {
  await boot();
  const state = subscriptionState(randomUUID());
  const fact = { kind: 'personalDataErased', state, version: 1, at: now() } as const;
  const context = { cause: 'worker', correlationId: randomUUID() } as const;
  await inTransaction(fixture.db, (trx) => enqueueFact(trx, fact, context));
  expect(await factKinds(fixture, state.id)).toEqual(['personalDataErased']);
  expect(await alerts()).toEqual([]);
  aheadMs += 20 * MINUTE_MS;
  const waiting = await firing();
  expect(waiting.map(({ alert, labels }) => [alert, labels['durable']])).toEqual([
    ['ConsumerBehind', ingestErasures.durable],
    ['ConsumerBehind', landingErasures.durable],
  ]);

  await using _ingest = await fixture.bus.consume(ingestErasures, async () => {});
  await using _landing = await fixture.bus.consume(landingErasures, async () => {});
  await alertsAre([]);
});

test('stored facts that are not published raise an alert until they are published', async () => {
  await boot();
  // Relays take turns by this lock: a process that hangs holds it forever.
  const hung = await fixture.db.pool.connect();
  await hung.query('select pg_advisory_lock($1, hashtext(current_schema()))', [RELAY_LOCK]);
  try {
    await subscribed(fixture);
    await untilNothingIsUnderWay();
    expect(await alerts()).toEqual([]);
    aheadMs += 5 * MINUTE_MS;
    expect(await alerts()).toEqual([]);
    await alertsAre(['OutboxStuck']);
  } finally {
    await hung.query('select pg_advisory_unlock_all()');
    hung.release();
  }
  await alertsAre([]);
});

/** The number that the service kit's relay uses. */
const RELAY_LOCK = 0x6c66;

test('late decisions and failing destinations raise alerts', async () => {
  await boot();
  const { pool } = fixture.db;
  await pool.query(
    `insert into operations (subscription_id, operation_id, action, decision, reason, decided_at,
      deadline_at) values ('s', 'o', 'ChangePlan', 'refuse', 'no', now(), now() - interval '1 s')`,
  );
  // The check at the start may have begun earlier.
  await alertsAre(['DecisionsMissed']);
  await pool.query('delete from operations');
  const values = `'d', 'https://product.example', '{}', '{}', false`;
  const columns = 'id, label, url, types, offer_ids, is_ordered, created_at';
  await pool.query(
    `insert into destinations (${columns}, failing_since) values
      (gen_random_uuid(), ${values}, now(), now() - interval '1 h')`,
  );
  expect(await alerts()).toEqual([]);
  aheadMs += 20 * MINUTE_MS;
  expect(await alerts()).toEqual(['DestinationFailing']);
  await pool.query(`update destinations set state = 'disabled', disabled_because = 'failing'`);
  expect(await alerts()).toEqual(['DestinationDisabled']);
  await pool.query(`update destinations set disabled_because = 'operator'`);
  expect(await alerts()).toEqual([]);
});

test('no label of the worker’s metrics holds an id, an address or a name', async () => {
  const worker = await boot({ PUBLISHER_ID: 'contoso' });
  const subscriptionId = await subscribed(fixture);
  await fixture.client.subscriptions.get.query({ subscriptionId: randomUUID() }).catch(() => null);
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  const { tenantId } = fixture.emulator.identities.publisher;
  for (const part of [subscriptionId, tenantId, '@', 'fabrikam']) {
    expect(
      text
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .join('\n'),
    ).not.toContain(part);
  }
  const ours = text.split('\n').filter((line) => line.startsWith('landfall_'));
  const seen = new Set<string>();
  for (const [, name = '', value = ''] of ours.join('\n').matchAll(/(\w+)="([^"]*)"/g)) {
    if (name === 'le') continue;
    seen.add(name);
    const form = metricLabels[name as keyof typeof metricLabels];
    expect(form.test(value) || value === 'other', `${name}=${value}`).toBe(true);
  }
  expect([...seen].toSorted()).toEqual(
    expect.arrayContaining(['durable', 'operation', 'outcome', 'procedure', 'publisher', 'status']),
  );
});

const credentialStatus = () => fixture.client.credentials.status.query({});

test("an API that refuses all calls raises an alert at once, with Microsoft's text and the next step", async () => {
  await boot();
  const { purchaseToken } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  const message =
    'The application is not registered for the offers of ada@fabrikam.example (token eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.x).';
  for (const endpoint of ['resolve', 'get', 'list'] as const) {
    await fixture.control.addFault({ endpoint, status: 403, body: { error: { message } } });
  }
  await expect(fixture.client.purchases.resolve.mutate({ purchaseToken })).rejects.toMatchObject({
    data: { fault: 'marketplace.not-authorized' },
  });
  await alertsAre(['CredentialRefused']);
  expect(await credentialStatus()).toMatchObject({
    state: 'rejected',
    failure: 'marketplace.not-authorized',
    explanation: 'The application is not registered for the offers of … (token …).',
    nextStep: expect.stringContaining('Partner Center'),
  });

  await fixture.control.clearFaults();
  await alertsAre([]);
  expect((await credentialStatus()).failure).toBeUndefined();
  await fixture.client.purchases.resolve.mutate({ purchaseToken });
});

test('a wrong API address raises an alert, and no token counts as refused', async () => {
  await boot();
  const { purchaseToken } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  const body = { statusCode: 404, message: 'Resource not found' };
  for (const endpoint of ['resolve', 'list'] as const) {
    await fixture.control.addFault({ endpoint, status: 404, body });
  }
  await expect(fixture.client.purchases.resolve.mutate({ purchaseToken })).rejects.toMatchObject({
    data: { fault: 'marketplace.wrong-address', httpStatus: 503 },
  });
  await alertsAre(['CredentialRefused']);
  expect(await credentialStatus()).toMatchObject({
    failure: 'marketplace.wrong-address',
    explanation: 'Resource not found',
    nextStep: expect.stringContaining('MARKETPLACE_BASE_URL'),
  });
});

test('a refusal for one subscription does not count as a refused credential', async () => {
  await boot();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'get', status: 403, body: {}, subscriptionId });
  await fixture.control.addFault({ endpoint: 'list', latencyMs: 1, count: 1 });
  await fixture.control.suspend(subscriptionId);
  await until('the list was asked for', async () =>
    (await fixture.control.faults()).every(({ endpoint }) => endpoint !== 'list'),
  );
  await until('the state is known', async () => (await credentialStatus()).state === 'ok');
  expect(await alerts()).toEqual([]);
});
