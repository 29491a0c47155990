import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorKey } from '@landfall/servers/test-caller';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { openDatabase, type Database } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import type { LandingTables } from '../src/db/schema.ts';
import { recordEvent } from '../src/store/events.ts';
import { type Fixture, openFixture } from './fixture.ts';

const log = createLogger('test', 'silent');

let fixture: Fixture;
let database: Database<LandingTables>;
let bus: Bus;
beforeAll(async () => {
  fixture = await openFixture();
  const url = fixture.database.urlFor('landing');
  database = await openDatabase<LandingTables>({ url, service: 'landing', log });
  bus = await connectBus({ url: fixture.natsUrl, name: 'gateway', log });
});
afterAll(async () => {
  for (const each of [bus, database, fixture]) await each[Symbol.asyncDispose]();
});

test('a thousand refusals of one person leave a limited number of rows and the exact count', async () => {
  const visitor = { tenantId: 'personal', objectId: randomUUID() };
  const another = { tenantId: 'personal', objectId: randomUUID() };
  const denied = (who: typeof visitor) =>
    recordEvent(database.kysely, {
      kind: 'manage.denied',
      subscriptionId: randomUUID(),
      visitor: who,
      correlationId: randomUUID(),
    });

  for (let tried = 0; tried < 1000; tried += 1) await denied(visitor);
  await denied(another);

  const rows = (await fixture.rows('events')).filter(
    ({ object_id }) => object_id === visitor.objectId,
  );
  // For two hours, because the test may run across the start of an hour.
  expect(rows.length).toBeLessThanOrEqual(2 * 51);
  expect(rows.reduce((sum, { times }) => sum + Number(times), 0)).toBe(1000);
  const others = (await fixture.rows('events')).filter(
    ({ object_id }) => object_id === another.objectId,
  );
  expect(others).toHaveLength(1);
});

test('every event that changes something is recorded, no matter how often', async () => {
  const visitor = { tenantId: 'company', objectId: randomUUID() };
  for (let change = 0; change < 60; change += 1) {
    await recordEvent(database.kysely, {
      kind: 'change.requested',
      subscriptionId: 'subscription',
      visitor,
      correlationId: randomUUID(),
      detail: randomUUID(),
    });
  }
  const rows = (await fixture.rows('events')).filter(
    ({ object_id }) => object_id === visitor.objectId,
  );
  expect(rows).toHaveLength(60);
});

test("a publisher's pages and logos are limited, and another publisher can still store pages", async () => {
  const pages = procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller: operatorKey,
    correlationId: randomUUID,
  }).offerPages;
  // As if logos of 26 MB were stored. Only the bytes count.
  await database.pool.query(
    `insert into brand_files (name, content, publisher_id, used_at)
     select 'flood-' || n || '.png', decode(repeat('00', 65536), 'hex'), 'flooder', now()
     from generate_series(1, 512) as n`,
  );
  const page = { texts: {} };

  const refused = await pages.put.mutate({ publisherId: 'flooder', page }).then(
    () => undefined,
    (error: unknown) => errorDetails(error),
  );

  expect(refused).toMatchObject({ rejection: 'page.quota', code: 'CONFLICT' });
  expect(await pages.put.mutate({ publisherId: 'contoso', page })).toMatchObject({
    publisherId: 'contoso',
  });
});
