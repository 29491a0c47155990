import { until } from '@landfall/servers/wait';
import { BrokenGuarantee, expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buy, confirmOnLandingPage } from './buying.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';

/** Of its own, so that the other scenarios' purchases wait for nobody. */
const OFFER = { offerId: 'pulse', planId: 'starter' };

export const spaceBeforeBilling: Scenario = {
  name: 'the space before the bill',
  guarantee: "Billing starts only when the product has made the customer's space",
  async play(fixture) {
    const { api } = fixture.client;
    const before = await api.settings.get.query({ offerId: OFFER.offerId });
    try {
      await fixture.step('the publisher wants activation to wait for the product', () =>
        api.settings.put.mutate({
          offerId: OFFER.offerId,
          settings: { ...before, waitForProduct: true },
        }),
      );
      const made = await confirmed(fixture, 'a buyer confirms; Microsoft is not asked yet');
      await fixture.agreed(
        'the product has made the space; now Microsoft confirms',
        made,
        { status: 'Subscribed' },
        () => api.subscriptions.confirmProvisioned.mutate({ subscriptionId: made }),
      );
      await fixture.step('the space came first', () => inOrder(fixture, made));

      const full = await confirmed(fixture, 'another buyer confirms');
      await fixture.agreed(
        'the product has no room: nothing is activated, nothing billed',
        full,
        { status: 'PendingFulfillmentStart' },
        () =>
          api.subscriptions.failProvisioning.mutate({
            subscriptionId: full,
            reason: 'no-capacity',
          }),
      );
      await fixture.step('the buyer tries again, and this time there is room', async () => {
        await api.subscriptions.activate.mutate({ subscriptionId: full });
        await api.subscriptions.confirmProvisioned.mutate({ subscriptionId: full });
      });
      await fixture.agreed('the second try is active', full, { status: 'Subscribed' });
    } finally {
      await api.settings.put.mutate({ offerId: OFFER.offerId, settings: before });
    }
  },
};

/** Bought and confirmed on the landing page, and with the product now. */
async function confirmed(fixture: ScenarioFixture, title: string): Promise<string> {
  const { subscriptionId, landingUrl } = await buy(fixture, OFFER);
  await fixture.agreed(
    title,
    subscriptionId,
    { status: 'PendingFulfillmentStart', planId: OFFER.planId },
    async () => {
      await confirmOnLandingPage(fixture, landingUrl);
      await until('the product is asked', async () => {
        const { api } = fixture.client;
        const { provisioning } = await api.subscriptions.get.query({ subscriptionId });
        return provisioning?.state === 'requested' ? true : undefined;
      });
    },
  );
  return subscriptionId;
}

async function inOrder(fixture: ScenarioFixture, subscriptionId: string): Promise<void> {
  const kinds = await timelineKinds(fixture.client, subscriptionId);
  const places = ['provisioningRequested', 'provisioned', 'activationSent', 'activated'].map(
    (kind) => kinds.indexOf(kind),
  );
  if (places.includes(-1)) throw new BrokenGuarantee(`the timeline lacks a step: ${kinds.join()}`);
  const isSorted = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
  expectThat(isSorted, `the space comes before the call (${kinds.join(', ')})`);
}
