import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import {
  factKinds,
  kinds,
  openFixture,
  personOf,
  purchase,
  subscribed,
  type Fixture,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(() =>
  fixture.control.updateSettings({
    oddities: { subscriptionPeople: 'documented', subscriptionFields: 'documented' },
  }),
);
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });
const ADA = 'ada@fabrikam.example';
const TARA = 'tara@tailspin.example';

async function reconciled(): Promise<Awaited<ReturnType<typeof run>>> {
  const { runId } = await fixture.client.reconciliation.start.mutate({});
  return await until('the run is over', () => run(runId));
}

async function run(runId: string) {
  const seen = await fixture.client.reconciliation.get.query({ runId });
  return seen.state === 'completed' && seen;
}

test('people whom Microsoft names later are recorded, and count as drift until then', async () => {
  await fixture.control.updateSettings({ oddities: { subscriptionPeople: 'measured' } });
  const id = await purchase(fixture);
  expect(await view(id)).toMatchObject({ beneficiary: {}, purchaser: {} });
  await fixture.control.updateSettings({ oddities: { subscriptionPeople: 'documented' } });
  const ended = await reconciled();
  const { findings } = ended || {};
  expect(findings).toContainEqual(
    expect.objectContaining({
      subscriptionId: id,
      kind: 'drift',
      detail: 'beneficiaryChanged, purchaserChanged',
    }),
  );
  expect(await view(id)).toMatchObject({
    beneficiary: { ...personOf(fixture, ADA), emailId: ADA },
    purchaser: personOf(fixture, ADA),
  });
});

test('a transfer is on the timeline, is published as a fact without names, and ends the claim', async () => {
  const [ada, tara] = [personOf(fixture, ADA), personOf(fixture, TARA)];
  const id = await subscribed(fixture);
  const claim = (claimedBy: typeof ada, answers?: Record<string, string>) =>
    fixture.client.subscriptions.activate.mutate({ subscriptionId: id, claimedBy, answers });
  expect(await claim({ ...ada }, { company: 'Fabrikam' })).toMatchObject({ claimedBy: ada });

  await fixture.control.transfer(id, { beneficiary: TARA, purchaser: TARA });
  await reconciled();

  const after = await view(id);
  expect(after).toMatchObject({ beneficiary: tara, purchaser: tara });
  expect(after.claimedBy).toBeUndefined();
  expect(after.answers).toBeUndefined();
  const { items } = await fixture.client.subscriptions.timeline.query({ subscriptionId: id });
  const entry = items.find(({ kind }) => kind === 'beneficiaryChanged');
  expect(entry?.details).toEqual({
    fromTenantId: ada.tenantId,
    toTenantId: tara.tenantId,
    changed: ['tenantId', 'objectId', 'emailId'],
  });
  expect(await factKinds(fixture, id)).toEqual(
    expect.arrayContaining(['beneficiaryChanged', 'purchaserChanged']),
  );
  const fact = fixture.facts.find(
    ({ kind, subscription }) => subscription.id === id && kind === 'beneficiaryChanged',
  );
  expect(fact).toMatchObject({
    previous: { tenantId: ada.tenantId },
    subscription: { beneficiaryTenantId: tara.tenantId },
  });
  for (const said of [JSON.stringify(items), JSON.stringify(fact)]) {
    for (const name of [ADA, TARA, ada.objectId, tara.objectId]) expect(said).not.toContain(name);
  }
  await expect(claim(ada)).rejects.toMatchObject({
    data: { rejection: 'subscription.other-tenant' },
  });
  expect(await claim(tara)).toMatchObject({ claimedBy: tara });
});

test('a person of another organisation cannot claim, and no activation starts', async () => {
  const id = await purchase(fixture);
  const stranger = { tenantId: randomUUID(), objectId: randomUUID() };
  const asked = fixture.client.subscriptions.activate.mutate({
    subscriptionId: id,
    claimedBy: stranger,
  });
  await expect(asked).rejects.toMatchObject({ data: { rejection: 'subscription.other-tenant' } });
  expect(await kinds(fixture, id)).toEqual(['purchased']);
});

test('answers with missing fields change nothing and send no event to the product', async () => {
  await fixture.control.updateSettings({ oddities: { subscriptionFields: 'measured' } });
  const order = { offerId: 'teamdesk', planId: 'trial', quantity: 3, freeTrial: true };
  const id = await subscribed(fixture, order);
  for (const quantity of [4, 5]) {
    await fixture.control.changeQuantity(id, quantity);
    await until('seats', async () => (await view(id)).quantity === quantity);
  }
  await fixture.control.renew(id);
  await until('renewed', async () => (await factKinds(fixture, id)).includes('renewed'));
  const facts = fixture.facts.filter(({ subscription }) => subscription.id === id);
  const seats = facts
    .filter(({ kind }) => kind === 'quantityChanged')
    .map(({ previous, subscription }) => [previous?.quantity, subscription.quantity]);
  expect(seats).toEqual([
    [3, 4],
    [4, 5],
  ]);
  const trial = facts.map(({ subscription }) => subscription.isFreeTrial);
  expect(trial.indexOf(false)).toBe(trial.length - 1);
});
