import { until } from '@landfall/servers/wait';
import type { PlayedGap } from './gaps.ts';
import type { Held, CrashFixture } from './fixture.ts';

/** A difference that only the list tells of, and a run that is killed on the way to it. */
export const reconciliationGaps: readonly PlayedGap[] = [
  {
    title: 'worker killed in a reconciliation before a page has come: the next one heals all of it',
    ...killedWhere(async (fixture) => {
      const page = await fixture.hold({ endpoint: 'list' });
      await begin(fixture);
      await page.reached();
      return page;
    }),
  },
  {
    title: 'worker killed in a reconciliation when a page is compared and not saved: healed, once',
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
    title: 'worker killed in a reconciliation when a page is saved and not healed: healed, once',
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
      // Two minutes later, without waiting for them.
      await fixture.rows(
        `update fulfillment.reconciliation_runs set lease_until = now() where state = 'running'`,
      );
      const { runId } = await until('a run begins', () => begin(fixture).catch(() => undefined));
      await until('the run is over', async () => {
        const { state } = await fixture.api.reconciliation.get.query({ runId });
        return state === 'completed';
      });
    },
  };
}

function begin({ api, publisherId }: CrashFixture) {
  return api.reconciliation.start.mutate({ publisherId });
}
