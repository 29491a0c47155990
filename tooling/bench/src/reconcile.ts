import { parseArgs } from 'node:util';
import { openBenchFixture, type BenchFixture } from './fixture.ts';
import { startListServer, type ListServer } from './list-server.ts';
import { finished, seedSubscriptions } from './seed-subscriptions.ts';
import { printMemory } from './service-process.ts';

const { values } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    changed: { type: 'string', default: '1000' },
  },
});
const size = Number(values.subscriptions);

type Fixture = BenchFixture<'fulfillment-worker'>;

await using marketplace = await startListServer();
await using fixture = await openBenchFixture('fulfillment-worker', marketplace, {
  RECONCILE_INTERVAL: 'off',
});
await seedSubscriptions(fixture, marketplace, size);
marketplace.size = size;
printMemory('idle worker', fixture.service.samples());

const bareMs = await readBare(marketplace);
console.log(`list only, page by page: ${seconds(bareMs)}`);
for (let run = 1; run <= Number(values.runs); run += 1)
  await reconcile(fixture, 'unchanged', bareMs);
marketplace.changed = Number(values.changed);
await reconcile(fixture, `${marketplace.changed} changed`, bareMs);

async function readBare({ baseUrl }: ListServer): Promise<number> {
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

async function reconcile(
  { client, service }: Fixture,
  what: string,
  bareMs: number,
): Promise<void> {
  service.samples();
  const startedAt = performance.now();
  const { runId } = await client.reconciliation.start.mutate({});
  const run = await finished(client, runId);
  const tookMs = performance.now() - startedAt;
  const { state, listed, unchanged, drifted, healed, errors } = run;
  console.log(
    `reconciliation, ${what}: ${seconds(tookMs)}, ${seconds(tookMs - bareMs)} more than the list ` +
      JSON.stringify({ state, listed, unchanged, drifted, healed, errors }),
  );
  printMemory('  worker', service.samples());
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
