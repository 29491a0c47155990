import { expectThat, waitFor, type Stage } from '../fixture/stage.ts';
import { buyAndActivate } from './buying.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';

export const acceptedPlanChange: Scenario = {
  name: 'plan change by the customer',
  guarantee: 'A plan change that is accepted is in force on both sides',
  async play(stage) {
    const id = await buyAndActivate(stage, { offerId: 'analytics', planId: 'starter' });
    await stage.agreed('the customer moves to Growth', id, { planId: 'growth' }, () =>
      stage.world.control.changePlan(id, 'growth'),
    );
  },
};

export const refusedPlanChange: Scenario = {
  name: 'plan change refused by a rule',
  guarantee: 'A plan change that a rule refuses is in force on neither side',
  async play(stage) {
    const { api, control } = stage.world;
    const id = await buyAndActivate(stage, { offerId: 'analytics', planId: 'growth' });
    const before = await api.policies.get.query({});
    const rule = {
      id: 'demo-no-downgrade',
      offerId: 'analytics',
      when: { action: 'ChangePlan' as const, toPlanIds: ['starter'] },
      decision: 'refuse' as const,
    };
    try {
      await stage.step('the publisher forbids moving down to Starter', () =>
        api.policies.put.mutate({ ...before, rules: [rule, ...before.rules] }),
      );
      const operationId = await stage.step(
        'the customer asks for Starter all the same',
        async () => (await control.changePlan(id, 'starter')).operationId,
      );
      await stage.step(
        'the webhook is answered 400, the operation has failed',
        async () => {
          const answers = await answersTo(stage, id, operationId);
          expectThat(answers.includes(400), `the answer is 400 (${answers.join(', ')})`);
          return operationStatus(stage, id, operationId);
        },
        (status) => `operation: ${status}`,
      );
      await stage.agreed('the plan is what it was', id, { planId: 'growth' });
      await stage.step('the refusal is on the timeline', () =>
        waitFor('"changeRefused"', async () =>
          (await timelineKinds(stage.world, id)).includes('changeRefused') ? true : undefined,
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
  async play(stage) {
    const id = await buyAndActivate(stage, {
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 10,
    });
    await stage.agreed('10 seats become 25', id, { quantity: 25 }, () =>
      stage.world.control.changeQuantity(id, 25),
    );
  },
};

export const publisherPlanChange: Scenario = {
  name: 'plan change by the publisher',
  guarantee: 'A change that we ask for is ours only after Microsoft has confirmed it',
  async play(stage) {
    const { api } = stage.world;
    const id = await buyAndActivate(stage, { offerId: 'analytics', planId: 'starter' });
    const change = await stage.step(
      'the customer approves; our API asks for Growth',
      () =>
        api.subscriptions.changePlan.mutate({
          subscriptionId: id,
          planId: 'growth',
          approvedBy: 'demo',
        }),
      (asked) => `change: ${asked.state}`,
    );
    await stage.agreed('both sides have Growth', id, { planId: 'growth' });
    await stage.step('the change is settled', () =>
      waitFor('the change has succeeded', async () => {
        const now = await api.subscriptions.change.query({ changeId: change.changeId });
        return now.state === 'succeeded' ? now : undefined;
      }),
    );
  },
};

export const customerCancels: Scenario = {
  name: 'cancel by the customer',
  guarantee: 'A cancelled subscription is ended on both sides, for good',
  async play(stage) {
    const { control } = stage.world;
    const id = await buyAndActivate(stage, { offerId: 'analytics', planId: 'starter' });
    await stage.agreed('the customer cancels', id, { status: 'Unsubscribed' }, () =>
      control.cancel(id),
    );
  },
};

export const publisherCancels: Scenario = {
  name: 'cancel by the publisher',
  guarantee: 'A cancellation that the publisher asks for ends the subscription on both sides',
  async play(stage) {
    const { api } = stage.world;
    const id = await buyAndActivate(stage, { offerId: 'analytics', planId: 'starter' });
    await stage.agreed('our API asks for the end', id, { status: 'Unsubscribed' }, () =>
      api.subscriptions.cancel.mutate({ subscriptionId: id, approvedBy: 'demo' }),
    );
  },
};

/** HTTP statuses that the marketplace got for its notification. */
async function answersTo(stage: Stage, id: string, operationId: string) {
  return waitFor('the notification is answered', async () => {
    const deliveries = await stage.world.control.deliveries(id);
    const attempts = deliveries.find((one) => one.operationId === operationId)?.attempts ?? [];
    return attempts.length > 0 ? attempts.map(({ status }) => status) : undefined;
  });
}

async function operationStatus(stage: Stage, id: string, operationId: string): Promise<string> {
  return waitFor('the operation has failed', async () => {
    const operation = (await stage.world.control.operations(id)).find(
      (one) => one.id === operationId,
    );
    expectThat(operation !== undefined, 'the marketplace knows the operation');
    expectThat(operation.status !== 'Succeeded', 'the refused change did not succeed');
    return operation.status === 'Failed' ? operation.status : undefined;
  });
}
