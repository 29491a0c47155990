import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offerSettings } from '@landfall/contracts/settings';
import { deadLetterSubject } from '@landfall/contracts/streams';
import { createLogger } from '@landfall/service-kit/log';
import { until } from '@landfall/servers/wait';
import { giveUpWaiting } from '../src/deliveries/give-up-waiting.ts';
import { delivery, openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';
import { purchase, subscribed, type Client } from './fixture.ts';

let fixture: DeliveryFixture;
let client: Client;
beforeAll(async () => {
  fixture = await openDeliveryFixture();
  ({ client } = fixture);
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const query = (text: string, values: unknown[] = []) => fixture.fixture.db.pool.query(text, values);

describe('an update of a destination', () => {
  test('changes what it names and keeps the rest', async () => {
    const types = ['subscription.activated' as const];
    const settings = { types, offerIds: ['analytics'], isOrdered: true };
    const { destination } = await fixture.destination(settings);
    const update = (changes: object) =>
      client.destinations.update.mutate({ destinationId: destination.id, ...changes });
    expect(await update({ label: 'new' })).toMatchObject({ ...settings, label: 'new' });
    expect(await update({ types: [] })).toMatchObject({ ...settings, label: 'new', types: [] });
    expect(await update({})).toMatchObject({ url: destination.url, label: 'new' });
  });

  test('refuses plain http to another machine, which could never be delivered', async () => {
    const { destination } = await fixture.destination();
    for (const url of ['http://product.example/events', 'http://192.0.2.1/events']) {
      const update = { destinationId: destination.id, url };
      await expect(client.destinations.update.mutate(update)).rejects.toMatchObject({
        data: { rejection: 'destination.url-refused' },
      });
      await expect(client.destinations.create.mutate({ label: 'l', url })).rejects.toMatchObject({
        data: { rejection: 'destination.url-refused' },
      });
    }
  });

  test('warns of an offer that nobody has bought, and names what exists', async () => {
    await purchase(fixture.fixture, { offerId: 'teamdesk', planId: 'basic' });
    const { destination, warnings } = await fixture.destination({ offerIds: ['temdesk'] });
    expect(warnings?.join(' ')).toMatch(/"temdesk".*teamdesk\/basic/);
    const right = { destinationId: destination.id, offerIds: ['teamdesk'] };
    expect((await client.destinations.update.mutate(right)).warnings).toBeUndefined();
  });
});

describe('removing a destination', () => {
  test('takes its undelivered events along and keeps what was delivered', async () => {
    const { destination } = await fixture.destination();
    const destinationId = destination.id;
    await fixture.recordFact('renewed');
    const sent = await delivery(fixture, destinationId, ({ state }) => state === 'delivered');
    await client.destinations.disable.mutate({ destinationId });
    await fixture.recordFact('suspended');
    const { remove } = client.destinations;
    expect(await remove.mutate({ destinationId, dryRun: true })).toEqual({
      undelivered: 1,
      isRemoved: false,
    });
    expect(await fixture.deliveriesOf(destinationId)).toHaveLength(2);
    expect(await remove.mutate({ destinationId })).toEqual({ undelivered: 1, isRemoved: true });
    expect((await fixture.deliveriesOf(destinationId)).map(({ id }) => id)).toEqual([sent.id]);
    await expect(remove.mutate({ destinationId })).rejects.toMatchObject({
      data: { rejection: 'destination.not-found' },
    });
    await expect(client.deliveries.resend.mutate({ deliveryId: sent.id })).rejects.toMatchObject({
      data: { rejection: 'delivery.not-found' },
    });
    await fixture.recordFact('reinstated');
    expect(await fixture.deliveriesOf(destinationId)).toHaveLength(1);
  });

  test('is refused while the rules ask it to decide', async () => {
    const { destination } = await fixture.destination();
    const destinationId = destination.id;
    await client.policies.put.mutate({ rules: [], ask: { destinationId, onSilence: 'accept' } });
    for (const dryRun of [true, false]) {
      await expect(
        client.destinations.remove.mutate({ destinationId, dryRun }),
      ).rejects.toMatchObject({ data: { rejection: 'destination.in-use' } });
    }
    await client.policies.put.mutate({ rules: [] });
    expect(await client.destinations.remove.mutate({ destinationId })).toMatchObject({
      isRemoved: true,
    });
  });
});

test('a disabled destination keeps the newest waiting events, and the older ones become dead', async () => {
  const { destination } = await fixture.destination();
  const destinationId = destination.id;
  await client.destinations.disable.mutate({ destinationId });
  for (let event = 0; event < 4; event += 1) await fixture.recordFact('renewed');
  const { db } = fixture.fixture;
  const log = createLogger('test', 'silent');
  const giveUp = { db: db.kysely, log, now: fixture.now, most: 3 };
  await giveUpWaiting(giveUp, new AbortController().signal);
  const states = (await fixture.deliveriesOf(destinationId)).map(({ state }) => state);
  expect(states).toEqual(['dead', 'waiting', 'waiting', 'waiting']);
});

test('a resend without a name is stored with the key that asked for it', async () => {
  const { destination } = await fixture.destination();
  await fixture.recordFact('renewed');
  const { id } = await delivery(fixture, destination.id, ({ state }) => state === 'delivered');
  await client.deliveries.resend.mutate({ deliveryId: id });
  const history = await until('the second attempt was made', async () => {
    const found = await client.deliveries.get.query({ deliveryId: id });
    return found.history.length === 2 && found.history;
  });
  expect(history[1]?.requestedBy).toMatch(/^key /);
});

test('a setting that is not named stays, null inherits again, and the answer shows both', async () => {
  const { get, put } = client.settings;
  await put.mutate({ settings: { retentionDays: 40 } });
  const offerId = 'teamdesk';
  await put.mutate({ offerId, settings: { waitForProduct: true } });
  const changed = await put.mutate({ offerId, settings: { timeoutHours: 3 } });
  const own = { waitForProduct: true, timeoutHours: 3 };
  expect(changed).toMatchObject({ ...own, retentionDays: 40, own });
  expect(changed.own).toEqual(own);
  expect(await get.query({ offerId: 'teamdesk-preview' })).toMatchObject({ ...own, own: {} });
  const cleared = await put.mutate({ offerId, settings: { waitForProduct: null } });
  expect(cleared).toMatchObject({ waitForProduct: false, own: { timeoutHours: 3 } });
  expect((await put.mutate({ offerId: 'temdesk', settings: {} })).warnings).toHaveLength(1);
  await put.mutate({ settings: { retentionDays: null } });
  expect((await get.query({})).retentionDays).toBe(offerSettings.parse({}).retentionDays);
});

test('rules about an offer or plan that nobody has bought are saved with a warning', async () => {
  await purchase(fixture.fixture, { offerId: 'teamdesk', planId: 'basic' });
  const rule = (offerId: string, plan: string) => ({
    id: `${offerId}-${plan}`,
    offerId,
    when: { action: 'ChangePlan' as const, toPlanIds: [plan] },
    decision: 'refuse' as const,
  });
  const rules = [rule('teamdesk', 'basic'), rule('teamdesk', 'basci'), rule('temdesk', 'basic')];
  const { warnings } = await client.policies.put.mutate({ rules });
  expect(warnings).toHaveLength(2);
  expect((await client.policies.get.query({})).rules).toHaveLength(3);
  await client.policies.put.mutate({ rules: [] });
});

test('a dry run of a cancellation checks everything and changes nothing', async () => {
  const subscriptionId = await subscribed(fixture.fixture);
  const asked = { subscriptionId, approvedBy: 'Ada', dryRun: true };
  const { consequences } = await client.subscriptions.cancel.mutate(asked);
  expect(consequences?.join(' ')).toContain('cannot be reactivated');
  const view = await client.subscriptions.get.query({ subscriptionId });
  expect(view).toMatchObject({ status: 'Subscribed' });
  expect(view.pendingChange).toBeUndefined();
  await query(
    `update subscriptions set state = jsonb_set(state, '{status}', '"Unsubscribed"') where id = $1`,
    [subscriptionId],
  );
  await expect(client.subscriptions.cancel.mutate(asked)).rejects.toMatchObject({
    data: { rejection: 'subscription.ended' },
  });
});

test('a change to a plan that nobody has is requested with a warning', async () => {
  const subscriptionId = await subscribed(fixture.fixture);
  const change = { subscriptionId, planId: 'grwoth', approvedBy: 'Ada' };
  const { state, warnings } = await client.subscriptions.changePlan.mutate(change);
  expect(state).toBe('requested');
  expect(warnings?.join(' ')).toContain('"grwoth"');
});

test('a discarded parked task is over for good, and the timeline says why', async () => {
  const subscriptionId = await subscribed(fixture.fixture);
  await query(
    `insert into tasks (subscription_id, kind, payload, correlation_id, dedupe_key, run_at, dead_at, last_error)
     values ($1, 'converge', '{}', 'c', $1, now(), now(), 'marketplace.refused')`,
    [subscriptionId],
  );
  const { parkedTasks } = client;
  const wanted = { subscriptionId, because: 'The customer has left.' };
  expect(await parkedTasks.discard.mutate(wanted)).toEqual({
    matched: 1,
    discarded: 0,
    items: [{ taskId: expect.any(Number), subscriptionId, kind: 'converge' }],
  });
  expect((await parkedTasks.list.query({ subscriptionId })).items).toHaveLength(1);
  const done = await parkedTasks.discard.mutate({ ...wanted, dryRun: false });
  expect(done).toEqual({ matched: 1, discarded: 1 });
  expect((await parkedTasks.list.query({ subscriptionId })).items).toEqual([]);
  const replay = await parkedTasks.replay.mutate({ subscriptionId, dryRun: false });
  expect(replay).toEqual({ matched: 0, replayed: 0 });
  const { items } = await client.subscriptions.timeline.query({ subscriptionId, order: 'newest' });
  expect(items.find(({ kind }) => kind === 'taskDiscarded')?.details).toEqual({
    task: 'converge',
    reason: 'marketplace.refused',
    because: 'The customer has left.',
  });
  await expect(
    parkedTasks.discard.mutate({ because: 'everything', dryRun: false }),
  ).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } });
});

test('a dead letter names its publisher, and is gone once it is discarded', async () => {
  const durable = 'test-letters';
  const fact = { subscription: { publisherId: 'contoso' } };
  await fixture.fixture.bus.publishMessage(deadLetterSubject(durable), JSON.stringify(fact), {
    messageId: 'letter-1',
    correlationId: 'c',
    occurredAt: new Date(),
  });
  const { deadLetters } = client;
  const listed = async () => (await deadLetters.list.query({ durable })).items;
  const [letter] = await listed();
  expect(letter).toMatchObject({ publisherId: 'contoso', durable });
  const wanted = { durable, because: 'A test.' };
  expect(await deadLetters.discard.mutate(wanted)).toEqual({
    matched: 1,
    discarded: 0,
    items: [{ sequence: letter?.sequence, durable, subject: letter?.subject }],
  });
  expect(await listed()).toHaveLength(1);
  const done = await deadLetters.discard.mutate({ ...wanted, dryRun: false });
  expect(done).toEqual({ matched: 1, discarded: 1 });
  expect(await listed()).toEqual([]);
});
