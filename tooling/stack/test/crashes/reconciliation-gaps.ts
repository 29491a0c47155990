import { until } from '@landfall/servers/wait';
import type { PlayedGap } from './gaps.ts';
import type { Held, CrashFixture } from './fixture.ts';

/**
 * A difference that only Microsoft's list shows, and a reconciliation that is killed before it is
 * repaired.
 */
export const reconciliationGaps: readonly PlayedGap[] = [
  {
    title:
      'worker killed in a reconciliation before the page arrives: the next run repairs everything',
    ...killedWhere(async (fixture) => {
      const page = await fixture.hold({ endpoint: 'list' });
      await begin(fixture);
      await page.reached();
      return page;
    }),
  },
  {
    title:
      'worker killed in a reconciliation after a page is compared, before it is saved: repaired once',
    ...killedWhere(async (fixture) => {
      const page = await fixture.hold({ endpoint: 'list' });
      await begin(fixture);
      await page.reached();
      const row = `select 1 from fulfillment.reconciliation_runs where state = 'running' for update`;
      const saving = await fixture.lock(row, []);
      await page.release();
      await saving.reached();
      return saving;
    }),
  },
  {
    title:
      'worker killed in a reconciliation after a page is saved, before the repair: repaired once',
    ...killedWhere(async (fixture, subscriptionId) => {
      const reading = await fixture.hold({ endpoint: 'get', subscriptionId });
      await begin(fixture);
      await reading.reached();
      return reading;
    }),
  },
];

function killedWhere(
  stand: (fixture: CrashFixture, subscriptionId: string) => Promise<Held>,
): Pick<PlayedGap, 'effects' | 'play'> {
  return {
    effects: { purchased: 1, activated: 1, suspended: 1 },
    async play(fixture, subscriptionId) {
      const { control } = fixture;
      await control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
      await control.suspend(subscriptionId);
      const { release } = await stand(fixture, subscriptionId);
      await fixture.crash('fulfillment-worker', [{ subscriptionId, release }]);
      // Ends the lease, as if two minutes had passed.
      await fixture.rows(
        `update fulfillment.reconciliation_runs set lease_until = now() where state = 'running'`,
      );
      const { runId } = await until('a run begins', () => begin(fixture).catch(() => undefined));
      await until('the run is over', async () => {
        const { state } = await fixture.patientApi.reconciliation.get.query({ runId });
        return state === 'completed';
      });
    },
  };
}

function begin({ api, publisherId }: CrashFixture) {
  return api.reconciliation.start.mutate({ publisherId });
}
