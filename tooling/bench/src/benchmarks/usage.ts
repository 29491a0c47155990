import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { openBenchFixture } from '../fixture.ts';
import { check, type Benchmark } from '../harness/compare.ts';
import { startMeteringServer } from '../metering-server.ts';
import { HOURS, inBatches, recordsOf, report, seedUsers } from '../usage-records.ts';

const RECORDS = 1_000_000;
const SUBSCRIPTIONS = 10_000;
const POLL_MS = 200;
/** Hours wait this long, so that taking and rating are measured separately. The benchmark then makes them due. */
const GRACE_MS = 3_600_000;

export const usage: Benchmark = {
  name: 'usage',
  about:
    'a million records of usage taken, then rated and submitted, then compared with the report',
  async run(context) {
    await using marketplace = await startMeteringServer();
    await using fixture = await openBenchFixture('billing-sync', marketplace, {
      USAGE_HOUR_GRACE_MS: String(GRACE_MS),
      SUBMIT_INTERVAL_MS: '100',
    });
    const { client, service } = fixture;
    const database = new Client({ connectionString: fixture.databaseUrl });
    await database.connect();
    await using closing = new AsyncDisposableStack();
    closing.defer(() => database.end());
    await seedUsers(database, SUBSCRIPTIONS);
    const memory: number[] = [];
    // A million records warm up the service themselves, and a second million would double the history.
    const once = { ...context, pairs: 1 };
    const timed = async (act: () => Promise<void>) => {
      const cpuBefore = service.cpuSeconds();
      const startedAt = performance.now();
      await act();
      const seconds = (performance.now() - startedAt) / 1000;
      const MB = Math.max(...service.samples());
      memory.push(MB);
      const micros = ((service.cpuSeconds() - cpuBefore) / RECORDS) * 1_000_000;
      return { seconds, also: { MB, 'billing-sync µs': Number(micros.toFixed(1)) } };
    };
    const step = (name: string, act: () => Promise<void>) => ({
      name,
      async run() {
        const { seconds, also } = await timed(act);
        return { value: seconds, also };
      },
    });

    const at = recordsOf(SUBSCRIPTIONS);
    const take = async (): Promise<void> => {
      await inBatches({ from: 0, count: RECORDS, at }, (batch) => report(client, batch));
    };
    await check(once, {
      name: 'usage, records taken',
      unit: '/s',
      ours: {
        name: 'billing-sync',
        async run() {
          const { seconds, also } = await timed(take);
          return { value: RECORDS / seconds, also };
        },
      },
      goal: { atLeast: 20_000 },
      isWarm: true,
    });

    const bill = async (): Promise<void> => {
      await database.query('update meter_hours set due_at = now() where state = $1', ['open']);
      await untilNone(database, `select 1 from meter_hours where state = 'open' limit 1`);
      await untilNone(database, `select 1 from usage_hours where state <> 'settled' limit 1`);
      const { units, rows } = marketplace.counts;
      if (units !== RECORDS || rows !== SUBSCRIPTIONS * HOURS) {
        throw new Error(`the marketplace has ${units} units in ${rows} rows`);
      }
    };
    await check(once, {
      name: 'usage, a million records rated and submitted',
      unit: 's',
      ours: step('billing-sync', bill),
      goal: { atMost: 300 },
      isWarm: true,
    });

    const readBack = async (): Promise<void> => {
      await database.query('update read_back_runs set next_at = now(), finished_at = null');
      await untilNone(database, 'select 1 from read_back_runs where finished_at is null');
    };
    await check(once, {
      name: 'usage, compared with the report',
      unit: 's',
      ours: step('billing-sync', readBack),
      isWarm: true,
    });

    await check(once, {
      name: 'usage, memory',
      unit: 'MB',
      ours: { name: 'billing-sync', run: () => Promise.resolve({ value: Math.max(...memory) }) },
      goal: { atMost: 300 },
      isWarm: true,
    });
  },
};

async function untilNone(database: Client, query: string): Promise<void> {
  while ((await database.query(query)).rows.length > 0) await delay(POLL_MS);
}
