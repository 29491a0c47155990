import { until } from '@landfall/servers/wait';
import { beginReconciliation } from '../fixture/begin-reconciliation.ts';
import type { StackDescription } from '../launch/stack-file.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buyHoursAgo } from './buying.ts';
import { setUpForeign } from './billing-isolation.ts';
import { keyOfOnePublisher } from './limited-key.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';
import { callWebhook, marketplaceToken } from './trust.ts';
import { isTooEarly } from './usage/reporting.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Units per month that both plans include of each of the two dimensions. */
const INCLUDED = 10;

export const twoPublishers: Scenario = {
  name: 'two publishers in one installation',
  guarantee: 'Two publishers use one installation, and neither can reach what the other owns',
  playsAlone: true,
  async play(fixture) {
    const { api, control, stack } = fixture.client;
    const [contoso, litware] = stack.publishers;
    expectThat(contoso !== undefined && litware !== undefined, 'two publishers are configured');
    const [report, ledger] = await buyHoursAgo(
      fixture,
      { offerId: 'analytics', planId: 'starter' },
      { offerId: 'ledger', planId: 'starter', beneficiary: 'tara' },
    );
    await fixture.step('each purchase is recorded for the publisher that sold it', async () => {
      for (const [id, { publisherId }] of [
        [report, contoso],
        [ledger, litware],
      ] as const) {
        const view = await api.subscriptions.get.query({ subscriptionId: id });
        expectThat(view.publisherId === publisherId, `${view.publisherId} is ${publisherId}`);
      }
    });
    const usedAt = await useBoth(fixture, [report, ledger]);
    await isolated(fixture, { report, ledger, usedAt });
    await fixture.agreed(
      'a customer of the second publisher changes the plan',
      ledger,
      { planId: 'practice' },
      () => control.changePlan(ledger, 'practice'),
    );
    await foreignWebhook(fixture, { ledger, owner: contoso });
    await fixture.agreed("the first publisher's subscription is unchanged", report, {
      status: 'Subscribed',
    });
    await fixture.agreed(
      'reconciliation of the second publisher repairs what it missed',
      ledger,
      { status: 'Suspended' },
      () => beginReconciliation(fixture.client, litware.publisherId),
    );
  },
};

/** A key of the second publisher reaches nothing of the first one, and changes none of its settings. */
async function isolated(
  fixture: ScenarioFixture,
  of: { readonly report: string; readonly ledger: string; readonly usedAt: string },
): Promise<void> {
  const [contoso, litware] = fixture.client.stack.publishers;
  await using foreign = await setUpForeign(fixture.client, {
    subscriptionId: of.report,
    publisherId: contoso?.publisherId ?? '',
    usedAt: of.usedAt,
  });
  const publisherId = litware?.publisherId ?? '';
  await keyOfOnePublisher(fixture, { publisherId, own: of.ledger, foreign });
}

/** A real operation of one publisher, notified with the genuine token of the other. */
async function foreignWebhook(
  fixture: ScenarioFixture,
  of: { readonly ledger: string; readonly owner: StackDescription['publishers'][number] },
): Promise<void> {
  const { control, stack, api } = fixture.client;
  const { ledger: subscriptionId, owner } = of;
  await fixture.step("a notification with the other publisher's token has no effect", async () => {
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
      await marketplaceToken(fixture, owner),
    );
    expectThat(status === 200, `the answer is 200 (${status})`);
    await until('the timeline shows the contradiction', async () => {
      const kinds = await timelineKinds(fixture.client, subscriptionId);
      return kinds.includes('publisherContradicted') ? true : undefined;
    });
    const view = await api.subscriptions.get.query({ subscriptionId });
    expectThat(view.status === 'Subscribed', `Landfall ignores the notification (${view.status})`);
  });
}

/** Reports usage of both in one call; each is sent to Microsoft with its own publisher's access. */
async function useBoth(fixture: ScenarioFixture, ids: readonly [string, string]): Promise<string> {
  const { api, control } = fixture.client;
  const occurredAt = new Date((await fixture.client.now()).getTime() - 2 * HOUR_MS).toISOString();
  const dimensions = ['api-calls', 'reports'] as const;
  const records = ids.map((subscriptionId, index) => ({
    eventId: `${subscriptionId}-both`,
    subscriptionId,
    dimension: dimensions[index] ?? '',
    quantity: String(INCLUDED + 7 + index),
    occurredAt,
  }));
  await fixture.step('one call reports usage of both publishers', () =>
    until('the usage is accepted', async () => {
      const { results } = await api.usage.report.mutate({ records });
      return isTooEarly(results) ? undefined : results;
    }),
  );
  await fixture.step('Microsoft accepts each usage event from its own publisher', async () => {
    for (const [index, subscriptionId] of ids.entries()) {
      const hour = await until('the hour is settled', async () => {
        const { items } = await api.usage.hours.query({ subscriptionId });
        return items.find((one) => one.state === 'settled');
      });
      expectThat(hour.status === 'Accepted', `Microsoft accepted it (${hour.status})`);
      const events = (await control.usage()).filter((one) => one.resourceId === subscriptionId);
      expectThat(events.length === 1, `the marketplace has one usage event (${events.length})`);
      expectThat(
        events[0]?.quantity === String(7 + index),
        `it has ${7 + index} units (${events[0]?.quantity})`,
      );
    }
  });
  return occurredAt;
}
