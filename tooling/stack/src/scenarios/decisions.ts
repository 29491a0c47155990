import { until } from '@landfall/servers/wait';
import { openProduct } from '../fixture/product.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buyAndActivate } from './buying.ts';
import type { Scenario } from './scenario.ts';

/** Microsoft accepts a change that is not answered within ten seconds. */
const AUTO_ACCEPT_MS = 11_000;

export const productRefuses: Scenario = {
  name: 'plan change refused by the product',
  guarantee: 'The product can refuse a plan change while Microsoft waits for the answer',
  playsAlone: true,
  async play(fixture) {
    const { api, control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'growth' });
    const before = await api.policies.get.query({});
    await using product = await openProduct(fixture.client, ({ change }) =>
      change.action === 'ChangePlan' && change.planId === 'starter'
        ? { answer: 'refuse', reason: 'reports-in-use' }
        : { answer: 'accept' },
    );
    try {
      await fixture.step('the publisher lets the product decide on plan changes', () =>
        api.policies.put.mutate({
          ...before,
          rules: [{ id: 'demo-ask', when: { action: 'ChangePlan' }, decision: 'ask' }],
          ask: { destinationId: product.destinationId, onSilence: 'accept' },
        }),
      );
      const operationId = await fixture.step(
        'the customer asks for Starter',
        async () => (await control.changePlan(id, 'starter')).operationId,
      );
      await fixture.step(
        'the product is asked once, by a signed call, and refuses in time',
        async () => {
          const operation = await settledOperation(fixture, id, operationId);
          const asked = product.questions.filter((one) => one.operationId === operationId);
          expectThat(asked.length === 1, `the product was asked once (${asked.length})`);
          expectThat(
            operation.outcome === 'refused',
            `the change was refused (${operation.outcome})`,
          );
          expectThat(operation.isInTime === true, 'the decision came in time');
          return operation;
        },
        ({ reason, decidedAt }) => `${reason} at ${decidedAt}`,
      );
      await fixture.agreed('the plan is unchanged', id, { planId: 'growth' });
    } finally {
      await api.policies.put.mutate(before);
    }
  },
};

export const lateRefusal: Scenario = {
  name: 'a refusal that comes too late',
  guarantee: 'If a refusal comes too late, Landfall changes the plan back and records it',
  playsAlone: true,
  async play(fixture) {
    const { api, control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'growth' });
    const before = await api.policies.get.query({});
    const clock = await control.clock();
    try {
      await fixture.step('the publisher refuses downgrades', () =>
        api.policies.put.mutate({
          ...before,
          rules: [
            {
              id: 'demo-no-downgrade',
              offerId: 'analytics',
              when: { action: 'ChangePlan', isDowngrade: true },
              decision: 'refuse',
            },
          ],
          plans: [{ offerId: 'analytics', planIds: ['starter', 'growth'] }],
          compensateLateRefusals: true,
        }),
      );
      const operationId = await fixture.step(
        'the notification is late; Microsoft accepts the downgrade',
        () => acceptedUnseen(fixture, id),
      );
      await fixture.agreed(
        'the notification arrives; Landfall changes the plan back',
        id,
        { planId: 'growth' },
        () => lateNotification(fixture, id, operationId),
      );
    } finally {
      await control.setClock({ offsetMs: clock.offsetMs });
      await api.policies.put.mutate(before);
    }
  },
};

async function acceptedUnseen(fixture: ScenarioFixture, id: string): Promise<string> {
  const { control } = fixture.client;
  const fault = await control.addFault({ endpoint: 'webhook', subscriptionId: id, drop: true });
  const { operationId } = await control.changePlan(id, 'starter');
  await control.advance(AUTO_ACCEPT_MS);
  await control.removeFault(fault.id);
  const { planId } = await control.subscription(id);
  expectThat(planId === 'starter', `the marketplace has Starter (${planId})`);
  return operationId;
}

async function lateNotification(
  fixture: ScenarioFixture,
  id: string,
  operationId: string,
): Promise<void> {
  await fixture.client.control.redeliver(operationId, { times: 1 });
  const operation = await settledOperation(fixture, id, operationId);
  expectThat(operation.outcome === 'overruled', `the refusal was overruled (${operation.outcome})`);
  await until('the change back has succeeded', async () => {
    const { api } = fixture.client;
    const { compensatedBy } = await settledOperation(fixture, id, operationId);
    if (compensatedBy === undefined) return undefined;
    const change = await api.subscriptions.change.query({ changeId: compensatedBy });
    return change.state === 'succeeded' ? change : undefined;
  });
}

async function settledOperation(
  fixture: ScenarioFixture,
  subscriptionId: string,
  operationId: string,
) {
  return await until('the operation is settled', async () => {
    const { items } = await fixture.client.api.subscriptions.operations.query({ subscriptionId });
    return items.find((one) => one.operationId === operationId && one.outcome !== undefined);
  });
}
