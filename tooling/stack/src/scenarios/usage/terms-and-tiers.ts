import { until } from '@landfall/servers/wait';
import { openListener } from '../../fixture/product.ts';
import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import {
  accepted,
  DAY_MS,
  expectBilled,
  expectEqual,
  HOUR_MS,
  hoursAgo,
  moveClock,
  planRead,
  report,
  settled,
} from './reporting.ts';

/** 1,000 reports a month are included. */
const GROWTH = { offerId: 'analytics', planId: 'growth' };
const SCALE = { offerId: 'analytics', planId: 'scale' };
const METER = { ...SCALE, meter: 'calls' };

export const newTerm: Scenario = {
  name: 'tiers, a limit and a renewal',
  guarantee: 'Included quantities, tiers and limits count per term, and start again with a renewal',
  playsAlone: true,
  async play(fixture) {
    const { api } = fixture.client;
    const [growth, scale] = await buyHoursAgo(fixture, GROWTH, { ...SCALE, beneficiary: 'tara' });
    await using product = await openListener(fixture.client, ['usage.thresholdCrossed']);
    await planRead(fixture, GROWTH);
    await planRead(fixture, SCALE);
    const tiers = [
      { from: '0', dimension: 'api-calls' },
      { from: '1000', dimension: 'api-calls-tier1' },
      { from: '10000', dimension: 'api-calls-tier2' },
    ];
    await fixture.step('the publisher sells calls in tiers: up to 1,000, up to 10,000, above', () =>
      api.meters.put.mutate({ ...METER, tiers }),
    );
    try {
      await fixture.step('the publisher sets a limit of 100 billed reports for a customer', () =>
        api.thresholds.put.mutate({ subscriptionId: growth, dimension: 'reports', units: '100' }),
      );
      await firstTerm(fixture, { growth, scale });
      await fixture.step(
        'the customer has crossed it with 150 billed reports; the product gets one event',
        async () => {
          const event = await until('the product has the event', () =>
            product.events.find(({ usage }) => usage?.subscriptionId === growth),
          );
          expectEqual(event.usage?.quantity ?? '', '150', 'units above the included quantity');
          return `${event.usage?.quantity} are above the limit of ${event.usage?.limit}`;
        },
        (note) => note,
      );
      await renew(fixture, [growth, scale]);
      await secondTerm(fixture, { growth, scale });
      const told = product.events.filter(({ usage }) => usage?.subscriptionId === growth);
      expectThat(told.length === 1, `the product got one event (${told.length})`);
    } finally {
      await api.meters.remove.mutate(METER);
    }
  },
};

interface Bought {
  readonly growth: string;
  readonly scale: string;
}

async function firstTerm(fixture: ScenarioFixture, { growth, scale }: Bought): Promise<void> {
  const occurredAt = await hoursAgo(fixture, 2);
  await fixture.step(
    'of 900 + 250 reports, the 150 above the included 1,000 are billed',
    async () => {
      for (const quantity of ['900', '250'])
        await report(fixture, growth, { dimension: 'reports', quantity, occurredAt });
      const of = { subscriptionId: growth, dimension: 'reports', used: '1150', billed: '150' };
      return await expectBilled(fixture, of);
    },
    (note) => note,
  );
  await fixture.step(
    'of 12,500 calls, each tier gets its part',
    async () => {
      await report(fixture, scale, { dimension: 'calls', quantity: '12500', occurredAt });
      return await expectTiers(fixture, scale, ['1000', '9000', '2500']);
    },
    (note) => note,
  );
}

async function renew(fixture: ScenarioFixture, ids: readonly string[]): Promise<void> {
  const { control } = fixture.client;
  const ends = await Promise.all(
    ids.map(async (id) => Date.parse((await control.subscription(id)).termEnd ?? '')),
  );
  // A term ends with its last day. Hours of the next term are over soon after.
  const target = Math.max(...ends) + DAY_MS + 3 * HOUR_MS;
  await moveClock(fixture, target - (await fixture.client.now()).getTime());
  for (const id of ids) {
    await fixture.agreed('the term ends and renews', id, { status: 'Subscribed' });
  }
}

async function secondTerm(fixture: ScenarioFixture, { growth, scale }: Bought): Promise<void> {
  const occurredAt = await hoursAgo(fixture, 2);
  await fixture.step(
    'in the new term, 950 reports are included again',
    async () => {
      await report(fixture, growth, { dimension: 'reports', quantity: '950', occurredAt });
      const of = { subscriptionId: growth, dimension: 'reports', used: '2100', billed: '150' };
      const note = await expectBilled(fixture, of);
      const { dimensions } = await fixture.client.api.usage.summary.query({
        subscriptionId: growth,
      });
      const line = dimensions.find(({ dimension }) => dimension === 'reports');
      expectThat(line?.used === '950', `the new term has 950 reports (${line?.used})`);
      return `${note}; new term: ${line.used} of ${line.included}`;
    },
    (note) => note,
  );
  await fixture.step(
    '400 calls are in the first tier again',
    async () => {
      await report(fixture, scale, { dimension: 'calls', quantity: '400', occurredAt });
      return await expectTiers(fixture, scale, ['1400', '9000', '2500']);
    },
    (note) => note,
  );
}

async function expectTiers(
  fixture: ScenarioFixture,
  subscriptionId: string,
  units: readonly [string, string, string],
): Promise<string> {
  const dimensions = ['api-calls', 'api-calls-tier1', 'api-calls-tier2'];
  for (const [index, dimension] of dimensions.entries()) {
    const used = units[index] ?? '';
    await settled(fixture, { subscriptionId, dimension, used });
    expectEqual(await accepted(fixture, subscriptionId, dimension), used, dimension);
  }
  return units.join(' + ');
}
