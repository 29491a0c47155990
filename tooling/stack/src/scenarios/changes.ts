import { until } from '@landfall/servers/wait';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buyAndActivate } from './buying.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';

export const acceptedPlanChange: Scenario = {
  name: 'plan change by the customer',
  guarantee: 'An accepted plan change is in force on both sides',
  async play(fixture) {
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    await fixture.agreed('the customer moves to Growth', id, { planId: 'growth' }, () =>
      fixture.client.control.changePlan(id, 'growth'),
    );
  },
};

export const refusedPlanChange: Scenario = {
  name: 'plan change refused by a rule',
  guarantee: 'A plan change that a rule refuses changes neither side',
  async play(fixture) {
    const { api, control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'growth' });
    const before = await api.policies.get.query({});
    const rule = {
      id: 'demo-no-downgrade',
      offerId: 'analytics',
      when: { action: 'ChangePlan' as const, toPlanIds: ['starter'] },
      decision: 'refuse' as const,
    };
    try {
      await fixture.step('the publisher forbids the downgrade to Starter', () =>
        api.policies.put.mutate({ ...before, rules: [rule, ...before.rules] }),
      );
      const operationId = await fixture.step(
        'the customer asks for Starter anyway',
        async () => (await control.changePlan(id, 'starter')).operationId,
      );
      await fixture.step(
        'the webhook answers 400; the operation fails',
        async () => {
          const answers = await answersTo(fixture, id, operationId);
          expectThat(answers.includes(400), `the answer is 400 (${answers.join(', ')})`);
          return operationStatus(fixture, id, operationId);
        },
        (status) => `operation ${status}`,
      );
      await fixture.agreed('the plan is unchanged', id, { planId: 'growth' });
      await fixture.step('the refusal is on the timeline', () =>
        until('the timeline has "changeRefused"', async () =>
          (await timelineKinds(fixture.client, id)).includes('changeRefused') ? true : undefined,
        ),
      );
    } finally {
      await api.policies.put.mutate(before);
    }
  },
};

export const quantityChange: Scenario = {
  name: 'seat change by the customer',
  guarantee: 'A seat change is in force on both sides',
  async play(fixture) {
    const id = await buyAndActivate(fixture, {
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 10,
    });
    await fixture.agreed('the customer goes from 10 to 25 seats', id, { quantity: 25 }, () =>
      fixture.client.control.changeQuantity(id, 25),
    );
  },
};

export const publisherPlanChange: Scenario = {
  name: 'plan change by the publisher',
  guarantee: "A publisher's change is recorded only after Microsoft has confirmed it",
  async play(fixture) {
    const { api } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    const change = await fixture.step(
      'the customer approves; the publisher requests Growth (API)',
      () =>
        api.subscriptions.changePlan.mutate({
          subscriptionId: id,
          planId: 'growth',
          approvedBy: 'demo',
        }),
      (asked) => `change ${asked.state}`,
    );
    await fixture.agreed('both sides have Growth', id, { planId: 'growth' });
    await fixture.step('the change has succeeded', () =>
      until('the change has succeeded', async () => {
        const now = await api.subscriptions.change.query({ changeId: change.changeId });
        return now.state === 'succeeded' ? now : undefined;
      }),
    );
  },
};

export const customerCancels: Scenario = {
  name: 'cancel by the customer',
  guarantee: 'A cancelled subscription has ended on both sides, for good',
  async play(fixture) {
    const { control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    await fixture.agreed('the customer cancels', id, { status: 'Unsubscribed' }, () =>
      control.cancel(id),
    );
  },
};

export const publisherCancels: Scenario = {
  name: 'cancel by the publisher',
  guarantee: 'A cancellation by the publisher ends the subscription on both sides',
  async play(fixture) {
    const { api } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    await fixture.agreed(
      'the publisher cancels through the API',
      id,
      { status: 'Unsubscribed' },
      () => api.subscriptions.cancel.mutate({ subscriptionId: id, approvedBy: 'demo' }),
    );
  },
};

/** The HTTP statuses with which the webhook answered the marketplace. */
async function answersTo(fixture: ScenarioFixture, id: string, operationId: string) {
  return until('the notification is answered', async () => {
    const deliveries = await fixture.client.control.deliveries(id);
    const attempts = deliveries.find((one) => one.operationId === operationId)?.attempts ?? [];
    return attempts.length > 0 ? attempts.map(({ status }) => status) : undefined;
  });
}

async function operationStatus(
  fixture: ScenarioFixture,
  id: string,
  operationId: string,
): Promise<string> {
  return until('the operation has failed', async () => {
    const operation = (await fixture.client.control.operations(id)).find(
      (one) => one.id === operationId,
    );
    expectThat(operation !== undefined, 'the marketplace knows the operation');
    expectThat(operation.status !== 'Succeeded', 'the refused change did not succeed');
    return operation.status === 'Failed' ? operation.status : undefined;
  });
}
