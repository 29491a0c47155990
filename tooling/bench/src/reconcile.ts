import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { openBenchFixture, type BenchFixture } from './fixture.ts';
import { idOf, SHAPES, startListServer, type ListServer } from './list-server.ts';
import { printMemory } from './service-process.ts';

const POLL_MS = 100;

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
await seed(fixture);
marketplace.size = size;
printMemory('idle worker', fixture.service.samples());

const bareMs = await readBare(marketplace);
console.log(`list only, page by page: ${seconds(bareMs)}`);
for (let run = 1; run <= Number(values.runs); run += 1)
  await reconcile(fixture, 'unchanged', bareMs);
marketplace.changed = Number(values.changed);
await reconcile(fixture, `${marketplace.changed} changed`, bareMs);

/** Some rows are written as in production. The others are copies with the ids in the list. */
async function seed({ client, databaseUrl }: Fixture): Promise<void> {
  marketplace.size = SHAPES;
  await finished(client, (await client.reconciliation.start.mutate({})).runId);
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const prefix = idOf(0).slice(0, -12);
  await database.query(
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, state, version,
       created_at, updated_at)
     select id, publisher_id, offer_id, plan_id, status, jsonb_set(state, '{id}', to_jsonb(id)),
       version, created_at, updated_at
     from (select ordinal, '${prefix}' || lpad(to_hex(ordinal), 12, '0') as id
       from generate_series(${SHAPES}, ${size - 1}) as ordinal) as wanted
     join (select substring(id from 25) as shape, publisher_id, offer_id, plan_id, status, state,
       version, created_at, updated_at from subscriptions) as known
       on known.shape = lpad(to_hex(wanted.ordinal % ${SHAPES}), 12, '0')`,
  );
  await database.query('vacuum analyze subscriptions');
  await database.end();
}

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

async function finished(client: Fixture['client'], runId: string) {
  for (;;) {
    const run = await client.reconciliation.get.query({ runId });
    if (run.state !== 'running') return run;
    await delay(POLL_MS);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
