import { until } from '@landfall/servers/wait';
import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';
import { buyHoursAgo } from '../buying.ts';
import type { Scenario } from '../scenario.ts';
import {
  DAY_MS,
  expectBilled,
  expectEqual,
  hoursAgo,
  moveClock,
  planRead,
  report,
} from './reporting.ts';

/** It includes 2,500 reports and 40 thousand API calls a month. */
const PLAN = { offerId: 'analytics', planId: 'growth-fabrikam-2026' };

/** Microsoft's report is complete after two days. Landfall reads it daily. */
const REPORT_LAG_MS = 3 * DAY_MS;

export const readBack: Scenario = {
  name: "a difference in Microsoft's report",
  guarantee:
    "Microsoft's daily report is compared with the ledger, and a difference is an incident",
  playsAlone: true,
  async play(fixture) {
    const { api, control } = fixture.client;
    const [id] = await buyHoursAgo(fixture, PLAN);
    await planRead(fixture, PLAN);
    const occurredAt = await hoursAgo(fixture, 2);
    await fixture.step(
      'Microsoft accepts 25 reports and 3 thousand API calls for a customer',
      async () => {
        await report(
          fixture,
          id,
          { dimension: 'reports', quantity: '2525', occurredAt },
          { dimension: 'api-calls', quantity: '43', occurredAt },
        );
        const of = { subscriptionId: id };
        const notes = [
          await expectBilled(fixture, { ...of, dimension: 'reports', used: '2525', billed: '25' }),
          await expectBilled(fixture, { ...of, dimension: 'api-calls', used: '43', billed: '3' }),
        ];
        return notes.join(', ');
      },
      (note) => note,
    );
    await fixture.step(
      'three days later, its usage report has only 20 of the 25 reports',
      async () => {
        await control.setUsageRecon({
          subscriptionId: id,
          dimension: 'reports',
          day: occurredAt.slice(0, 10),
          reconStatus: 'Mismatch',
          processedQuantity: '20',
        });
        await moveClock(fixture, REPORT_LAG_MS);
      },
    );
    const incident = await fixture.step(
      'Landfall reads the report and opens one incident; the API calls agree',
      () => oneIncident(fixture, id),
      ({ ours, theirs, message }) => `ledger ${ours}, Microsoft ${theirs}: ${message}`,
    );
    await fixture.step(
      'a person settles it with a reason; what was billed does not change',
      async () => {
        const reason = 'Support case 4711: Microsoft corrects the invoice.';
        await api.incidents.settle.mutate({ incidentId: incident.id, reason });
        const { items } = await api.incidents.list.query({ subscriptionId: id, isSettled: true });
        const [settled] = items;
        expectThat(settled?.reason === reason, `the reason is kept (${settled?.reason})`);
        expectThat(settled.settledBy !== undefined, 'it says who settled it');
        const of = { subscriptionId: id, dimension: 'reports', used: '2525', billed: '25' };
        return `${await expectBilled(fixture, of)}; settled: ${reason}`;
      },
      (note) => note,
    );
  },
};

async function oneIncident({ client: { api } }: ScenarioFixture, subscriptionId: string) {
  const days = await until('both dimensions are compared', async () => {
    const { items } = await api.usage.readBack.query({ subscriptionId });
    const isDecided = items.every(({ verdict }) => verdict !== 'processing');
    return items.length === 2 && isDecided ? items : undefined;
  });
  const verdicts = new Map(days.map((one) => [one.dimension, one.verdict]));
  expectThat(verdicts.get('api-calls') === 'agrees', `API calls: ${verdicts.get('api-calls')}`);
  expectThat(verdicts.get('reports') === 'mismatch', `reports: ${verdicts.get('reports')}`);
  const { items } = await api.incidents.list.query({ subscriptionId, isSettled: false });
  const [incident, ...others] = items;
  expectThat(incident !== undefined && others.length === 0, `one incident (${items.length})`);
  expectThat(incident.kind === 'mismatch', `its kind is mismatch (${incident.kind})`);
  expectEqual(incident.ours ?? '', '25', 'the ledger has');
  expectEqual(incident.theirs ?? '', '20', 'Microsoft has');
  return incident;
}
