import { until } from '@landfall/servers/wait';
import { BrokenGuarantee, expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buy, confirmOnLandingPage } from './buying.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';

/** No other scenario buys this offer, so no other purchase waits for the product. */
const OFFER = { offerId: 'pulse', planId: 'starter' };

export const spaceBeforeBilling: Scenario = {
  name: 'space before billing',
  guarantee: "Billing starts only after the product has created the customer's space",
  async play(fixture) {
    const { api } = fixture.client;
    const { own: before } = await api.settings.get.query({ offerId: OFFER.offerId });
    try {
      await fixture.step('the publisher makes activation wait for the product', () =>
        api.settings.put.mutate({
          offerId: OFFER.offerId,
          settings: { waitForProduct: true },
        }),
      );
      const made = await confirmed(
        fixture,
        'a buyer confirms; Landfall does not call Microsoft yet',
      );
      await fixture.agreed(
        'the product has created the space; Microsoft activates',
        made,
        { status: 'Subscribed' },
        () => api.subscriptions.confirmProvisioned.mutate({ subscriptionId: made }),
      );
      await fixture.step('the timeline shows the space before the activation', () =>
        inOrder(fixture, made),
      );

      const full = await confirmed(fixture, 'another buyer confirms');
      await fixture.agreed(
        'the product has no capacity: nothing is activated or billed',
        full,
        { status: 'PendingFulfillmentStart' },
        () =>
          api.subscriptions.failProvisioning.mutate({
            subscriptionId: full,
            reason: 'no-capacity',
          }),
      );
      await fixture.step('the buyer tries again; now there is capacity', async () => {
        await api.subscriptions.activate.mutate({ subscriptionId: full });
        await api.subscriptions.confirmProvisioned.mutate({ subscriptionId: full });
      });
      await fixture.agreed('the second attempt is active', full, { status: 'Subscribed' });
    } finally {
      const waitForProduct = before.waitForProduct ?? null;
      await api.settings.put.mutate({ offerId: OFFER.offerId, settings: { waitForProduct } });
    }
  },
};

/** Buys and confirms on the landing page; resolves when the product has been asked for a space. */
async function confirmed(fixture: ScenarioFixture, title: string): Promise<string> {
  const { subscriptionId, landingUrl } = await buy(fixture, OFFER);
  await fixture.agreed(
    title,
    subscriptionId,
    { status: 'PendingFulfillmentStart', planId: OFFER.planId },
    async () => {
      await confirmOnLandingPage(fixture, landingUrl);
      await until('the product has been asked', async () => {
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
  if (places.includes(-1))
    throw new BrokenGuarantee(`the timeline lacks an entry: ${kinds.join(', ')}`);
  const isSorted = places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0));
  expectThat(isSorted, `the space comes before the activation (${kinds.join(', ')})`);
}
