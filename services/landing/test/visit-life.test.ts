import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retention } from '@landfall/contracts/retention';
import { openDatabase, type Database } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { applyRetention } from '@landfall/service-kit/retention';
import type { LandingTables } from '../src/db/schema.ts';
import { recordEvent } from '../src/store/events.ts';
import { insertVisit } from '../src/store/visits.ts';
import { type Fixture, openFixture } from './fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const never = new AbortController().signal;

let fixture: Fixture;
let database: Database<LandingTables>;
beforeAll(async () => {
  fixture = await openFixture();
  const url = fixture.database.urlFor('landing');
  const log = createLogger('landing', 'silent');
  database = await openDatabase<LandingTables>({ url, service: 'landing', log });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const removeAfter = (days: number, signal = never) => {
  const now = () => new Date(Date.now() + days * DAY_MS);
  return applyRetention({ database, rules: retention.landing.rules, config: {}, now }, signal);
};
const ids = async (table: 'visits' | 'events') =>
  (await fixture.rows(table)).map((row) =>
    table === 'visits' ? row['id'] : row['correlation_id'],
  );

async function visit(expiresInDays: number): Promise<string> {
  const id = randomUUID();
  await insertVisit(database.kysely, {
    id,
    supportCode: id,
    correlationId: id,
    tokenSealed: 'sealed',
    expiresAt: new Date(Date.now() + expiresInDays * DAY_MS),
  });
  return id;
}

test('a visit is deleted with its token when it expires, and not before', async () => {
  const [over, open] = [await visit(-0.01), await visit(1)];
  await removeAfter(0);
  expect(await ids('visits')).toContain(open);
  expect(await ids('visits')).not.toContain(over);
});

test('anonymous events are deleted after a week, others after more than a year', async () => {
  const db = database.kysely;
  const visitor = { tenantId: 'tenant', objectId: 'object' };
  await recordEvent(db, { kind: 'visit.opened', correlationId: 'nobody' });
  await recordEvent(db, { kind: 'visitor.refused', visitor, correlationId: 'somebody' });
  const bought = { id: randomUUID(), subscriptionId: 'subscription' };
  await recordEvent(db, {
    kind: 'confirmation.handedOver',
    visit: bought,
    correlationId: 'purchase',
  });
  await removeAfter(6);
  expect(await ids('events')).toEqual(['nobody', 'somebody', 'purchase']);
  await removeAfter(8);
  expect(await ids('events')).toEqual(['somebody', 'purchase']);
  await removeAfter(399);
  expect(await ids('events')).toEqual(['somebody', 'purchase']);
  await removeAfter(401);
  expect(await ids('events')).toEqual([]);
});

test('stopping the service does not wait for the retention of a large table', async () => {
  const over = await visit(-1);
  await removeAfter(0, AbortSignal.abort());
  expect(await ids('visits')).toContain(over);
});
