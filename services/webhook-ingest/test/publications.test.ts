import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import type { RelayMessage } from '@landfall/service-kit/relay';
import type { Db, IngestTables } from '../src/db/schema.ts';
import { migrations } from '../src/db/migrations.ts';
import { readDelivery, type Delivery } from '../src/delivery/delivery.ts';
import { sweptFrom } from '../src/relay/notification-relay.ts';
import { storeDeliveries } from '../src/store/deliveries.ts';
import { createIntake, type Intake } from '../src/webhook/intake.ts';
import { notification, silent } from './fixture.ts';

let database: TestDatabase;
let db: Db;
let messages: RelayMessage[];
let intake: Intake;

beforeAll(async () => {
  database = await testDatabase();
  const url = database.urlFor('webhook-ingest');
  db = await openDatabase<IngestTables>({ url, service: 'webhook-ingest', log: silent });
  await migrate(db, migrations);
});

beforeEach(async () => {
  await db.pool.query('truncate notifications, publications');
  messages = [];
  const relay = { publishSoon: (message: RelayMessage) => void messages.push(message) };
  intake = createIntake({ db, relay, machineNow: () => new Date() });
});

afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function deliveryOf(changes: Record<string, unknown> = {}): Delivery {
  const text = JSON.stringify(notification(changes));
  return readDelivery(
    { text, bytes: Buffer.from(text) },
    {
      receivedAt: new Date(),
      correlationId: randomUUID(),
      tokenVersion: 2,
      publisherId: undefined,
      arrival: { id: randomUUID(), content: '{}', requestId: undefined, correlationId: undefined },
    },
  );
}

const idsIn = ({ body }: RelayMessage) =>
  (JSON.parse(body) as { notifications: { notificationId: string }[] }).notifications.map(
    ({ notificationId }) => notificationId,
  );

test('notifications that arrive together are published with one message', async () => {
  const deliveries = Array.from({ length: 40 }, () => deliveryOf());

  const stored = await Promise.all(deliveries.map((delivery) => intake.add(delivery)));

  expect(messages).toHaveLength(1);
  expect(messages.flatMap(idsIn)).toEqual(stored.map(({ id }) => id));
  const { rows } = await db.pool.query('select id, notification_ids from publications');
  expect(rows).toMatchObject([{ id: messages[0]?.id }]);
  expect((rows[0] as { notification_ids: string[] }).notification_ids.toSorted()).toEqual(
    stored.map(({ id }) => id).toSorted(),
  );
});

test('a repeat is not published again', async () => {
  const delivery = deliveryOf();
  await intake.add(delivery);
  await Promise.all([intake.add({ ...delivery, id: randomUUID() }), intake.add(deliveryOf())]);

  expect(messages.map((message) => idsIn(message).length)).toEqual([1, 1]);
});

test('a change is published after its decision, with a message of its own', async () => {
  const change = deliveryOf({ action: 'ChangePlan' });
  const [stored] = await Promise.all([intake.add(change), intake.add(deliveryOf())]);
  expect(messages.flatMap(idsIn)).not.toContain(stored.id);

  intake.publishDecided(stored, change);

  expect(messages.map(idsIn).at(-1)).toEqual([stored.id]);
});

test('a notification with a long name is published by itself, so that a message stays below the limit of NATS', async () => {
  const long = deliveryOf({ action: 'x'.repeat(10_000) });
  const others = [deliveryOf(), deliveryOf()];

  const [stored] = await Promise.all([long, ...others].map((delivery) => intake.add(delivery)));

  expect(messages.map(idsIn)).toContainEqual([stored?.id]);
  expect(messages).toHaveLength(2);
});

test('a statement that is repeated after a lost connection creates only one publication', async () => {
  const row = {
    delivery: deliveryOf(),
    publicationId: randomUUID(),
    sweptFrom: sweptFrom(new Date(), false),
  };

  const first = await storeDeliveries(db, [row]);
  const again = await storeDeliveries(db, [row]);

  expect(again).toEqual(first);
  const { rows } = await db.pool.query('select id from publications');
  expect(rows).toEqual([{ id: row.publicationId }]);
});
