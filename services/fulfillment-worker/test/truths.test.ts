import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openFixture, subscribed, type Fixture } from './fixture.ts';
import { openReceiver } from './receiver.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const truthsOf = (subscriptionId: string) =>
  fixture.client.subscriptions.truths.query({ subscriptionId });
const reread = (subscriptionId: string) =>
  fixture.client.subscriptions.reread.mutate({ subscriptionId });
/** A subscription may be read again after five seconds. */
const pass = (subscriptionId: string) =>
  fixture.db.pool.query(
    `update subscriptions set read_at = read_at - interval '6 seconds' where id = $1`,
    [subscriptionId],
  );

test('a reading on request finds what Microsoft changed without a notification, and a second one at once is refused', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.setAutoRenew(subscriptionId, false);
  await pass(subscriptionId);
  const answer = await reread(subscriptionId);
  expect(answer).toMatchObject({
    subscriptionId,
    isKnown: true,
    changes: [{ field: 'autoRenew', before: true, after: false }],
  });
  await expect(reread(subscriptionId)).rejects.toThrow(/less than five seconds ago/);
  const calls = await until('the call is stored with its cause', async () => {
    const { items } = await fixture.client.subscriptions.exchanges.query({ subscriptionId });
    const made = items.filter(({ cause }) => cause === 'reread');
    return made.length > 0 && made;
  });
  expect(calls).toHaveLength(1);
  const exchangeId = calls[0]?.id;
  const one = await fixture.client.subscriptions.exchanges.query({ subscriptionId, exchangeId });
  expect(one.items).toEqual(calls);
});

test("Microsoft's reading is shown without people, and a difference to Landfall is named", async () => {
  const subscriptionId = await subscribed(fixture, { beneficiary: 'ada@fabrikam.example' });
  await until('the reading is stored', async () => {
    const { microsoft } = await truthsOf(subscriptionId);
    return microsoft.state === 'read' && microsoft.values?.status === 'Subscribed';
  });
  await fixture.db.pool.query(
    `update subscriptions set state = jsonb_set(state, '{planId}', '"other"') where id = $1`,
    [subscriptionId],
  );
  const truths = await truthsOf(subscriptionId);
  expect(JSON.stringify(truths)).not.toMatch(/ada|@|eyJ/);
  expect(truths.microsoft.values).toMatchObject({ status: 'Subscribed', planId: 'starter' });
  expect(truths.differences).toMatchObject([
    { field: 'planId', between: 'microsoft-landfall', microsoft: 'starter', landfall: 'other' },
  ]);
  expect(truths.differences[0]?.sentence).toMatch(
    /has the plan starter, and Landfall has the plan other/,
  );
});

test('each product shows the last event that it acknowledged, and what still waits for it', async () => {
  await using receiver = await openReceiver();
  const { destination } = await fixture.client.destinations.create.mutate({
    label: 'Backend',
    url: receiver.url,
  });
  const subscriptionId = await subscribed(fixture);
  const acknowledged = await until('the product has acknowledged the activation', async () => {
    const [product] = (await truthsOf(subscriptionId)).products;
    return (
      product?.acknowledged?.values.status === 'Subscribed' && product.waiting === 0 && product
    );
  });
  expect(acknowledged).toMatchObject({ destinationId: destination.id, label: 'Backend', dead: 0 });
  await fixture.client.destinations.disable.mutate({ destinationId: destination.id });
  await fixture.control.setAutoRenew(subscriptionId, false);
  await pass(subscriptionId);
  await reread(subscriptionId);
  const { products, differences } = await until('the next event waits', async () => {
    const truths = await truthsOf(subscriptionId);
    return truths.products[0]?.waiting === 1 && truths;
  });
  expect(products[0]).toMatchObject({ isEnabled: false, waiting: 1 });
  const ofProduct = differences.filter(({ between }) => between === 'landfall-product');
  expect(ofProduct).toMatchObject([
    { field: 'autoRenew', product: true, landfall: false, destinationId: destination.id },
  ]);
  expect(ofProduct[0]?.sentence).toMatch(/disabled, and 1 event waits/);
});

test('a subscription without a stored reading says so', async () => {
  const subscriptionId = await subscribed(fixture);
  await until(
    'the calls are stored',
    async () => (await truthsOf(subscriptionId)).microsoft.state === 'read',
  );
  await fixture.db.pool.query('delete from exchanges where subscription_id = $1', [subscriptionId]);
  expect((await truthsOf(subscriptionId)).microsoft).toEqual({ state: 'none' });
});
