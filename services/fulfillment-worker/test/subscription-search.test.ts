import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Subscription } from '@landfall/domain/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import { insertSubscription } from '../src/store/subscriptions.ts';
import { subscriptionState } from './deliveries-fixture.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

type Filter = Parameters<Fixture['client']['subscriptions']['list']['query']>[0];

let created = 0;

/** Stores a subscription, newer than the ones before it. */
async function store(changes: Partial<Subscription> = {}): Promise<string> {
  const status = 'Subscribed' as const;
  const state = { ...subscriptionState(randomUUID()), status, ...changes };
  created += 1;
  const at = new Date(Date.UTC(2026, 10, 1) + created * 1000);
  await inTransaction(fixture.db, (trx) => insertSubscription(trx, state, { version: 1, at }));
  return state.id;
}

const list = (filter: Filter) => fixture.client.subscriptions.list.query(filter);
const idsOf = async (filter: Filter) => (await list(filter)).items.map(({ id }) => id);
const query = (text: string, values: unknown[]) => fixture.db.pool.query(text, values);

/** All ids of the filter, page by page. */
async function paged(filter: Filter): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list({ ...filter, limit: 2, cursor });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === undefined) return ids;
  }
}

test('a subscription is found by each of its ids, by words of its name and by addresses', async () => {
  const person = (tenantId: string, objectId: string, emailId: string) => ({
    tenantId,
    objectId,
    emailId,
  });
  const beneficiary = person(randomUUID(), randomUUID(), 'Grace.Hopper@wingtip.example');
  const purchaser = person(randomUUID(), randomUUID(), 'buying@proseware.example');
  const claimedBy = person(randomUUID(), randomUUID(), 'owner@lucerne.example');
  const id = await store({
    name: 'Wingtip Toys – Données (EU)',
    beneficiary,
    purchaser,
    claimedBy,
  });
  const other = await store({ name: 'Tailspin Toys' });
  const changeId = randomUUID();
  await query(
    `insert into changes (id, subscription_id, kind, state, approved_by, operation_id, requested_at)
     values ($1, $2, 'Unsubscribe', 'failed', 'Ada', 'operation-of-change', now())`,
    [changeId, id],
  );
  await query(
    `insert into operations (subscription_id, operation_id, action) values ($1, $2, 'Renew')`,
    [id, 'operation-told'],
  );
  const searches = [
    id,
    id.toUpperCase(),
    id.slice(0, 9),
    changeId,
    'operation-of-change',
    'operation-told',
    ...[beneficiary, purchaser, claimedBy].flatMap((one) => Object.values(one)),
    'hopper',
    'grace.hop',
    'proseware',
    'wingtip toys',
    'TOYS wing',
    'donn',
    '(EU)',
  ];
  for (const search of searches) expect([search, await idsOf({ search })]).toEqual([search, [id]]);
  expect(await idsOf({ search: 'wingtip importers' })).toEqual([]);
  expect(await idsOf({ search: 'tailspin' })).toEqual([other]);
});

test("whatever is typed is a search and never part of PostgreSQL's query", async () => {
  const id = await store({ name: `O'Neill \\ & !co: <-> *|` });
  for (const search of ["o'neill", '\\', '& !co:', '<->', '*|', "o'neill &"]) {
    const wanted = search.length < 2 ? `${search}${search}` : search;
    await expect(list({ search: wanted })).resolves.toBeDefined();
  }
  expect(await idsOf({ search: "o'nei" })).toEqual([id]);
  expect(await idsOf({ search: "' | 'o" })).toEqual([]);
});

test('a name of any length is stored and found', async () => {
  const id = await store({ name: `contosolong ${'😀'.repeat(5_000)}` });
  expect(await idsOf({ search: 'contosolong' })).toEqual([id]);
});

test('what is erased can no longer be searched for', async () => {
  const objectId = randomUUID();
  const id = await store({ claimedBy: { objectId, emailId: 'leaver@margies.example' } });
  expect(await idsOf({ search: 'leaver' })).toEqual([id]);
  await query(`update subscriptions set state = state - 'claimedBy' where id = $1`, [id]);
  expect(await idsOf({ search: 'leaver' })).toEqual([]);
  expect(await idsOf({ search: objectId })).toEqual([]);
});

test('each filter limits the list, and filters are combined', async () => {
  const offerId = `filters-${randomUUID()}`;
  const term = (endDate: string) => ({ endDate: new Date(endDate), termUnit: 'P1M' });
  const renewing = await store({ offerId, term: term('2027-01-10'), planId: 'a' });
  const ending = await store({ offerId, term: term('2027-01-20'), autoRenew: false });
  const endless = await store({ offerId, term: {} });
  const ended = await store({ offerId, status: 'Unsubscribed', term: term('2026-01-01') });
  const failed = await store({
    offerId,
    status: 'PendingFulfillmentStart',
    activation: { state: 'failed', failure: 'product-silent' },
    provisioning: { state: 'failed', failure: 'product-silent' },
  });
  const of = (filter: Filter) => idsOf({ ...filter, offerId });
  expect(await of({ planId: 'a' })).toEqual([renewing]);
  expect(await of({ status: 'Unsubscribed' })).toEqual([ended]);
  expect(await of({ activation: 'failed' })).toEqual([failed]);
  expect(await of({ provisioning: 'failed', status: 'Subscribed' })).toEqual([]);
  expect(await of({ renewsBefore: '2027-01-11T00:00:00.000Z' })).toEqual([renewing]);
  expect(await of({ renewsBefore: '2027-01-10T00:00:00Z' })).toEqual([]);
  expect(await of({ endsBefore: '2027-02-01T00:00:00Z' })).toEqual([ending]);
  expect(await of({ sort: 'endsAt' })).toEqual([
    ended,
    renewing,
    ending,
    ...[endless, failed].toSorted(),
  ]);
  await query(`update subscriptions set updated_at = '2026-12-24T00:00:00Z' where id = $1`, [
    ending,
  ]);
  expect(await of({ updatedSince: '2026-12-24T00:00:00.000Z' })).toEqual([ending]);
});

test('the list says for whom a subscription waits', async () => {
  const offerId = `waits-${randomUUID()}`;
  const requestedAt = new Date();
  const pending = { offerId, status: 'PendingFulfillmentStart' } as const;
  const product = await store({ ...pending, activation: { state: 'provisioning', requestedAt } });
  const activating = await store({ ...pending, activation: { state: 'requested', requestedAt } });
  const changing = await store({ offerId });
  const customer = await store({ ...pending, activation: { state: 'none' } });
  const failed = await store({ ...pending, activation: { state: 'failed', failure: 'refused' } });
  const parked = await store({ offerId });
  await store({ offerId });
  await query(
    `insert into changes (id, subscription_id, kind, state, approved_by, requested_at)
     values ($1, $2, 'Unsubscribe', 'requested', 'Ada', now())`,
    [randomUUID(), changing],
  );
  await query('insert into lanes (subscription_id) values ($1)', [parked]);
  await query(
    `insert into tasks (subscription_id, kind, payload, correlation_id, dedupe_key, run_at, dead_at)
     values ($1, 'activate', '{}', 'c', $1, now(), now())`,
    [parked],
  );
  const waiting = (waitsFor: NonNullable<Filter['waitsFor']>) => idsOf({ offerId, waitsFor });
  expect(await waiting('product')).toEqual([product]);
  expect(await waiting('microsoft')).toEqual([changing, activating]);
  expect(await waiting('customer')).toEqual([customer]);
  expect(await waiting('operator')).toEqual([parked, failed]);
});

test('each order is paged without gaps, and its cursor belongs to no other order', async () => {
  const offerId = `orders-${randomUUID()}`;
  const names = ['delta', 'Alpha', 'alpha', 'charlie', 'Bravo'];
  for (const name of names) await store({ offerId, name });
  for (const sort of ['newest', 'name', 'endsAt'] as const) {
    const whole = await idsOf({ offerId, sort, limit: 200 });
    expect(whole).toHaveLength(names.length);
    expect(await paged({ offerId, sort })).toEqual(whole);
  }
  const { items, nextCursor } = await list({ offerId, sort: 'name', limit: 3 });
  expect(items.map(({ name }) => name.toLowerCase())).toEqual(['alpha', 'alpha', 'bravo']);
  await expect(list({ offerId, sort: 'endsAt', cursor: nextCursor })).rejects.toMatchObject({
    data: { rejection: 'cursor.invalid' },
  });
});

test('the total is the number of all matches and not of a page', async () => {
  const offerId = `total-${randomUUID()}`;
  for (let n = 0; n < 3; n += 1) await store({ offerId });
  expect(await list({ offerId, limit: 1, withTotal: true })).toMatchObject({ total: 3 });
  expect((await list({ offerId })).total).toBeUndefined();
});

test('a status that does not exist is refused, and a warning names an offer that nobody bought', async () => {
  const status = 'Subscribedd' as 'Subscribed';
  await expect(list({ status })).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } });
  await store({ offerId: 'team-desk', planId: 'starter' });
  const { items, warnings } = await list({ offerId: 'temdesk' });
  expect(items).toEqual([]);
  expect(warnings?.join(' ')).toContain('team-desk/starter');
  expect((await list({ offerId: 'team-desk' })).warnings).toBeUndefined();
  expect((await list({ offerId: 'team-desk', planId: 'startr' })).warnings).toHaveLength(1);
});

test('a warning names the offers of one publisher only, and a preview counts for its offer', async () => {
  const [publisherId, offerId] = [`p-${randomUUID()}`, `offer-${randomUUID()}`];
  await store({ publisherId, offerId: `${offerId}-preview`, planId: 'gold' });
  const warningsFor = async (filter: Filter) => (await list(filter)).warnings;
  expect(await warningsFor({ publisherId, offerId, planId: 'gold' })).toBeUndefined();
  expect(await warningsFor({ publisherId, planId: 'gold' })).toBeUndefined();
  expect(await warningsFor({ publisherId, offerId: 'other' })).toEqual([
    `No subscription of the offer "other" exists yet. Known are, as offer/plan: ${offerId}-preview/gold.`,
  ]);
  expect(await warningsFor({ publisherId: `p-${randomUUID()}`, offerId })).toEqual([
    `No subscription of the offer "${offerId}" exists yet. Landfall knows no subscription yet.`,
  ]);
});
