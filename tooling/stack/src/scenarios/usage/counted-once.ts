import { until } from '@landfall/servers/wait';
import { expectThat } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import { expectBilled, hoursAgo, isTooEarly } from './reporting.ts';

const PLAN = { offerId: 'analytics', planId: 'starter' };

export const meteredUsage: Scenario = {
  name: 'metered usage',
  guarantee:
    'Usage is counted once, and hourly usage above the included quantity reaches Microsoft',
  playsAlone: true,
  async play(fixture) {
    const { api } = fixture.client;
    const override = { ...PLAN, dimension: 'reports' };
    await fixture.step('the publisher includes 120 reports in Analytics Starter', () =>
      api.overrides.put.mutate({ ...override, included: '120' }),
    );
    try {
      const [id] = await buyHoursAgo(fixture, PLAN);
      const occurredAt = await hoursAgo(fixture, 2);
      const record = (event: string, quantity: string) => ({
        eventId: `${id}-${event}`,
        subscriptionId: id,
        dimension: 'reports',
        quantity,
        occurredAt,
      });
      await fixture.step(
        'the product reports 90 and 40 reports of one hour, the 40 twice',
        async () => {
          const records = [record('a', '90'), record('b', '40'), record('b', '40')];
          const results = await until('billing knows that the subscription is active', async () => {
            const answer = await api.usage.report.mutate({ records });
            return isTooEarly(answer.results) ? undefined : answer.results;
          });
          const outcomes = results.map((one) => one.outcome).join(', ');
          expectThat(outcomes === 'taken, taken, repeated', outcomes);
          return outcomes;
        },
        (outcomes) => outcomes,
      );
      await fixture.step(
        'Microsoft accepts the 10 reports above the included 120, once',
        async () => {
          const used = { subscriptionId: id, dimension: 'reports', used: '130' };
          const note = await expectBilled(fixture, { ...used, billed: '10' });
          const usage = await fixture.client.control.usage();
          const events = usage.filter((one) => one.resourceId === id);
          expectThat(events.length === 1, `the marketplace has one usage event (${events.length})`);
          return note;
        },
        (note) => note,
      );
    } finally {
      await api.overrides.remove.mutate(override);
    }
  },
};
