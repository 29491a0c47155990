import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { BenchFixture } from './fixture.ts';
import { idOf, SHAPES, type ListServer } from './list-server.ts';

const POLL_MS = 100;

type Worker = Pick<BenchFixture<'fulfillment-worker'>, 'client' | 'databaseUrl'>;

/** Some rows are written as in production. The others are copies with the ids in the marketplace's list. */
export async function seedSubscriptions(
  { client, databaseUrl }: Worker,
  marketplace: ListServer,
  size: number,
): Promise<void> {
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

/** Waits for the end of a reconciliation. */
export async function finished(client: Worker['client'], runId: string) {
  for (;;) {
    const run = await client.reconciliation.get.query({ runId });
    if (run.state !== 'running') return run;
    await delay(POLL_MS);
  }
}
