import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import {
  expectBilled,
  hourIs,
  hoursAgo,
  MINUTE_MS,
  moveClock,
  report,
  rereadPlan,
  type Hour,
} from './reporting.ts';

/** A plan of its own, because this scenario changes it at Microsoft. */
const PLAN = { offerId: 'analytics', planId: 'metered-demo' };

const EXPORTS = {
  id: 'exports',
  displayName: 'Exports',
  unitOfMeasure: 'export',
  pricePerUnit: 2,
};
const REPORTS = {
  id: 'reports',
  displayName: 'Reports rendered',
  unitOfMeasure: 'report',
  pricePerUnit: 0.05,
};

export const refusedHours: Scenario = {
  name: 'an hour that Microsoft refuses',
  guarantee: 'A refused hour waits, and is sent again when its cause is gone, or by hand',
  playsAlone: true,
  async play(fixture) {
    const { control } = fixture.client;
    const publish = (...dimensions: readonly (typeof EXPORTS)[]) =>
      control.publishPlan(PLAN, {
        displayName: 'Metered',
        description: 'Everything is metered.',
        terms: [{ termUnit: 'P1M', price: 0, description: 'One month' }],
        dimensions: [...dimensions],
      });
    await publish(REPORTS, EXPORTS);
    const [id] = await buyHoursAgo(fixture, PLAN);
    await rereadPlan(fixture, PLAN, ({ dimensions }) => dimensions.length === 2);
    await fixture.step('the plan loses its dimension "exports" at Microsoft by mistake', () =>
      publish(REPORTS),
    );
    const occurredAt = await hoursAgo(fixture, 2);
    await fixture.step('the customer uses 8 exports; Microsoft refuses the hour', async () => {
      await report(fixture, id, { dimension: 'exports', quantity: '8', occurredAt });
      await hourIs(fixture, id, (hour) => hour.status === 'InvalidDimension');
    });
    await fixture.step(
      'Landfall reads the plan, sees that the dimension is gone, and stops sending the hour',
      async () => {
        await rereadPlan(fixture, PLAN, ({ dimensions }) => dimensions.length === 1);
        // The next attempt is due.
        await moveClock(fixture, MINUTE_MS);
        return await hourIs(fixture, id, (hour) => hour.state === 'refused');
      },
      parkedNote,
    );
    await fixture.step(
      'the publisher adds the dimension again; the hour is sent without further action',
      async () => {
        await publish(REPORTS, EXPORTS);
        await rereadPlan(fixture, PLAN, ({ dimensions }) => dimensions.length === 2);
        const of = { subscriptionId: id, dimension: 'exports', used: '8', billed: '8' };
        return await expectBilled(fixture, of);
      },
      (note) => note,
    );
    await resentByHand(fixture, id);
  },
};

async function resentByHand(fixture: ScenarioFixture, id: string): Promise<void> {
  const { api, control } = fixture.client;
  const occurredAt = await hoursAgo(fixture, 1);
  const isReports = ({ dimension }: Hour) => dimension === 'reports';
  const hour = await fixture.step(
    'Microsoft refuses an hour with 60 reports for a reason that no change cures',
    async () => {
      const rows = { subscriptionId: id, dimension: 'reports', rowStatus: 'InvalidQuantity' };
      await control.addFault({ endpoint: 'batchUsageEvent', ...rows, count: 1 });
      await report(fixture, id, { dimension: 'reports', quantity: '60', occurredAt });
      return await hourIs(fixture, id, (one) => isReports(one) && one.state === 'refused');
    },
    parkedNote,
  );
  await fixture.step(
    'a person sends it again, with a reason; Microsoft accepts it',
    async () => {
      await api.usage.resend.mutate({
        subscriptionId: id,
        dimension: 'reports',
        hour: hour.hour,
        reason: 'Microsoft support has corrected the plan.',
      });
      const of = { subscriptionId: id, dimension: 'reports', used: '60', billed: '60' };
      return await expectBilled(fixture, of);
    },
    (note) => note,
  );
}

function parkedNote({ reported, dimension, status, expiresAt }: Hour): string {
  expectThat(expiresAt !== undefined, 'it says until when Microsoft accepts it');
  return `${reported} ${dimension}: ${status}, can be cured until ${expiresAt}`;
}
