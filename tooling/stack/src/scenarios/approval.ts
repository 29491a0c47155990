import { Buyer, type Page } from '../fixture/buyer.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buy, configureAccountUrl, confirmOnLandingPage } from './buying.ts';
import type { Scenario } from './scenario.ts';

/** No other scenario buys this plan, so no other purchase waits for an approval. */
const PLAN = { offerId: 'analytics', planId: 'enterprise', termUnit: 'P1Y' };
const MESSAGE = 'Please sign our order form first. Ask sales@contoso.example for it.';

export const approvedByHand: Scenario = {
  name: 'approved by hand',
  guarantee:
    'A plan that the publisher approves by hand is activated only after the approval, and never after a refusal',
  async play(fixture) {
    const { api } = fixture.client;
    const { offerId, planId } = PLAN;
    const { own: before } = await api.settings.get.query({ offerId });
    try {
      await fixture.step('the publisher wants to approve purchases of Enterprise by hand', () =>
        api.settings.put.mutate({ offerId, settings: { manualApproval: [planId] } }),
      );
      const welcome = await confirmed(fixture, 'a buyer confirms; the page says who decides next');
      await fixture.step('the purchase is in the list of those that wait for the publisher', () =>
        isListed(fixture, welcome),
      );
      await fixture.agreed('the publisher approves; Microsoft activates', welcome, ACTIVE, () =>
        api.subscriptions.approve.mutate({ subscriptionId: welcome, reason: 'Order form signed' }),
      );

      const refused = await confirmed(fixture, 'another buyer confirms');
      await fixture.agreed(
        'the publisher declines; Microsoft ends the purchase, and nothing is billed',
        refused,
        { status: 'Unsubscribed' },
        () =>
          api.subscriptions.decline.mutate({
            subscriptionId: refused,
            reason: 'No order form',
            messageToBuyer: MESSAGE,
          }),
      );
      await fixture.step("the buyer reads the publisher's message", async () => {
        const buyer = new Buyer(fixture.client.person('ada'));
        const page = await buyer.open(await configureAccountUrl(fixture, refused));
        expectThat(says(page, MESSAGE), `the page shows the message (${headingOf(page)})`);
        expectThat(!says(page, 'No order form'), 'the page keeps the internal reason');
      });
    } finally {
      const manualApproval = before.manualApproval ?? null;
      await api.settings.put.mutate({ offerId, settings: { manualApproval } });
    }
  },
};

const ACTIVE = { status: 'Subscribed', planId: PLAN.planId } as const;

/** Buys and confirms on the landing page, which then says that the publisher decides. */
async function confirmed(fixture: ScenarioFixture, title: string): Promise<string> {
  const { subscriptionId, landingUrl } = await buy(fixture, PLAN);
  await fixture.agreed(
    title,
    subscriptionId,
    { status: 'PendingFulfillmentStart', planId: PLAN.planId },
    async () => {
      const page = await confirmOnLandingPage(fixture, landingUrl);
      expectThat(
        says(page, 'Waiting for the seller’s approval'),
        `the page shows the wait (${headingOf(page)})`,
      );
    },
  );
  return subscriptionId;
}

async function isListed({ client }: ScenarioFixture, subscriptionId: string): Promise<void> {
  const { items } = await client.api.subscriptions.list.query({ waitsFor: 'publisher' });
  const found = items.find(({ id }) => id === subscriptionId);
  expectThat(found?.approval?.state === 'waiting', 'the purchase waits for its approval');
}

function says({ html }: Page, text: string): boolean {
  return html.textContent.includes(text);
}

function headingOf({ html }: Page): string {
  return html.querySelector('h1')?.textContent ?? 'no heading';
}
