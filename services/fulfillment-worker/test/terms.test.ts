import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import {
  factKinds,
  kinds,
  openFixture,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });
const factOf = (subscriptionId: string, kind: string) =>
  until(kind, () =>
    fixture.facts.find((fact) => fact.subscription.id === subscriptionId && fact.kind === kind),
  );

test('the private offer of a purchase is looked up, recorded and shown', async () => {
  const privateOfferId = randomUUID();
  const bought = await subscribed(fixture, { planId: 'growth', termUnit: 'P1Y', privateOfferId });
  const shown = await until('shown', async () => {
    const seen = await view(bought);
    return seen.sourceOffers && seen;
  });
  expect(shown).toMatchObject({ sourceOffers: [privateOfferId], term: { termUnit: 'P1Y' } });
  await settled(fixture, bought);
  const said = await kinds(fixture, bought);
  expect(said.filter((kind) => kind === 'sourceOffersSeen')).toHaveLength(1);
});

test('a forbidden list of plans does not fail if the record can be read', async () => {
  const fault = await fixture.control.addFault({ endpoint: 'plans', status: 403 });
  const bought = await subscribed(fixture, { planId: 'growth', termUnit: 'P1Y' });
  await until('the timer is gone', async () => {
    const open = await fixture.db.kysely
      .selectFrom('timers')
      .select('id')
      .where('subscriptionId', '=', bought)
      .where('kind', '=', 'sourceOffers')
      .executeTakeFirst();
    return open === undefined;
  });
  expect(await kinds(fixture, bought)).not.toContain('sourceOffersSeen');
  await fixture.control.removeFault(fault.id);
});

test('a free trial that becomes paid is a renewal with that reason', async () => {
  const order = { offerId: 'teamdesk', planId: 'trial', quantity: 3, freeTrial: true };
  const subscriptionId = await subscribed(fixture, order);
  const before = await view(subscriptionId);
  expect(before.isFreeTrial).toBe(true);
  await fixture.control.renew(subscriptionId);
  const fact = await factOf(subscriptionId, 'renewed');
  expect(fact).toMatchObject({
    reason: 'trial-converted',
    subscription: { isFreeTrial: false, term: { termUnit: 'P1M' } },
  });
  const after = await view(subscriptionId);
  expect(Date.parse(after.term.startDate ?? '')).toBeGreaterThan(
    Date.parse(before.term.startDate ?? ''),
  );
  await fixture.control.renew(subscriptionId);
  await until('a second renewal', async () => {
    return (
      (await factKinds(fixture, subscriptionId)).filter((kind) => kind === 'renewed').length > 1
    );
  });
  const reasons = fixture.facts
    .filter((one) => one.kind === 'renewed' && one.subscription.id === subscriptionId)
    .map(({ reason }) => reason);
  expect(reasons).toEqual(['trial-converted', undefined]);
});

test('a trial that ends with a change to a paid plan is published with the change', async () => {
  const order = { offerId: 'teamdesk', planId: 'trial', quantity: 5, freeTrial: true };
  const subscriptionId = await subscribed(fixture, order);
  await fixture.control.changePlan(subscriptionId, 'standard');
  const fact = await factOf(subscriptionId, 'planChanged');
  expect(fact).toMatchObject({
    reason: 'trial-ended',
    subscription: { planId: 'standard', isFreeTrial: false },
  });
});

test('automatic renewal that the customer turns off and on again is recorded', async () => {
  const subscriptionId = await subscribed(fixture);
  for (const autoRenew of [false, true]) {
    await fixture.control.setAutoRenew(subscriptionId, autoRenew);
    await fixture.client.reconciliation.start.mutate({});
    await until('noticed', async () => (await view(subscriptionId)).autoRenew === autoRenew);
    await until('the run is over', async () => {
      const { items } = await fixture.client.reconciliation.list.query({});
      return items[0]?.state === 'completed';
    });
  }
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'activated',
    'autoRenewChanged',
    'autoRenewChanged',
  ]);
  const told = fixture.facts.filter(
    (one) => one.kind === 'autoRenewChanged' && one.subscription.id === subscriptionId,
  );
  expect(told.map(({ subscription }) => subscription.autoRenew)).toEqual([false, true]);
});

test("a partner's sandbox purchase is shown as what it is", async () => {
  const subscriptionId = await purchase(fixture, {
    purchaser: 'sam@adventure-works.example',
    isSandbox: true,
  });
  expect(await view(subscriptionId)).toMatchObject({
    channel: 'csp',
    sandboxType: 'Csp',
    isTest: false,
    allowedCustomerOperations: ['Read'],
  });
  const page = await fixture.client.subscriptions.timeline.query({ subscriptionId });
  expect(page.items[0]).toMatchObject({ kind: 'purchased', details: { sandboxType: 'Csp' } });
});

test('test purchases of every kind are listed separately from real ones, and published as tests', async () => {
  const real = await purchase(fixture);
  const kindsOfTest = [{ isTest: true }, { isDryRun: true }, { isSandbox: true }];
  const tests = await Promise.all(kindsOfTest.map((kind) => purchase(fixture, kind)));
  const listed = async (isTestPurchase: boolean) => {
    const page = await fixture.client.subscriptions.list.query({ isTestPurchase, limit: 200 });
    return page.items.map(({ id }) => id);
  };
  expect(await listed(true)).toEqual(expect.arrayContaining(tests));
  expect(await listed(true)).not.toContain(real);
  expect(await listed(false)).toContain(real);
  expect(await listed(false)).not.toEqual(expect.arrayContaining([tests[0]]));
  for (const id of tests) {
    expect(await view(id)).toMatchObject({ isTestPurchase: true });
    expect((await factOf(id, 'purchased')).subscription.isTest).toBe(true);
  }
  expect((await factOf(real, 'purchased')).subscription.isTest).toBe(false);
});
