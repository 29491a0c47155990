import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { insertExchanges, type NewExchange } from '../src/store/exchanges.ts';
import { openFixture, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const exchangesOf = async (subscriptionId: string) =>
  (await fixture.client.subscriptions.exchanges.query({ subscriptionId, limit: 200 })).items;

const isSubscribed = (answer: unknown) =>
  (answer as { saasSubscriptionStatus?: string } | undefined)?.saasSubscriptionStatus ===
  'Subscribed';

test("Microsoft's answers are kept with its request ids and the reason for the call, without people", async () => {
  const subscriptionId = await subscribed(fixture, { beneficiary: 'ada@fabrikam.example' });
  const items = await until('the calls are stored', async () => {
    const found = await exchangesOf(subscriptionId);
    const calls = new Set(found.map(({ call }) => call));
    return calls.has('resolve') && calls.has('activate') && calls.has('get') && found;
  });
  const activation = items.find(({ call }) => call === 'activate');
  expect(activation).toMatchObject({ status: 200, attempt: 1, cause: 'activate' });
  expect(activation?.requestId).toMatch(/^[\da-f-]{36}$/);
  const reading = items.find(({ call, status }) => call === 'get' && status === 200);
  expect(reading?.answer).toMatchObject({ planId: 'starter', publisherId: 'contoso' });
  const { items: timeline } = await fixture.client.subscriptions.timeline.query({ subscriptionId });
  const flows = timeline.map(({ correlationId }) => correlationId);
  expect(flows).toContain(activation?.correlationId);
  const { rows } = await fixture.db.pool.query('select sent, answer from exchanges');
  expect(JSON.stringify(rows)).not.toMatch(/ada|@|token/i);
});

test('a failed call is kept with each of its attempts', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'get', status: 500, count: 1, subscriptionId });
  await fixture.intake.publish({ subscriptionId, action: 'Renew' });
  const failed = await until('the failure is stored', async () =>
    (await exchangesOf(subscriptionId)).find(({ status }) => status === 500),
  );
  expect(failed).toMatchObject({ failure: 'marketplace.unavailable', attempt: 1 });
});

test('only the newest calls of a subscription are kept, and their list is paged without gaps', async () => {
  const subscriptionId = await subscribed(fixture);
  await until('the last calls of the purchase are stored', async () => {
    const found = await exchangesOf(subscriptionId);
    const isActiveThere = found.some(({ answer }) => isSubscribed(answer));
    return isActiveThere && found.some(({ call }) => call === 'listAvailablePlans');
  });
  const exchange = (n: number): NewExchange => ({
    subscriptionId,
    call: `call-${n}`,
    at: new Date(),
    status: 200,
    failure: undefined,
    durationMs: 1,
    attempt: 1,
    requestId: randomUUID(),
    correlationId: 'c',
    cause: undefined,
    sent: undefined,
    answer: '{}',
  });
  const all = Array.from({ length: 205 }, (_, n) => exchange(n));
  await insertExchanges(fixture.db.kysely, all);
  const names: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await fixture.client.subscriptions.exchanges.query({
      subscriptionId,
      limit: 60,
      cursor,
    });
    names.push(...page.items.map(({ call }) => call));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(200);
  expect(names.find((name) => name.startsWith('call-'))).toBe('call-204');
});
