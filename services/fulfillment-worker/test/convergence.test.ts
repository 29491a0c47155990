import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { handled } from './decided.ts';
import {
  factKinds,
  kinds,
  openFixture,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

/** However a change reaches us, our record ends equal to Microsoft's. */

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(async () => {
  await fixture.control.clearFaults();
  await fixture.control.updateSettings({
    oddities: { flatRateQuantity: 'documented', reinstateNeedsAnswer: 'documented' },
  });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

test.each([400, 404])(
  'an effect that needs no answer is read from the subscription if its operation is answered with %i',
  async (status) => {
    const subscriptionId = await subscribed(fixture);
    await fixture.control.addFault({ endpoint: 'getOperation', status, subscriptionId });
    await fixture.control.suspend(subscriptionId);
    await until('it is suspended', async () => {
      return (await view(subscriptionId)).status === 'Suspended';
    });
    await fixture.control.cancel(subscriptionId);
    await until('it has ended', async () => {
      return (await view(subscriptionId)).status === 'Unsubscribed';
    });
    const facts = await factKinds(fixture, subscriptionId);
    expect(facts).toEqual(['purchased', 'activated', 'suspended', 'unsubscribed']);
  },
);

test('a renewal of a flat-rate plan that is notified with one seat changes no seats', async () => {
  await fixture.control.updateSettings({ oddities: { flatRateQuantity: 'measured' } });
  const subscriptionId = await subscribed(fixture);
  const { operationId } = await fixture.control.renew(subscriptionId);
  await handled(fixture, subscriptionId, operationId);
  expect((await view(subscriptionId)).quantity).toBeNull();
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated', 'renewed']);
});

test.each([400, 404, 409, 500])(
  'a payment restores the customer even if Microsoft refuses our answer (%i)',
  async (status) => {
    await fixture.control.updateSettings({ oddities: { reinstateNeedsAnswer: 'measured' } });
    const subscriptionId = await subscribed(fixture);
    const { operationId: suspended } = await fixture.control.suspend(subscriptionId);
    await handled(fixture, subscriptionId, suspended);
    await fixture.control.addFault({ endpoint: 'patchOperation', status, subscriptionId });
    const { operationId } = await fixture.control.reinstate(subscriptionId);
    await until('the worker has tried to confirm it', async () => {
      const { rows } = await fixture.db.pool.query(
        `select 1 from tasks where subscription_id = $1 and kind = 'notification'
          and payload->>'operationId' = $2 and (rounds > 0 or attempts > 0)`,
        [subscriptionId, operationId],
      );
      return rows.length > 0;
    });
    await fixture.control.advance(11_000);
    expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
    expect((await view(subscriptionId)).status).toBe('Subscribed');
    expect(await kinds(fixture, subscriptionId)).not.toContain('taskParked');
  },
);

test('notifications and reconciliation lead to the same record', async () => {
  const order = { offerId: 'teamdesk', planId: 'basic', quantity: 5 };
  // At the same time, so that their terms begin on the same day.
  const twice = <T>(begin: () => Promise<T>) => Promise.all([begin(), begin()]);
  const [told, found] = await twice(() => subscribed(fixture, order));
  const pending = await twice(() => purchase(fixture, order));
  const webhook = { endpoint: 'webhook', drop: true } as const;
  for (const subscriptionId of [found, pending[1]]) {
    await fixture.control.addFault({ ...webhook, subscriptionId });
  }
  const { control } = fixture;
  for (const subscriptionId of [told, found]) {
    for (const step of [
      () => control.changePlan(subscriptionId, 'standard'),
      () => control.changeQuantity(subscriptionId, 9),
      () => control.renew(subscriptionId),
      () => control.suspend(subscriptionId),
    ]) {
      const { operationId } = await step();
      if (subscriptionId === told) await handled(fixture, told, operationId);
      else await control.advance(11_000);
    }
  }
  for (const subscriptionId of pending) await control.cancel(subscriptionId);
  const { runId } = await fixture.client.reconciliation.start.mutate({});
  await until('the run is over', async () => {
    const { state } = await fixture.client.reconciliation.get.query({ runId });
    return state === 'completed';
  });
  for (const subscriptionId of [told, found, ...pending]) await settled(fixture, subscriptionId);
  expect(await record(found)).toEqual(await record(told));
  expect(await record(pending[1])).toEqual(await record(pending[0]));
  expect(await record(found)).toMatchObject({ planId: 'standard', quantity: 9 });
});

/** Our record of a subscription, without ids and times, for comparison. */
async function record(subscriptionId: string) {
  const { state } = await fixture.db.kysely
    .selectFrom('subscriptions')
    .select('state')
    .where('id', '=', subscriptionId)
    .executeTakeFirstOrThrow();
  const { id: _, activation: __, purchasedAt: ___, ...rest } = state;
  return rest;
}
