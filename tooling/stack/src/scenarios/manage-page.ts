import { until } from '@landfall/servers/wait';
import { Buyer } from '../fixture/buyer.ts';
import { expectThat } from '../fixture/scenario-fixture.ts';
import { buyAndActivate } from './buying.ts';
import type { Scenario } from './scenario.ts';

/** The customer's manage page: customers change plan and seats there; other people cannot. */
export const managedByCustomer: Scenario = {
  name: 'plan and seat change on the manage page',
  guarantee: 'A customer can change plan and seats; colleagues must ask, others find nothing',
  async play(fixture) {
    const { client } = fixture;
    const order = { offerId: 'teamdesk', planId: 'standard', quantity: 20 };
    const id = await buyAndActivate(fixture, order);
    const url = `${client.stack.landingUrl}/subscriptions/${id}`;
    const ada = new Buyer(client.person('ada'));
    await ada.open(url);

    const choose = async (act: 'plan' | 'seats', to: string) => {
      const sent = await ada.submit(await ada.open(`${url}/${act}?to=${to}`), `/${act}`);
      await until('the page says that the change is in force', async () => {
        const { html } = await ada.open(sent.url);
        return html.querySelector('[data-stage="succeeded"]') ? true : undefined;
      });
    };
    await fixture.agreed('the customer moves to Basic', id, { planId: 'basic' }, () =>
      choose('plan', 'basic'),
    );
    await fixture.agreed('the customer adds two seats', id, { quantity: 22 }, () =>
      choose('seats', '22'),
    );
    await fixture.step('a colleague sees no details and can ask for access', async () => {
      const page = await new Buyer(client.person('ben')).open(url);
      expectThat(page.status === 403, `the page is refused (HTTP ${page.status})`);
      const words = page.html.querySelector('main')?.textContent ?? '';
      expectThat(!words.includes('Basic'), 'the plan is not shown');
    });
    await fixture.step('a stranger and a guest of the tenant find no page', async () => {
      for (const name of ['tara', 'gus']) {
        const page = await new Buyer(client.person(name)).open(url);
        expectThat(page.status === 404, `there is no such page (HTTP ${page.status})`);
      }
    });
  },
};
