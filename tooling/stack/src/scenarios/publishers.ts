import type { StackDescription } from '../launch/stack-file.ts';
import { expectThat, waitFor, type Stage } from '../fixture/stage.ts';
import { buyHoursAgo } from './buying.ts';
import { keyOfOnePublisher } from './limited-key.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';
import { callWebhook, marketplaceToken } from './trust.ts';

const HOUR_MS = 60 * 60 * 1000;

export const twoPublishers: Scenario = {
  name: 'two publishers in one house',
  guarantee: 'Each publisher sells by its own access, and nothing of one reaches the other',
  playsAlone: true,
  async play(stage) {
    const { api, control, stack } = stage.world;
    const [contoso, litware] = stack.publishers;
    expectThat(contoso !== undefined && litware !== undefined, 'two publishers are configured');
    const report = await buyHoursAgo(stage, { offerId: 'analytics', planId: 'starter' });
    const ledger = await buyHoursAgo(stage, {
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara',
    });
    await stage.step(
      'each purchase came to its own landing page and is recorded as its own',
      async () => {
        for (const [id, { publisherId }] of [
          [report, contoso],
          [ledger, litware],
        ] as const) {
          const view = await api.subscriptions.get.query({ subscriptionId: id });
          expectThat(view.publisherId === publisherId, `${view.publisherId} is ${publisherId}`);
        }
      },
    );
    await useBoth(stage, [report, ledger]);
    await keyOfOnePublisher(stage, {
      publisherId: litware.publisherId ?? '',
      own: ledger,
      foreign: report,
    });
    await stage.agreed(
      'a customer of the second changes the plan',
      ledger,
      { planId: 'practice' },
      () => control.changePlan(ledger, 'practice'),
    );
    await foreignWebhook(stage, { ledger, owner: contoso });
    await stage.agreed('the first one was never touched', report, { status: 'Subscribed' });
    await stage.agreed(
      'reconciliation of the second heals what it was not told',
      ledger,
      { status: 'Suspended' },
      () => api.reconciliation.start.mutate({ publisherId: litware.publisherId }),
    );
  },
};

/** An operation that Microsoft has, told with the genuine token of the wrong publisher. */
async function foreignWebhook(
  stage: Stage,
  of: { readonly ledger: string; readonly owner: StackDescription['publishers'][number] },
): Promise<void> {
  const { control, stack, api } = stage.world;
  const { ledger: subscriptionId, owner } = of;
  await stage.step(
    "the first one's token for the second one's subscription: no effect",
    async () => {
      const lost = {
        endpoint: 'webhook',
        subscriptionId,
        actions: ['Suspend'],
        drop: true,
      } as const;
      const { id: fault } = await control.addFault({ ...lost, actions: [...lost.actions] });
      const { operationId } = await control.suspend(subscriptionId);
      await control.removeFault(fault);
      const body = JSON.stringify({ id: operationId, subscriptionId, action: 'Suspend' });
      const status = await callWebhook(
        stack.webhookUrl,
        body,
        await marketplaceToken(stage, owner),
      );
      expectThat(status === 200, `the answer is 200 (${status})`);
      await waitFor('it is seen through', async () => {
        const kinds = await timelineKinds(stage.world, subscriptionId);
        return kinds.includes('publisherContradicted') ? true : undefined;
      });
      const view = await api.subscriptions.get.query({ subscriptionId });
      expectThat(view.status === 'Subscribed', `Landfall believes nothing of it (${view.status})`);
    },
  );
}

/** Usage of both in one call; each is sent by its own publisher's access. */
async function useBoth(stage: Stage, ids: readonly [string, string]): Promise<void> {
  const { api, control } = stage.world;
  const occurredAt = new Date(Date.now() - 2 * HOUR_MS).toISOString();
  const dimensions = ['api-calls', 'reports'] as const;
  const records = ids.map((subscriptionId, index) => ({
    eventId: `${subscriptionId}-both`,
    subscriptionId,
    dimension: dimensions[index] ?? '',
    quantity: 7 + index,
    occurredAt,
  }));
  await stage.step('usage of both in one report', () =>
    waitFor('usage is taken', async () => {
      const { results } = await api.usage.report.mutate({ records });
      const isKnown = results.every((one) => one.refusal !== 'subscription-unknown');
      return isKnown ? results : undefined;
    }),
  );
  await stage.step('Microsoft accepts each from its own publisher', async () => {
    for (const [index, subscriptionId] of ids.entries()) {
      const hour = await waitFor('the hour is settled', async () => {
        const { items } = await api.usage.hours.query({ subscriptionId });
        return items.find((one) => one.state === 'settled');
      });
      expectThat(hour.status === 'Accepted', `it is accepted (${hour.status})`);
      const events = (await control.usage()).filter((one) => one.resourceId === subscriptionId);
      expectThat(events.length === 1, `one usage event at the marketplace (${events.length})`);
      expectThat(events[0]?.quantity === 7 + index, `of its own units (${events[0]?.quantity})`);
    }
  });
}
