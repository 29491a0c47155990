import { until } from '@landfall/servers/wait';
import { errorDetails } from '@landfall/client/errors';
import { Buyer } from '../fixture/buyer.ts';
import { landfallRecord } from '../fixture/records.ts';
import { expectThat } from '../fixture/scenario-fixture.ts';
import { buy, configureAccountUrl, confirmOnLandingPage } from './buying.ts';
import type { Scenario } from './scenario.ts';

export const directPurchase: Scenario = {
  name: 'purchase',
  guarantee: 'A purchase is activated once, and only after the buyer has confirmed it',
  async play(fixture) {
    const bought = await fixture.step('the buyer buys Analytics Starter', () =>
      buy(fixture, { offerId: 'analytics', planId: 'starter' }),
    );
    const person = fixture.client.person('ada');
    const buyer = new Buyer(person);
    const page = await fixture.step(
      'the buyer opens the landing page and signs in',
      async () => {
        const opened = await buyer.open(bought.landingUrl);
        expectThat(opened.status === 200, `the page opens (HTTP ${opened.status})`);
        expectThat(!opened.url.includes('token='), 'the purchase token is no longer in the URL');
        expectThat(opened.html.textContent.includes(person.name), 'the page says who is signed in');
        return opened;
      },
      (opened) => `page: ${opened.html.querySelector('h1')?.textContent.trim() ?? '?'}`,
    );
    await fixture.agreed(
      'Landfall knows the purchase, which is still pending',
      bought.subscriptionId,
      {
        status: 'PendingFulfillmentStart',
        planId: 'starter',
      },
    );
    await fixture.agreed(
      'the buyer confirms; Microsoft confirms the activation',
      bought.subscriptionId,
      { status: 'Subscribed', planId: 'starter' },
      () => buyer.submit(page, '/landing/confirm', { email: person.email }),
    );
    await fixture.step('the timeline shows each event once', async () => {
      const kinds = await timelineKinds(fixture.client, bought.subscriptionId);
      for (const kind of ['purchased', 'activationRequested', 'activated']) {
        const times = kinds.filter((one) => one === kind).length;
        expectThat(times === 1, `one "${kind}" on the timeline, not ${times}`);
      }
    });
  },
};

export const autoActivatedPurchase: Scenario = {
  name: 'auto-activated purchase',
  guarantee: 'A purchase that Microsoft activates by itself is known before anyone visits',
  async play(fixture) {
    const bought = await fixture.step(
      'Tara buys Pulse Essential and does not open the landing page',
      () => buy(fixture, { offerId: 'pulse', planId: 'essential', beneficiary: 'tara' }),
    );
    await fixture.agreed(
      'Landfall learns of it from the Subscribe notification',
      bought.subscriptionId,
      {
        status: 'Subscribed',
        planId: 'essential',
      },
    );
    await fixture.step('she visits later; nothing is activated again', async () => {
      await openAgain(fixture, bought.subscriptionId);
      const kinds = await timelineKinds(fixture.client, bought.subscriptionId);
      expectThat(!kinds.includes('activationSent'), 'no activation was sent to Microsoft');
      expectThat(
        kinds.filter((one) => one === 'activated').length === 1,
        'the subscription was activated once',
      );
    });
  },
};

export const partnerLedPurchase: Scenario = {
  name: 'purchase through a partner, CSP',
  guarantee: 'A purchase through a partner is activated, and only the partner can change it',
  async play(fixture) {
    const { client } = fixture;
    const bought = await fixture.step('a partner buys Teamdesk Standard for Fabrikam', () =>
      buy(fixture, { offerId: 'teamdesk', planId: 'standard', quantity: 10, purchaser: 'sam' }),
    );
    await fixture.agreed(
      'the customer confirms on the landing page',
      bought.subscriptionId,
      { status: 'Subscribed', quantity: 10 },
      () => confirmOnLandingPage(fixture, bought.landingUrl, 'ada'),
    );
    await fixture.step('Landfall shows CSP and refuses a change by the publisher', async () => {
      const view = await client.api.subscriptions.get.query({
        subscriptionId: bought.subscriptionId,
      });
      expectThat(view.channel === 'csp', 'the channel is CSP');
      const refusal = await client.api.subscriptions.changeQuantity
        .mutate({ subscriptionId: bought.subscriptionId, quantity: 11, approvedBy: 'demo' })
        .then(() => 'accepted', rejectionOf);
      expectThat(refusal === 'subscription.read-only', `the change is refused (${refusal})`);
    });
    await fixture.agreed(
      'the partner changes the seats in Partner Center; Landfall follows',
      bought.subscriptionId,
      { status: 'Subscribed', quantity: 12 },
      () => client.control.changeQuantity(bought.subscriptionId, 12),
    );
  },
};

async function openAgain(fixture: Parameters<Scenario['play']>[0], subscriptionId: string) {
  const { client } = fixture;
  const landingUrl = await configureAccountUrl(fixture, subscriptionId);
  const page = await new Buyer(client.person('tara')).open(landingUrl);
  expectThat(page.status === 200, `the page opens (HTTP ${page.status})`);
  await until('Landfall has the record', () => landfallRecord(client, subscriptionId));
}

export async function timelineKinds(
  client: Parameters<Scenario['play']>[0]['client'],
  subscriptionId: string,
): Promise<string[]> {
  const { items } = await client.api.subscriptions.timeline.query({ subscriptionId, limit: 200 });
  return items.map((entry) => entry.kind);
}

function rejectionOf(error: unknown): string {
  const details = errorDetails(error);
  return details?.rejection ?? details?.code ?? 'unknown error';
}
