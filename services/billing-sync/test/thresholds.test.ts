import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorKey } from '@landfall/servers/test-caller';
import { incidentHandlers } from '../src/procedures/incidents.ts';
import { thresholdHandlers } from '../src/procedures/thresholds.ts';
import { rateDueHours } from '../src/rating/rate-hours.ts';
import { HOUR, openStore, type StoreFixture } from './store-fixture.ts';

let store: StoreFixture;
beforeAll(async () => {
  store = await openStore();
  await store.db.kysely
    .insertInto('overrides')
    .values({
      publisherId: 'contoso',
      offerId: 'analytics',
      planId: 'starter',
      termUnit: '',
      dimension: 'reports',
      included: '100',
      since: store.now(),
      until: null,
    })
    .execute();
});
afterAll(() => store[Symbol.asyncDispose]());

const call = { caller: operatorKey, correlationId: 'test', deadline: new Date(8.64e15) };
const thresholds = () => thresholdHandlers(store);
const incidents = () => incidentHandlers(store);

const put = (subscriptionId: string, units: string) =>
  thresholds().put({ subscriptionId, dimension: 'reports', units }, call);

/** Usage that is rated an hour later. */
async function use(subscriptionId: string, quantity: string): Promise<void> {
  const [verdict] = await store.take([store.record({ subscriptionId, quantity })]);
  expect(verdict).toMatchObject({ outcome: 'taken' });
  store.advance(2 * HOUR);
  await rateDueHours({ db: store.db, now: store.now, graceMs: 0 }, () => false);
}

async function found(subscriptionId: string) {
  const answer = await incidents().list({ subscriptionId, limit: 50 }, call);
  if ('rejected' in answer) throw new Error(answer.message);
  return answer.items;
}

async function facts(subscriptionId: string) {
  const rows = await store.db.kysely
    .selectFrom('outbox')
    .selectAll()
    .where('subject', '=', 'billing.usage.thresholdCrossed')
    .execute();
  return rows
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    .filter((fact) => fact['subscriptionId'] === subscriptionId);
}

test('a limit is crossed once per term, with an incident and a fact, and again in the next term', async () => {
  const subscriptionId = await store.save();
  await put(subscriptionId, '50');
  await use(subscriptionId, '150');
  expect(await found(subscriptionId)).toEqual([]);

  await use(subscriptionId, '0.000001');
  await use(subscriptionId, '70');

  expect(await found(subscriptionId)).toMatchObject([
    { kind: 'threshold', dimension: 'reports', planId: 'starter', ours: '50.000001' },
  ]);
  expect(await facts(subscriptionId)).toMatchObject([{ limit: '50', overage: '50.000001' }]);

  await store.save({
    id: subscriptionId,
    at: store.ago(0),
    term: { startDate: store.ago(0), termUnit: 'P1M' },
  });
  await use(subscriptionId, '150');
  expect(await facts(subscriptionId)).toHaveLength(1);
  await use(subscriptionId, '1');
  expect(await facts(subscriptionId)).toHaveLength(2);
});

test('a limit that is already crossed raises its incident when it is set', async () => {
  const subscriptionId = await store.save();
  await use(subscriptionId, '160');

  await put(subscriptionId, '60');
  expect(await found(subscriptionId)).toEqual([]);

  await put(subscriptionId, '59.5');
  await put(subscriptionId, '59.5');
  expect(await found(subscriptionId)).toMatchObject([{ kind: 'threshold', ours: '60' }]);
  expect(await facts(subscriptionId)).toHaveLength(1);
});

test('limits are listed with the term in which they were crossed, and can be removed', async () => {
  const subscriptionId = await store.save();
  await put(subscriptionId, '1');
  await use(subscriptionId, '102');
  const list = () => thresholds().list({ subscriptionId, limit: 10 }, call);

  expect(await list()).toMatchObject({
    items: [
      { subscriptionId, dimension: 'reports', units: '1', crossedInTerm: expect.any(String) },
    ],
  });

  const threshold = { subscriptionId, dimension: 'reports', dryRun: false };
  const preview = await thresholds().remove({ ...threshold, dryRun: true }, call);
  expect(preview).toMatchObject({ removed: false, was: { dimension: 'reports', units: '1' } });
  expect(await list()).toMatchObject({ items: [{ subscriptionId }] });
  expect(await thresholds().remove(threshold, call)).toMatchObject({ removed: true });
  expect(await thresholds().remove(threshold, call)).toEqual({ removed: false });
  expect(await list()).toMatchObject({ items: [] });
});

test('a limit needs a known subscription and a quantity that can be kept', async () => {
  const subscriptionId = await store.save();

  expect(await put('unknown', '1')).toMatchObject({ rejected: 'subscription.not-found' });
  const limit = { subscriptionId, dimension: 'reports', units: 1e20 };
  expect(await thresholds().put(limit, call)).toMatchObject({ rejected: 'usage.quantity-invalid' });
});

test('an incident is settled once, by the caller, with a reason', async () => {
  const subscriptionId = await store.save();
  await put(subscriptionId, '1');
  await use(subscriptionId, '102');
  const [incident] = await found(subscriptionId);
  const settle = (reason: string, publisherId?: string) =>
    incidents().settle({ incidentId: incident?.id ?? '', reason, publisherId }, call);

  expect(await settle('not mine', 'fabrikam')).toMatchObject({ rejected: 'incident.not-found' });
  const settled = await settle('the customer knows');
  expect(settled).toMatchObject({ settled: true, isNew: true, reason: 'the customer knows' });
  expect(await settle('again')).toEqual(Object.assign(settled, { isNew: false }));

  expect(await found(subscriptionId)).toMatchObject([
    {
      reason: 'the customer knows',
      settledAt: store.now().toISOString(),
      settledBy: expect.any(String),
    },
  ]);
  const open = await incidents().list({ subscriptionId, isSettled: false, limit: 10 }, call);
  expect(open).toMatchObject({ items: [] });
});

test('a higher limit that is crossed on the day on which a person settled the first one opens the incident again', async () => {
  const subscriptionId = await store.save();
  await put(subscriptionId, '50');
  // The day must not end between the two.
  const day = 24 * HOUR;
  store.advance(day - (store.now().getTime() % day));
  await use(subscriptionId, '160');
  const [first] = await found(subscriptionId);
  const reason = 'The customer knows.';
  await incidents().settle({ incidentId: first?.id ?? '', reason }, call);
  await put(subscriptionId, '80');
  expect(await found(subscriptionId)).toMatchObject([{ reason }]);

  await use(subscriptionId, '40');

  const [again] = await found(subscriptionId);
  expect(again).toMatchObject({ kind: 'threshold', ours: '100' });
  expect(again?.settledAt).toBeUndefined();
});
