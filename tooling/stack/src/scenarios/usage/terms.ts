import { expectThat } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import { expectBilled, hoursAgo, includedByMicrosoft, planRead, report } from './reporting.ts';

const GROWTH = { offerId: 'analytics', planId: 'growth' };
const PRIVATE = { offerId: 'analytics', planId: 'growth-fabrikam-2026' };

export const monthlyAndYearly: Scenario = {
  name: 'a monthly and a yearly term of one plan',
  guarantee: 'The same usage is billed by what each term includes, as Microsoft states it',
  playsAlone: true,
  async play(fixture) {
    const [monthly, yearly] = await buyHoursAgo(
      fixture,
      { ...GROWTH, termUnit: 'P1M' },
      { ...GROWTH, termUnit: 'P1Y', beneficiary: 'tara' },
    );
    await fixture.step(
      'Landfall has read from Microsoft what each term includes; no one has entered it',
      async () => {
        const included = includedByMicrosoft(await planRead(fixture, GROWTH), 'reports');
        expectThat(included === 'P1M 1000, P1Y 12000', `reports per term: ${included}`);
        return included;
      },
      (included) => `reports: ${included}`,
    );
    const use = {
      dimension: 'reports',
      quantity: '12345.5',
      occurredAt: await hoursAgo(fixture, 2),
    };
    await fixture.step('both customers use 12,345.5 reports in the same hour', async () => {
      for (const id of [monthly, yearly]) await report(fixture, id, use);
    });
    for (const { id, term, billed } of [
      { id: monthly, term: 'monthly', billed: '11345.5' },
      { id: yearly, term: 'yearly', billed: '345.5' },
    ]) {
      await fixture.step(
        `the ${term} customer is billed for ${Number(billed).toLocaleString('en')} of them`,
        () =>
          expectBilled(fixture, {
            subscriptionId: id,
            dimension: 'reports',
            used: use.quantity,
            billed,
          }),
        (note) => note,
      );
    }
  },
};

export const privatePlan: Scenario = {
  name: 'a customised plan from a private offer',
  guarantee: 'A private offer is billed by its own included quantities, without any setup',
  playsAlone: true,
  async play(fixture) {
    const [id] = await buyHoursAgo(fixture, PRIVATE);
    await fixture.step(
      'Landfall has read the plan that Microsoft made for this customer',
      async () => {
        const plan = await planRead(fixture, PRIVATE);
        expectThat(plan.isPrivate, 'the plan is private');
        const included = includedByMicrosoft(plan, 'reports');
        expectThat(included === 'P1M 2500, P1Y 30000', `reports per term: ${included}`);
        return included;
      },
      (included) => `reports: ${included}`,
    );
    const occurredAt = await hoursAgo(fixture, 2);
    await fixture.step('the customer uses 2,600 reports and 41.25 thousand API calls', () =>
      report(
        fixture,
        id,
        { dimension: 'reports', quantity: '2600', occurredAt },
        { dimension: 'api-calls', quantity: '41.25', occurredAt },
      ),
    );
    await fixture.step(
      'Microsoft accepts 100 reports and 1.25 thousand API calls',
      async () => {
        const of = (dimension: string, used: string, billed: string) =>
          expectBilled(fixture, { subscriptionId: id, dimension, used, billed });
        const notes = [await of('reports', '2600', '100'), await of('api-calls', '41.25', '1.25')];
        return notes.join(', ');
      },
      (note) => note,
    );
  },
};
