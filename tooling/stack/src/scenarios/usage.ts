import { until } from '@landfall/servers/wait';
import { expectThat } from '../fixture/scenario-fixture.ts';
import { buyHoursAgo } from './buying.ts';
import type { Scenario } from './scenario.ts';

const HOUR_MS = 60 * 60 * 1000;

export const meteredUsage: Scenario = {
  name: 'metered usage',
  guarantee:
    'Usage is counted once, and hourly usage above the included quantity reaches Microsoft',
  playsAlone: true,
  async play(fixture) {
    const { api } = fixture.client;
    await fixture.step('the publisher includes 120 reports in Analytics Starter', () =>
      api.overrides.put.mutate({
        offerId: 'analytics',
        planId: 'starter',
        dimension: 'reports',
        included: '120',
      }),
    );
    const id = await buyHoursAgo(fixture, { offerId: 'analytics', planId: 'starter' });
    const at = await fixture.client.now();
    const occurredAt = new Date(at.getTime() - 2 * HOUR_MS).toISOString();
    const record = (event: string, quantity: number) => ({
      eventId: `${id}-${event}`,
      subscriptionId: id,
      dimension: 'reports',
      quantity,
      occurredAt,
    });
    await fixture.step(
      'the product reports 90 and 40 units of one hour, the second twice',
      () =>
        until('the usage is accepted', async () => {
          const { results } = await api.usage.report.mutate({
            records: [record('a', 90), record('b', 40), record('b', 40)],
          });
          return results.some((one) => one.refusal === 'subscription-unknown')
            ? undefined
            : results;
        }),
      (results) => results.map((one) => one.outcome).join(', '),
    );
    await fixture.step(
      'Microsoft accepts the 10 that are above the included 120, once',
      async () => {
        const hour = await until('the hour is settled', async () => {
          const { items } = await api.usage.hours.query({ subscriptionId: id });
          return items.find((one) => one.state === 'settled');
        });
        expectThat(hour.used === '130', `130 reports were used (${hour.used})`);
        const usage = await fixture.client.control.usage();
        const events = usage.filter((one) => one.resourceId === id);
        expectThat(events.length === 1, `the marketplace has one usage event (${events.length})`);
        expectThat(events[0]?.quantity === '10', `it has 10 units (${events[0]?.quantity})`);
        return hour;
      },
      (hour) => `${hour.status}: ${hour.reported} of ${hour.used}`,
    );
  },
};
