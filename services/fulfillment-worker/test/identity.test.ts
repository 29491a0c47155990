import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  eventually,
  factKinds,
  kinds,
  openStage,
  personOf,
  purchase,
  subscribed,
  type Stage,
} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot();
});
afterEach(() =>
  stage.control.updateSettings({
    oddities: { subscriptionPeople: 'documented', subscriptionFields: 'documented' },
  }),
);
afterAll(() => stage[Symbol.asyncDispose]());

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });
const ADA = 'ada@fabrikam.example';
const TARA = 'tara@tailspin.example';

async function reconciled(): Promise<Awaited<ReturnType<typeof run>>> {
  const { runId } = await stage.client.reconciliation.start.mutate({});
  return await eventually('the run is over', () => run(runId));
}

async function run(runId: string) {
  const seen = await stage.client.reconciliation.get.query({ runId });
  return seen.state === 'completed' && seen;
}

test('people that Microsoft names later are recorded, and count as drift until then', async () => {
  await stage.control.updateSettings({ oddities: { subscriptionPeople: 'measured' } });
  const id = await purchase(stage);
  expect(await view(id)).toMatchObject({ beneficiary: {}, purchaser: {} });
  await stage.control.updateSettings({ oddities: { subscriptionPeople: 'documented' } });
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
    beneficiary: { ...personOf(stage, ADA), emailId: ADA },
    purchaser: personOf(stage, ADA),
  });
});

test('a transfer is on the timeline, is published as a fact without names, and ends the claim', async () => {
  const [ada, tara] = [personOf(stage, ADA), personOf(stage, TARA)];
  const id = await subscribed(stage);
  const claim = (claimedBy: typeof ada, answers?: Record<string, string>) =>
    stage.client.subscriptions.activate.mutate({ subscriptionId: id, claimedBy, answers });
  expect(await claim({ ...ada }, { company: 'Fabrikam' })).toMatchObject({ claimedBy: ada });

  await stage.control.transfer(id, { beneficiary: TARA, purchaser: TARA });
  await reconciled();

  const after = await view(id);
  expect(after).toMatchObject({ beneficiary: tara, purchaser: tara });
  expect(after.claimedBy).toBeUndefined();
  expect(after.answers).toBeUndefined();
  const { items } = await stage.client.subscriptions.timeline.query({ subscriptionId: id });
  const entry = items.find(({ kind }) => kind === 'beneficiaryChanged');
  expect(entry?.details).toEqual({
    fromTenantId: ada.tenantId,
    toTenantId: tara.tenantId,
    changed: ['tenantId', 'objectId', 'emailId'],
  });
  expect(await factKinds(stage, id)).toEqual(
    expect.arrayContaining(['beneficiaryChanged', 'purchaserChanged']),
  );
  const fact = stage.facts.find(
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

test('a claim is refused to a person of another organisation, and starts no activation', async () => {
  const id = await purchase(stage);
  const stranger = { tenantId: randomUUID(), objectId: randomUUID() };
  const asked = stage.client.subscriptions.activate.mutate({
    subscriptionId: id,
    claimedBy: stranger,
  });
  await expect(asked).rejects.toMatchObject({ data: { rejection: 'subscription.other-tenant' } });
  expect(await kinds(stage, id)).toEqual(['purchased']);
});

test('answers that leave fields out change nothing and send no event to the product', async () => {
  await stage.control.updateSettings({ oddities: { subscriptionFields: 'measured' } });
  const order = { offerId: 'teamdesk', planId: 'trial', quantity: 3, freeTrial: true };
  const id = await subscribed(stage, order);
  for (const quantity of [4, 5]) {
    await stage.control.changeQuantity(id, quantity);
    await eventually('seats', async () => (await view(id)).quantity === quantity);
  }
  await stage.control.renew(id);
  await eventually('renewed', async () => (await factKinds(stage, id)).includes('renewed'));
  const facts = stage.facts.filter(({ subscription }) => subscription.id === id);
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
