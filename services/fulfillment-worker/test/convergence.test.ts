import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { handled } from './decided.ts';
import {
  eventually,
  factKinds,
  kinds,
  openStage,
  purchase,
  settled,
  subscribed,
  type Stage,
} from './stage.ts';

/** Whatever the way by which we hear of it, and whatever stands in that way: Microsoft's record is it. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot();
});
afterEach(async () => {
  await stage.control.clearFaults();
  await stage.control.updateSettings({
    oddities: { flatRateQuantity: 'documented', reinstateNeedsAnswer: 'documented' },
  });
});
afterAll(() => stage[Symbol.asyncDispose]());

const view = (subscriptionId: string) => stage.client.subscriptions.get.query({ subscriptionId });

test.each([400, 404])(
  'what needs no answer is taken from the subscription where its operation is answered %i',
  async (status) => {
    const subscriptionId = await subscribed(stage);
    await stage.control.addFault({ endpoint: 'getOperation', status, subscriptionId });
    await stage.control.suspend(subscriptionId);
    await eventually('it is suspended', async () => {
      return (await view(subscriptionId)).status === 'Suspended';
    });
    await stage.control.cancel(subscriptionId);
    await eventually('it has ended', async () => {
      return (await view(subscriptionId)).status === 'Unsubscribed';
    });
    const facts = await factKinds(stage, subscriptionId);
    expect(facts).toEqual(['purchased', 'activated', 'suspended', 'unsubscribed']);
  },
);

test('a renewal of a flat-rate plan that is told with one seat changes no seats', async () => {
  await stage.control.updateSettings({ oddities: { flatRateQuantity: 'measured' } });
  const subscriptionId = await subscribed(stage);
  const { operationId } = await stage.control.renew(subscriptionId);
  await handled(stage, subscriptionId, operationId);
  expect((await view(subscriptionId)).quantity).toBeNull();
  expect(await factKinds(stage, subscriptionId)).toEqual(['purchased', 'activated', 'renewed']);
});

test.each([400, 404, 409, 500])(
  'a payment that Microsoft will not have confirmed (%i) restores the customer all the same',
  async (status) => {
    await stage.control.updateSettings({ oddities: { reinstateNeedsAnswer: 'measured' } });
    const subscriptionId = await subscribed(stage);
    const { operationId: suspended } = await stage.control.suspend(subscriptionId);
    await handled(stage, subscriptionId, suspended);
    await stage.control.addFault({ endpoint: 'patchOperation', status, subscriptionId });
    const { operationId } = await stage.control.reinstate(subscriptionId);
    await eventually('we have tried to confirm it', async () => {
      const { rows } = await stage.db.pool.query(
        `select 1 from tasks where subscription_id = $1 and kind = 'notification'
          and payload->>'operationId' = $2 and (rounds > 0 or attempts > 0)`,
        [subscriptionId, operationId],
      );
      return rows.length > 0;
    });
    await stage.control.advance(11_000);
    expect(await handled(stage, subscriptionId, operationId)).toBe('succeeded');
    expect((await view(subscriptionId)).status).toBe('Subscribed');
    expect(await kinds(stage, subscriptionId)).not.toContain('taskParked');
  },
);

test('what notifications tell and what reconciliation finds ends in the same record', async () => {
  const order = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };
  const [told, found] = [await subscribed(stage, order), await subscribed(stage, order)];
  const pending = [await purchase(stage, order), await purchase(stage, order)] as const;
  const webhook = { endpoint: 'webhook', drop: true } as const;
  for (const subscriptionId of [found, pending[1]]) {
    await stage.control.addFault({ ...webhook, subscriptionId });
  }
  const { control } = stage;
  for (const subscriptionId of [told, found]) {
    for (const step of [
      () => control.changePlan(subscriptionId, 'standard'),
      () => control.changeQuantity(subscriptionId, 9),
      () => control.renew(subscriptionId),
      () => control.suspend(subscriptionId),
    ]) {
      const { operationId } = await step();
      if (subscriptionId === told) await handled(stage, told, operationId);
      else await control.advance(11_000);
    }
  }
  for (const subscriptionId of pending) await control.cancel(subscriptionId);
  const { runId } = await stage.client.reconciliation.start.mutate({});
  await eventually('the run is over', async () => {
    const { state } = await stage.client.reconciliation.get.query({ runId });
    return state === 'completed';
  });
  for (const subscriptionId of [told, found, ...pending]) await settled(stage, subscriptionId);
  expect(await record(found)).toEqual(await record(told));
  expect(await record(pending[1])).toEqual(await record(pending[0]));
  expect(await record(found)).toMatchObject({ planId: 'standard', quantity: 9 });
});

/** What we have of a subscription, but for what tells it from another one and when things happened. */
async function record(subscriptionId: string) {
  const { state } = await stage.db.kysely
    .selectFrom('subscriptions')
    .select('state')
    .where('id', '=', subscriptionId)
    .executeTakeFirstOrThrow();
  const { id: _, activation: __, purchasedAt: ___, ...rest } = state;
  return rest;
}
