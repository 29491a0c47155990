import { until } from '@landfall/servers/wait';
import type { PlayedGap } from './gaps.ts';
import type { Held, Scene } from './scene.ts';

/** A difference that only the list tells of, and a run that is killed on the way to it. */
export const reconciliationGaps: readonly PlayedGap[] = [
  {
    title: 'worker killed in a reconciliation before a page has come: the next one heals all of it',
    ...killedWhere(async (scene) => {
      const page = await scene.hold({ endpoint: 'list' });
      await begin(scene);
      await page.reached();
      return page;
    }),
  },
  {
    title: 'worker killed in a reconciliation when a page is compared and not saved: healed, once',
    ...killedWhere(async (scene) => {
      const page = await scene.hold({ endpoint: 'list' });
      await begin(scene);
      await page.reached();
      const row = `select 1 from fulfillment.reconciliation_runs where state = 'running' for update`;
      const saving = await scene.lock(row, []);
      await page.release();
      await saving.reached();
      return saving;
    }),
  },
  {
    title: 'worker killed in a reconciliation when a page is saved and not healed: healed, once',
    ...killedWhere(async (scene, subscriptionId) => {
      const reading = await scene.hold({ endpoint: 'get', subscriptionId });
      await begin(scene);
      await reading.reached();
      return reading;
    }),
  },
];

function killedWhere(
  stand: (scene: Scene, subscriptionId: string) => Promise<Held>,
): Pick<PlayedGap, 'effects' | 'play'> {
  return {
    effects: { purchased: 1, activated: 1, suspended: 1 },
    async play(scene, subscriptionId) {
      const { control } = scene;
      await control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
      await control.suspend(subscriptionId);
      const { release } = await stand(scene, subscriptionId);
      await scene.crash('fulfillment-worker', [{ subscriptionId, release }]);
      // Two minutes later, without waiting for them.
      await scene.rows(
        `update fulfillment.reconciliation_runs set lease_until = now() where state = 'running'`,
      );
      const { runId } = await until('a run begins', () => begin(scene).catch(() => undefined));
      await until('the run is over', async () => {
        const { state } = await scene.api.reconciliation.get.query({ runId });
        return state === 'completed';
      });
    },
  };
}

function begin({ api, publisherId }: Scene) {
  return api.reconciliation.start.mutate({ publisherId });
}
