import { openBenchFixture, type BenchFixture } from '../fixture.ts';
import { check, type BenchContext, type Benchmark } from '../harness/compare.ts';
import { startListServer, type ListServer } from '../list-server.ts';
import { finished, seedSubscriptions } from '../seed-subscriptions.ts';

const SIZES = [1_000, 10_000, 100_000] as const;

export const reconcile: Benchmark = {
  name: 'reconcile',
  about:
    'reconciliation of 1,000, 10,000 and 100,000 unchanged subscriptions, without the time of the list',
  async run(context) {
    for (const size of SIZES) await reconcileAll(context, size);
  },
};

async function reconcileAll(context: BenchContext, size: number): Promise<void> {
  await using marketplace = await startListServer();
  await using fixture = await openBenchFixture('fulfillment-worker', marketplace, {
    RECONCILE_INTERVAL: 'off',
  });
  await seedSubscriptions(fixture, marketplace, size);
  marketplace.size = size;
  const name = `reconcile, ${size.toLocaleString('en')} subscriptions`;
  const isLargest = size === SIZES.at(-1);
  let mostMb = 0;
  const ours = {
    name: 'worker',
    async run() {
      const measured = await reconcileOnce(fixture, marketplace);
      mostMb = Math.max(mostMb, measured.also.MB);
      return measured;
    },
  };
  await check(context, { name, unit: 's', ours, ...(isLargest && { goal: { atMost: 60 } }) });
  if (!isLargest) return;
  await check(context, {
    name: `${name}, memory`,
    unit: 'MB',
    ours: { name: 'worker', run: () => Promise.resolve({ value: mostMb }) },
    goal: { atMost: 256 },
  });
}

/** Reads only the list first. The time that this takes is Microsoft's, and is subtracted. */
async function reconcileOnce(
  { client, service }: BenchFixture<'fulfillment-worker'>,
  marketplace: ListServer,
) {
  const listMs = await readList(marketplace);
  service.samples();
  const startedAt = performance.now();
  const { runId } = await client.reconciliation.start.mutate({});
  const { state, unchanged } = await finished(client, runId);
  const tookMs = performance.now() - startedAt;
  if (state !== 'completed' || unchanged !== marketplace.size) {
    throw new Error(`the run is ${state} with ${unchanged} unchanged of ${marketplace.size}`);
  }
  const seconds = (ms: number) => Number((ms / 1000).toFixed(2));
  return {
    value: seconds(tookMs - listMs),
    also: { 'list s': seconds(listMs), MB: Math.max(...service.samples()) },
  };
}

async function readList({ baseUrl, size }: ListServer): Promise<number> {
  const startedAt = performance.now();
  let link: string | undefined = `${baseUrl}/saas/subscriptions`;
  let listed = 0;
  while (link !== undefined) {
    const page = (await (await fetch(link)).json()) as { subscriptions: []; '@nextLink'?: string };
    listed += page.subscriptions.length;
    link = page['@nextLink'];
  }
  if (listed !== size) throw new Error(`the list has ${listed} entries instead of ${size}`);
  return performance.now() - startedAt;
}
