import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { decodeSubscription } from '@landfall/marketplace/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../src/db/schema.ts';
import { observeSubscription, type ObserveOptions } from '../src/observe-subscription.ts';
import { findSubscription } from '../src/store/subscriptions.ts';
import { readTimeline, type Context } from '../src/store/timeline.ts';
import { log } from './fixture.ts';
import { openWorkerDatabase, type WorkerDatabase } from './worker-database.ts';

let database: WorkerDatabase;
let db: Db;
beforeAll(async () => {
  database = await openWorkerDatabase();
  ({ db } = database);
});
afterAll(() => database[Symbol.asyncDispose]());

const record = (id: string, status: string, fields: Record<string, unknown> = {}) =>
  decodeSubscription({
    id,
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    saasSubscriptionStatus: status,
    allowedCustomerOperations: ['Read'],
    ...fields,
  });

/** A reader that gets this answer from Microsoft. */
function reader(answer: () => ReturnType<Fulfillment['get']>) {
  const deps = {
    db,
    fulfillment: { get: answer },
    publisherId: undefined,
    log,
    now: () => new Date(),
  };
  const write: ObserveOptions['write'] = (fn) => inTransaction(db, fn);
  return (id: string, context: Partial<Context> = {}) =>
    observeSubscription(
      deps,
      id,
      { cause: 'notification', correlationId: randomUUID(), ...context },
      { write },
    );
}

const says = (seen: ReturnType<typeof record>) => reader(async () => seen);
const stateOf = async (id: string) => (await findSubscription(db.kysely, id))?.state;

test('a slow answer of Microsoft is not applied after a later one', async () => {
  const id = randomUUID();
  await says(record(id, 'Subscribed'))(id);
  const asked = Promise.withResolvers<void>();
  const late = Promise.withResolvers<ReturnType<typeof record>>();
  let readings = 0;
  const slow = reader(async () => {
    readings += 1;
    if (readings > 1) return record(id, 'Subscribed');
    asked.resolve();
    return await late.promise;
  })(id);
  await asked.promise;
  // Suspended and reinstated meanwhile: the later reading finds nothing new, so the version stays.
  await says(record(id, 'Subscribed'))(id);
  late.resolve(record(id, 'Suspended'));
  await slow;
  expect((await stateOf(id))?.status).toBe('Subscribed');
  expect(readings).toBe(2);
});

test('many concurrent readings of one subscription do not block each other', async () => {
  const id = randomUUID();
  await says(record(id, 'Subscribed'))(id);
  let readings = 0;
  const read = reader(async () => {
    readings += 1;
    return record(id, 'Subscribed');
  });
  await Promise.all(Array.from({ length: 20 }, () => read(id)));
  expect(readings).toBe(20);
});

test('an operation is the origin of only its own effects', async () => {
  const id = randomUUID();
  await says(record(id, 'Subscribed'))(id);
  const operationId = randomUUID();
  const seen = record(id, 'Suspended', { planId: 'growth' });
  await says(seen)(id, { operationId, action: 'ChangePlan' });
  const entries = await readTimeline(db.kysely, id, { after: 0, limit: 10 });
  const origins = entries.slice(2).map((entry) => [entry.kind, entry.operationId]);
  expect(origins).toEqual([
    ['planChanged', operationId],
    ['suspended', undefined],
  ]);
  const { rows } = await db.pool.query<{ body: string; causation_id: string | null }>(
    'select body, causation_id from outbox where body like $1',
    [`%${id}%`],
  );
  const facts = rows.map(({ body, causation_id: causationId }) => {
    const { kind, operationId: origin } = JSON.parse(body) as Record<string, string>;
    return { kind, origin, causationId: causationId ?? undefined };
  });
  expect(facts).toContainEqual({
    kind: 'planChanged',
    origin: operationId,
    causationId: operationId,
  });
  expect(facts).toContainEqual({ kind: 'suspended', origin: undefined, causationId: undefined });
});

test('an unknown status, term or right is kept and breaks nothing', async () => {
  const id = randomUUID();
  const odd = record(id, 'Hibernating', {
    term: { termUnit: 'P18M' },
    allowedCustomerOperations: ['Read', 'Gift'],
    somethingNew: { deep: true },
  });
  await says(odd)(id);
  expect(await stateOf(id)).toMatchObject({
    status: 'PendingFulfillmentStart',
    unrecognisedStatus: 'Hibernating',
    term: { termUnit: 'P18M' },
    allowedCustomerOperations: ['Read', 'Gift'],
  });
  await says(odd)(id);
  const page = { after: 0, limit: 10 };
  const kinds = (await readTimeline(db.kysely, id, page)).map(({ kind }) => kind);
  expect(kinds).toEqual(['purchased', 'statusUnrecognised']);
  await says(record(id, 'Subscribed', { term: { termUnit: 'P5Y' } }))(id);
  const after = await stateOf(id);
  expect(after).toMatchObject({ status: 'Subscribed', term: { termUnit: 'P5Y' } });
  expect(after?.unrecognisedStatus).toBeUndefined();
});

test('a record that Microsoft lost and found again is marked and unmarked', async () => {
  const id = randomUUID();
  await says(record(id, 'Subscribed'))(id);
  const lost = reader(async () => undefined);
  await lost(id);
  await lost(id);
  expect((await findSubscription(db.kysely, id))?.missingAt).toBeInstanceOf(Date);
  const page = { after: 0, limit: 10 };
  const kinds = (await readTimeline(db.kysely, id, page)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'missingAtMicrosoft')).toHaveLength(1);
  await says(record(id, 'Subscribed'))(id);
  await says(record(id, 'Subscribed'))(id);
  expect((await findSubscription(db.kysely, id))?.missingAt).toBeUndefined();
  const after = (await readTimeline(db.kysely, id, page)).map(({ kind }) => kind);
  expect(after.slice(kinds.length)).toEqual(['foundAtMicrosoft']);
});

test('seats, trial and test flags that one answer leaves out stay unchanged, and the product gets no event', async () => {
  const id = randomUUID();
  const whole = { quantity: 10, isFreeTrial: true, isTest: true };
  await says(record(id, 'Subscribed', whole))(id);
  const endDate = '2099-01-01';
  await says(record(id, 'Subscribed'))(id);
  await says(record(id, 'Subscribed', { term: { endDate } }))(id);
  expect(await stateOf(id)).toMatchObject(whole);
  const entries = await readTimeline(db.kysely, id, { after: 0, limit: 10 });
  expect(entries.map(({ kind }) => kind)).toEqual(['purchased', 'activated', 'detailsChanged']);
  await says(record(id, 'Subscribed', { quantity: null, isFreeTrial: false }))(id);
  expect(await stateOf(id)).toMatchObject({ quantity: null, isFreeTrial: false, isTest: true });
});

test('an incomplete answer is requested again at once, and counts if the next ones are incomplete too', async () => {
  const id = randomUUID();
  const poor = decodeSubscription({ id, saasSubscriptionStatus: 'Subscribed' });
  const answers = [poor, record(id, 'Subscribed', { quantity: 5 })];
  await reader(async () => answers.shift())(id);
  expect(await stateOf(id)).toMatchObject({ planId: 'starter', quantity: 5 });
  const other = randomUUID();
  await reader(async () => ({ ...poor, id: other }))(other);
  expect(await stateOf(other)).toMatchObject({ planId: '', status: 'Subscribed' });
});

test('a term that ends when it begins is on the timeline once, but not in the record', async () => {
  const id = randomUUID();
  await says(
    record(id, 'Subscribed', { term: { startDate: '2026-03-01', endDate: '2026-03-31' } }),
  )(id);
  const known = (await stateOf(id))?.term;
  const odd = record(id, 'Subscribed', {
    term: { startDate: '2026-03-09', endDate: '2026-03-09' },
  });
  await says(odd)(id);
  await says(odd)(id);
  expect((await stateOf(id))?.term).toEqual(known);
  const entries = await readTimeline(db.kysely, id, { after: 0, limit: 10 });
  expect(entries.map(({ kind }) => kind)).toEqual(['purchased', 'activated', 'termImpossible']);
  expect(entries[2]?.details).toMatchObject({ term: { endDate: '2026-03-09T00:00:00.000Z' } });
});

test.each([0, -1, 2.5, 'many'])(
  'a record with %j seats is on the timeline, once, and the known seats stay',
  async (quantity) => {
    const id = randomUUID();
    await says(record(id, 'Subscribed', { quantity: 5 }))(id);

    const odd = record(id, 'Subscribed', { quantity });
    await says(odd)(id);
    await says(odd)(id);

    expect((await stateOf(id))?.quantity).toBe(5);
    const entries = await readTimeline(db.kysely, id, { after: 0, limit: 10 });
    expect(entries.map(({ kind }) => kind)).toEqual([
      'purchased',
      'activated',
      'quantityImpossible',
    ]);
  },
);
