import { createHmac, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyProductEvent } from '@landfall/client/events';
import { subscriptionFactKinds } from '@landfall/contracts/subscription-facts';
import type { SubscriptionEvent } from '@landfall/domain/events';
import { inTransaction } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { until } from '@landfall/servers/wait';
import { configSchema } from '../src/config.ts';
import { recordEvents } from '../src/record-events.ts';
import { start } from '../src/service.ts';
import {
  delivery,
  openDeliveryFixture,
  subscriptionState,
  type DeliveryFixture,
} from './deliveries-fixture.ts';
import { factKinds, personOf, subscribed } from './fixture.ts';

const HOUR_MS = 3_600_000;

let deliveryFixture: DeliveryFixture;
let logged = '';
beforeAll(async () => {
  deliveryFixture = await openDeliveryFixture();
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  const { now, fixture } = deliveryFixture;
  const log = createLogger('fulfillment-worker', 'debug', sink);
  const running = await start(configSchema.parse(fixture.environment), { log, now });
  close = () => running[Symbol.asyncDispose]();
});
let close: () => PromiseLike<void>;
afterAll(async () => {
  await close();
  await deliveryFixture[Symbol.asyncDispose]();
});

/** Written down independently of the sender and of the client. */
function signatureBy(secret: string, headers: Record<string, unknown>, body: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

test("a buyer's actions reach the product, signed, once and without personal data", async () => {
  // In order, because the receipts are compared with the facts.
  const ordered = { isOrdered: true };
  const { destination, secret, receiver } = await deliveryFixture.destination(ordered);
  const subscriptionId = await subscribed(deliveryFixture.fixture);
  await until('both events', () => receiver.receipts.length === 2);
  const [first, second] = receiver.receipts;
  for (const { headers, body } of receiver.receipts) {
    const { now } = deliveryFixture;
    const event = verifyProductEvent({ headers, body, secrets: [secret], now: now() });
    expect(event.id).toBe(headers['webhook-id']);
    expect(headers['webhook-signature']).toBe(signatureBy(secret, headers, body));
    expect(event.subscription).toMatchObject({ id: subscriptionId, publisherId: 'contoso' });
    expect(event.subscription?.beneficiary.tenantId).toBeDefined();
    expect(body).not.toMatch(/@|Ada/);
  }
  expect([first, second].map((receipt) => receipt?.event.type)).toEqual([
    'subscription.purchased',
    'subscription.activated',
  ]);
  await factKinds(deliveryFixture.fixture, subscriptionId);
  const facts = deliveryFixture.fixture.facts.filter(
    (fact) => fact.subscription.id === subscriptionId,
  );
  expect(receiver.receipts.map(({ event }) => event.id)).toEqual(facts.map((fact) => fact.eventId));
  await deliveryFixture.client.destinations.disable.mutate({ destinationId: destination.id });
});

test("only the product gets the buyer's answers, and no stream of facts holds them", async () => {
  const { destination, receiver } = await deliveryFixture.destination();
  const { client, control, facts } = deliveryFixture.fixture;
  const answers = { company: 'Fabrikam', seats: '12' };
  const claimedBy = personOf(deliveryFixture.fixture);
  const confirmed = async (offerId: string, planId: string) => {
    const bought = await control.purchase({ offerId, planId, beneficiary: 'ada@fabrikam.example' });
    const { subscriptionId, purchaseToken } = bought;
    await client.purchases.resolve.mutate({ purchaseToken });
    await client.subscriptions.activate.mutate({ subscriptionId, claimedBy, answers });
    return subscriptionId;
  };
  const activated = await confirmed('analytics', 'starter');
  const linked = await confirmed('pulse', 'essential');
  const told = (id: string, type: string) =>
    receiver.receipts.find(({ event }) => event.subscription?.id === id && event.type === type);
  await until('both', () =>
    Boolean(told(activated, 'subscription.activated') && told(linked, 'subscription.claimed')),
  );
  expect(told(activated, 'subscription.activated')?.event.answers).toEqual(answers);
  expect(told(linked, 'subscription.claimed')?.event.answers).toEqual(answers);
  expect(told(activated, 'subscription.purchased')?.event.answers).toBeUndefined();
  for (const subscriptionId of [activated, linked]) {
    expect(await client.subscriptions.get.query({ subscriptionId })).toMatchObject({ answers });
  }
  expect(JSON.stringify(facts)).not.toContain('Fabrikam');
  await client.destinations.disable.mutate({ destinationId: destination.id });
});

test('every kind of fact arrives as an event of its own type', async () => {
  const { destination, receiver } = await deliveryFixture.destination();
  const told = await Promise.all(
    subscriptionFactKinds.map((kind) => deliveryFixture.recordFact(kind)),
  );
  await until('all', () => receiver.receipts.length === told.length);
  const types = new Set(receiver.receipts.map(({ event }) => event.type));
  expect(types).toEqual(new Set(subscriptionFactKinds.map((kind) => `subscription.${kind}`)));
  await deliveryFixture.client.destinations.disable.mutate({ destinationId: destination.id });
});

test('published kinds of events are sent in the transaction that writes the state', async () => {
  const { destination, receiver } = await deliveryFixture.destination({ offerIds: ['recorded'] });
  const snapshot = { ...subscriptionState(randomUUID(), 'recorded'), status: 'Subscribed' };
  const events: SubscriptionEvent[] = [
    { type: 'purchased', snapshot },
    { type: 'detailsChanged', snapshot },
    { type: 'statusUnrecognised', status: 'Paused' },
    { type: 'planChanged', from: 'starter', to: 'growth' },
  ];
  const context = { cause: 'notification', correlationId: 'c', operationId: 'o' } as const;
  await inTransaction(deliveryFixture.fixture.db, (trx) =>
    recordEvents(trx, { before: undefined, events, at: deliveryFixture.now() }, context),
  );
  await until('both', () => receiver.receipts.length === 2);
  const sent = receiver.receipts.map(({ event }) => event);
  expect(await deliveryFixture.deliveriesOf(destination.id)).toHaveLength(2);
  expect(sent.find(({ type }) => type === 'subscription.planChanged')).toMatchObject({
    previous: { planId: 'starter' },
    operationId: 'o',
    subscription: { planId: 'growth' },
  });
});

test('a transaction that is rolled back sends nothing, and a repeated fact is one event', async () => {
  const { destination, receiver } = await deliveryFixture.destination();
  const { db } = deliveryFixture.fixture;
  const subscriptionId = randomUUID();
  const before = { state: subscriptionState(subscriptionId), version: 1 };
  const rolledBack = inTransaction(db, async (trx) => {
    await recordEvents(
      trx,
      { before, events: [{ type: 'suspended' }], at: deliveryFixture.now() },
      { cause: 'worker', correlationId: 'c' },
    );
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  const once = { subscriptionId, version: 7 };
  await deliveryFixture.recordFact('renewed', once);
  await deliveryFixture.recordFact('renewed', once);
  await delivery(deliveryFixture, destination.id, ({ state }) => state === 'delivered');
  expect(await deliveryFixture.deliveriesOf(destination.id)).toHaveLength(1);
  expect(receiver.receipts.map(({ event }) => event.type)).toEqual(['subscription.renewed']);
});

test('a destination gets only its types and offers', async () => {
  const { destination, receiver } = await deliveryFixture.destination({
    types: ['subscription.activated', 'subscription.suspended'],
    offerIds: ['teamdesk'],
  });
  await deliveryFixture.recordFact('activated', { offerId: 'analytics' });
  await deliveryFixture.recordFact('renewed', { offerId: 'teamdesk' });
  await deliveryFixture.recordFact('suspended', { offerId: 'teamdesk' });
  await delivery(deliveryFixture, destination.id, ({ state }) => state === 'delivered');
  expect(await deliveryFixture.deliveriesOf(destination.id)).toHaveLength(1);
  expect(receiver.receipts.map(({ event }) => event.type)).toEqual(['subscription.suspended']);
  const all = { destinationId: destination.id, types: [], offerIds: [] };
  await deliveryFixture.client.destinations.update.mutate(all);
  await deliveryFixture.recordFact('renewed', { offerId: 'analytics' });
  await until('now this one too', () => receiver.receipts.length === 2);
});

test('a filter on an offer also matches its preview listing, but not the other way round', async () => {
  const offer = await deliveryFixture.destination({ offerIds: ['planner'] });
  const preview = await deliveryFixture.destination({ offerIds: ['planner-preview'] });
  await deliveryFixture.recordFact('activated', { offerId: 'planner-preview' });
  await deliveryFixture.recordFact('activated', { offerId: 'planner' });
  expect(await deliveryFixture.deliveriesOf(offer.destination.id)).toHaveLength(2);
  expect(await deliveryFixture.deliveriesOf(preview.destination.id)).toHaveLength(1);
});

test('during a rotation events carry both signatures, afterwards only the new one', async () => {
  const {
    destination,
    secret: old,
    receiver,
  } = await deliveryFixture.destination({ offerIds: ['rotated'] });
  const destinationId = destination.id;
  const { secret, destination: rotated } =
    await deliveryFixture.client.destinations.rotateSecret.mutate({
      destinationId,
      overlapHours: 2,
    });
  expect(rotated.secrets.map(({ expiresAt }) => expiresAt !== undefined)).toEqual([false, true]);
  await deliveryFixture.recordFact('renewed', { offerId: 'rotated' });
  const both = await until('the first', () => receiver.receipts[0]);
  expect(both.headers['webhook-signature']).toBe(
    [secret, old].map((one) => signatureBy(one, both.headers, both.body)).join(' '),
  );
  for (const one of [secret, old]) {
    const received = { headers: both.headers, body: both.body, secrets: [one] };
    expect(verifyProductEvent({ ...received, now: deliveryFixture.now() }).type).toBe(
      'subscription.renewed',
    );
  }
  deliveryFixture.advance(2 * HOUR_MS);
  await deliveryFixture.recordFact('renewed', { offerId: 'rotated' });
  const after = await until('the second', () => receiver.receipts[1]);
  expect(after.headers['webhook-signature']).toBe(signatureBy(secret, after.headers, after.body));
});

test('a ping is one attempt, also at a disabled destination, and is not retried', async () => {
  const { destination, secret, receiver } = await deliveryFixture.destination({
    offerIds: ['none'],
  });
  const destinationId = destination.id;
  await deliveryFixture.client.destinations.disable.mutate({ destinationId });
  await deliveryFixture.client.destinations.ping.mutate({ destinationId });
  const { headers, body } = await until('the ping', () => receiver.receipts[0]);
  const event = verifyProductEvent({
    headers,
    body,
    secrets: [secret],
    now: deliveryFixture.now(),
  });
  expect(event).toMatchObject({ type: 'ping', version: 1 });
  receiver.reply = () => ({ status: 500 });
  const sent = await deliveryFixture.client.destinations.ping.mutate({ destinationId });
  await until('given up', async () => {
    const { state } = await deliveryFixture.client.deliveries.get.query({ deliveryId: sent.id });
    return state === 'dead';
  });
  expect(receiver.receipts).toHaveLength(2);
});

test('a secret is only in the answer that created it, and a URL is in no log', async () => {
  const { destination, secret, receiver } = await deliveryFixture.destination({
    offerIds: ['quiet'],
  });
  receiver.reply = () => ({ status: 500, body: 'an answer with words of theirs' });
  await deliveryFixture.recordFact('renewed', { offerId: 'quiet' });
  const failed = await delivery(deliveryFixture, destination.id, ({ attempts }) => attempts > 0);
  const { client, fixture } = deliveryFixture;
  const views = [
    await client.destinations.list.query({}),
    await client.deliveries.get.query({ deliveryId: failed.id }),
  ];
  const { rows } = await fixture.db.pool.query('select to_jsonb(a) from delivery_attempts a');
  const stored = await fixture.db.pool.query('select to_jsonb(d) from deliveries d');
  const seen = JSON.stringify([views, rows, stored.rows]);
  for (const text of [seen, logged]) {
    expect(text).not.toContain(secret.replace('whsec_', ''));
    expect(text).not.toContain('words of theirs');
  }
  const warned = await until('the failure is logged', () => {
    const lines = logged.split('\n').filter((line) => line.includes(destination.id));
    return lines.find((line) => line.includes('"level":"warn"'));
  });
  expect(warned).toContain('"status":500');
  expect(logged).not.toContain(receiver.url);
});
