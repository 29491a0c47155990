import { until } from '@landfall/servers/wait';
import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import { DAY_MS, expectBilled, HOUR_MS, moveClock, planRead } from './reporting.ts';

/** It includes no API calls, so the whole fee is billed. */
const PLAN = { offerId: 'analytics', planId: 'scale' };

/** The fee is due daily. After this jump, one run is too late for Microsoft, and the next one is not. */
const JUMP_MS = 2.5 * DAY_MS;

export const recurringFee: Scenario = {
  name: 'a daily fee',
  guarantee:
    'A recurring quantity is billed once per day, even after a gap, and a missed day is listed',
  playsAlone: true,
  async play(fixture) {
    const { api } = fixture.client;
    const [subscriptionId] = await buyHoursAgo(fixture, PLAN);
    await planRead(fixture, PLAN);
    const fee = { subscriptionId, dimension: 'api-calls', quantity: '2.5' };
    const charge = await fixture.step('the publisher sets a daily fee of 2.5 units', () =>
      api.recurring.put.mutate({ ...fee, every: 'day', label: 'Daily fee' }),
    );
    try {
      const billed = async (used: string) => {
        // The hour of the latest fee ends.
        await moveClock(fixture, HOUR_MS);
        return await expectBilled(fixture, { ...fee, used, billed: used });
      };
      await fixture.step(
        'the fee is due now, and again a day later',
        async () => {
          await runs(fixture, charge, 'taken');
          await billed('2.5');
          await moveClock(fixture, DAY_MS - HOUR_MS);
          const note = await runs(fixture, charge, 'taken, taken');
          return `${note}: ${await billed('5')}`;
        },
        (note) => note,
      );
      await fixture.step(
        'the clock jumps two and a half days: the latest fee is caught up, the one before is too late',
        async () => {
          await moveClock(fixture, JUMP_MS);
          return await runs(fixture, charge, 'taken, taken, missed, taken');
        },
        (note) => note,
      );
      await fixture.step(
        'Microsoft accepts three fees',
        () => billed('7.5'),
        (note) => note,
      );
    } finally {
      await api.recurring.remove.mutate({ id: charge.id });
    }
  },
};

/** Waits until the runs have these outcomes, earliest first. */
async function runs(
  { client: { api } }: ScenarioFixture,
  { id }: { readonly id: string },
  expected: string,
): Promise<string> {
  return await until(`the runs are ${expected}`, async () => {
    const { items } = await api.recurring.runs.query({ id });
    const missed = items.find(({ outcome }) => outcome === 'missed');
    expectThat(!missed || missed.reason !== undefined, 'a missed run says why');
    const outcomes = items.map(({ outcome }) => outcome).toReversed();
    return outcomes.join(', ') === expected ? expected : undefined;
  });
}
