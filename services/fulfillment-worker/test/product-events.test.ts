import { createHmac, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyProductEvent } from '@landfall/client/events';
import { subscriptionFactKinds } from '@landfall/contracts/subscription-facts';
import type { SubscriptionEvent } from '@landfall/domain/events';
import { inTransaction } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { configSchema } from '../src/config.ts';
import { recordEvents } from '../src/record-events.ts';
import { start } from '../src/service.ts';
import {
  delivery,
  openDeliveryStage,
  subscriptionState,
  type DeliveryStage,
} from './deliveries-stage.ts';
import { eventually, personOf, subscribed } from './stage.ts';

const HOUR_MS = 3_600_000;

let world: DeliveryStage;
let logged = '';
beforeAll(async () => {
  world = await openDeliveryStage();
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  const { now, stage } = world;
  const log = createLogger('fulfillment-worker', 'debug', sink);
  const running = await start(configSchema.parse(stage.environment), { log, now });
  close = () => running[Symbol.asyncDispose]();
});
let close: () => PromiseLike<void>;
afterAll(async () => {
  await close();
  await world[Symbol.asyncDispose]();
});

/** Written down independently of the sender and of the client. */
function signatureBy(secret: string, headers: Record<string, unknown>, body: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

test('what the buyer does arrives at the product, signed, once and without personal data', async () => {
  const { destination, secret, receiver } = await world.destination();
  const subscriptionId = await subscribed(world.stage);
  await eventually('both events', () => receiver.receipts.length === 2);
  const [first, second] = receiver.receipts;
  for (const { headers, body } of receiver.receipts) {
    const { now } = world;
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
  const facts = world.stage.facts.filter((fact) => fact.subscription.id === subscriptionId);
  expect(receiver.receipts.map(({ event }) => event.id)).toEqual(facts.map((fact) => fact.eventId));
  await world.client.destinations.disable.mutate({ destinationId: destination.id });
});

test('the product is told what the buyer has answered, and no stream of facts is', async () => {
  const { destination, receiver } = await world.destination();
  const { client, control, facts } = world.stage;
  const answers = { company: 'Fabrikam', seats: '12' };
  const claimedBy = personOf(world.stage);
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
  await eventually('both', () =>
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
  const { destination, receiver } = await world.destination();
  const told = await Promise.all(subscriptionFactKinds.map((kind) => world.tell(kind)));
  await eventually('all', () => receiver.receipts.length === told.length);
  const types = new Set(receiver.receipts.map(({ event }) => event.type));
  expect(types).toEqual(new Set(subscriptionFactKinds.map((kind) => `subscription.${kind}`)));
  await world.client.destinations.disable.mutate({ destinationId: destination.id });
});

test('of what is recorded the published kinds are sent, in one go with the state', async () => {
  const { destination, receiver } = await world.destination({ offerIds: ['recorded'] });
  const snapshot = { ...subscriptionState(randomUUID(), 'recorded'), status: 'Subscribed' };
  const events: SubscriptionEvent[] = [
    { type: 'purchased', snapshot },
    { type: 'detailsChanged', snapshot },
    { type: 'statusUnrecognised', status: 'Paused' },
    { type: 'planChanged', from: 'starter', to: 'growth' },
  ];
  const context = { cause: 'notification', correlationId: 'c', operationId: 'o' } as const;
  await inTransaction(world.stage.db, (trx) =>
    recordEvents(trx, { before: undefined, events, at: world.now() }, context),
  );
  await eventually('both', () => receiver.receipts.length === 2);
  const sent = receiver.receipts.map(({ event }) => event);
  expect(await world.deliveriesOf(destination.id)).toHaveLength(2);
  expect(sent.find(({ type }) => type === 'subscription.planChanged')).toMatchObject({
    previous: { planId: 'starter' },
    operationId: 'o',
    subscription: { planId: 'growth' },
  });
});

test('a transaction that is rolled back sends nothing, a fact that is told twice is one event', async () => {
  const { destination, receiver } = await world.destination();
  const { db } = world.stage;
  const subscriptionId = randomUUID();
  const before = { state: subscriptionState(subscriptionId), version: 1 };
  const rolledBack = inTransaction(db, async (trx) => {
    await recordEvents(
      trx,
      { before, events: [{ type: 'suspended' }], at: world.now() },
      { cause: 'worker', correlationId: 'c' },
    );
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  const once = { subscriptionId, version: 7 };
  await world.tell('renewed', once);
  await world.tell('renewed', once);
  await delivery(world, destination.id, ({ state }) => state === 'delivered');
  expect(await world.deliveriesOf(destination.id)).toHaveLength(1);
  expect(receiver.receipts.map(({ event }) => event.type)).toEqual(['subscription.renewed']);
});

test('a destination gets the types and offers that it asked for', async () => {
  const { destination, receiver } = await world.destination({
    types: ['subscription.activated', 'subscription.suspended'],
    offerIds: ['teamdesk'],
  });
  await world.tell('activated', { offerId: 'analytics' });
  await world.tell('renewed', { offerId: 'teamdesk' });
  await world.tell('suspended', { offerId: 'teamdesk' });
  await delivery(world, destination.id, ({ state }) => state === 'delivered');
  expect(await world.deliveriesOf(destination.id)).toHaveLength(1);
  expect(receiver.receipts.map(({ event }) => event.type)).toEqual(['subscription.suspended']);
  const all = { destinationId: destination.id, label: 'all', url: receiver.url };
  await world.client.destinations.update.mutate(all);
  await world.tell('renewed', { offerId: 'analytics' });
  await eventually('now this one too', () => receiver.receipts.length === 2);
});

test("a purchase of an offer's preview listing is told where the offer is wanted, and not the other way round", async () => {
  const offer = await world.destination({ offerIds: ['planner'] });
  const preview = await world.destination({ offerIds: ['planner-preview'] });
  await world.tell('activated', { offerId: 'planner-preview' });
  await world.tell('activated', { offerId: 'planner' });
  expect(await world.deliveriesOf(offer.destination.id)).toHaveLength(2);
  expect(await world.deliveriesOf(preview.destination.id)).toHaveLength(1);
});

test('while a secret is rotated events carry both signatures, afterwards the new one alone', async () => {
  const { destination, secret: old, receiver } = await world.destination({ offerIds: ['rotated'] });
  const destinationId = destination.id;
  const { secret, destination: rotated } = await world.client.destinations.rotateSecret.mutate({
    destinationId,
    overlapHours: 2,
  });
  expect(rotated.secrets.map(({ expiresAt }) => expiresAt !== undefined)).toEqual([false, true]);
  await world.tell('renewed', { offerId: 'rotated' });
  const both = await eventually('the first', () => receiver.receipts[0]);
  expect(both.headers['webhook-signature']).toBe(
    [secret, old].map((one) => signatureBy(one, both.headers, both.body)).join(' '),
  );
  for (const one of [secret, old]) {
    const received = { headers: both.headers, body: both.body, secrets: [one] };
    expect(verifyProductEvent({ ...received, now: world.now() }).type).toBe('subscription.renewed');
  }
  world.advance(2 * HOUR_MS);
  await world.tell('renewed', { offerId: 'rotated' });
  const after = await eventually('the second', () => receiver.receipts[1]);
  expect(after.headers['webhook-signature']).toBe(signatureBy(secret, after.headers, after.body));
});

test('a ping is one attempt, to a disabled destination too, and is not retried', async () => {
  const { destination, secret, receiver } = await world.destination({ offerIds: ['none'] });
  const destinationId = destination.id;
  await world.client.destinations.disable.mutate({ destinationId });
  await world.client.destinations.ping.mutate({ destinationId });
  const { headers, body } = await eventually('the ping', () => receiver.receipts[0]);
  const event = verifyProductEvent({ headers, body, secrets: [secret], now: world.now() });
  expect(event).toMatchObject({ type: 'ping', version: 1 });
  receiver.reply = () => ({ status: 500 });
  const sent = await world.client.destinations.ping.mutate({ destinationId });
  await eventually('given up', async () => {
    const { state } = await world.client.deliveries.get.query({ deliveryId: sent.id });
    return state === 'dead';
  });
  expect(receiver.receipts).toHaveLength(2);
});

test('a secret is in the answer that made it and nowhere else, and a URL in no log', async () => {
  const { destination, secret, receiver } = await world.destination({ offerIds: ['quiet'] });
  receiver.reply = () => ({ status: 500, body: 'an answer with words of theirs' });
  await world.tell('renewed', { offerId: 'quiet' });
  const failed = await delivery(world, destination.id, ({ attempts }) => attempts === 1);
  const { client, stage } = world;
  const views = [
    await client.destinations.list.query({}),
    await client.deliveries.get.query({ deliveryId: failed.id }),
  ];
  const { rows } = await stage.db.pool.query('select to_jsonb(a) from delivery_attempts a');
  const stored = await stage.db.pool.query('select to_jsonb(d) from deliveries d');
  const seen = JSON.stringify([views, rows, stored.rows]);
  for (const text of [seen, logged]) {
    expect(text).not.toContain(secret.replace('whsec_', ''));
    expect(text).not.toContain('words of theirs');
  }
  const warned = await eventually('the trouble is told', () => {
    const lines = logged.split('\n').filter((line) => line.includes(destination.id));
    return lines.find((line) => line.includes('"level":"warn"'));
  });
  expect(warned).toContain('"status":500');
  expect(logged).not.toContain(receiver.url);
});
