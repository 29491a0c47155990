import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import { openBenchFixture } from './fixture.ts';
import { startMeteringServer } from './metering-server.ts';
import { cpuSecondsOfTree, parentOf, printMemory } from './service-process.ts';

const POLL_MS = 200;
const PROGRESS_MS = 10_000;
/** Parallel calls, as from a few programs that report usage. */
const CALLS = 4;
const HOUR_MS = 60 * 60 * 1000;
const HOURS = 20;
const MB = 1024 * 1024;
/** The id of the n-th subscription, in SQL. */
const ID = `'5a5a5a5a-0000-4000-8000-' || lpad(to_hex(n), 12, '0')`;

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    subscriptions: { type: 'string', default: '10000' },
  },
});
const records = Number(values.records);
const subscriptions = Number(values.subscriptions);

await using marketplace = await startMeteringServer();
await using fixture = await openBenchFixture('billing-sync', marketplace, {
  // Hours wait, so that taking and rating are measured apart. `begin` makes them due.
  USAGE_HOUR_GRACE_MS: String(HOUR_MS),
  SUBMIT_INTERVAL_MS: '100',
});
const { client, service } = fixture;
const database = new Client({ connectionString: fixture.databaseUrl });
await database.connect();
await using closing = new AsyncDisposableStack();
closing.defer(() => database.end());
const postgresPid = await findPostgres();
await seed();
printMemory('billing-sync at rest', service.samples());

// The last full hour still waits for late records.
const base = Math.floor(Date.now() / HOUR_MS - HOURS - 1) * HOUR_MS;
await measure('baseline: plain inserts of the same records', records, plainInserts);
await measure('taken', records, () => inBatches(report));
printMemory('  billing-sync', service.samples());

const hours = Math.min(records, subscriptions * HOURS);
await measure('rated and submitted', records, async () => {
  await database.query('update meter_hours set due_at = now() where state = $1', ['open']);
  await until(`select 1 from meter_hours where state = 'open' limit 1`);
  await until(`select 1 from usage_hours where state <> 'settled' limit 1`);
});
printMemory('  billing-sync', service.samples());
const { calls, rows, units } = marketplace.counts;
console.log(`  ${rows} rows in ${calls} calls; ${units} units accepted of ${records} used`);
if (units !== records) throw new Error('the marketplace has another quantity than was used');

await measure('read back and compared', hours, async () => {
  await database.query('update read_back_runs set next_at = now(), finished_at = null');
  await until('select 1 from read_back_runs where finished_at is null');
});
printMemory('  billing-sync', service.samples());
const { rows: verdicts } = await database.query(
  'select verdict, count(*)::int as days, sum(ours)::text as units from read_back_days group by 1',
);
console.log(`  ${JSON.stringify(verdicts)}`);
await printSizes();

/** Subscriptions of a plan that includes nothing, so that every hour is billed. */
async function seed(): Promise<void> {
  await database.query(
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, term_start, term_unit, version)
     select id, 'contoso', 'bench', 'metered', 'Subscribed', $2, 'P1M', 1
     from (select ${ID} as id from generate_series(0, $1 - 1) n) as given`,
    [subscriptions, new Date(Date.now() - 48 * HOUR_MS)],
  );
  await database.query(
    `insert into subscription_versions
       (subscription_id, version, occurred_at, plan_id, status, term_start, term_unit)
     select id, 1, term_start, plan_id, status, term_start, term_unit from subscriptions`,
  );
  const content = {
    isPrivate: false,
    isPricePerSeat: false,
    terms: [{ termUnit: 'P1M', included: { calls: '0' } }],
    dimensions: [{ id: 'calls' }],
  };
  await database.query(
    `insert into catalogue_plans (publisher_id, offer_id, plan_id, version, content, since, read_at)
     values ('contoso', 'bench', 'metered', 1, $1, now(), now())`,
    [JSON.stringify(content)],
  );
  await database.query('vacuum analyze');
}

function recordAt(index: number) {
  const subscription = index % subscriptions;
  const hour = Math.floor(index / subscriptions) % HOURS;
  return {
    eventId: `event-${index}`,
    subscriptionId: `5a5a5a5a-0000-4000-8000-${subscription.toString(16).padStart(12, '0')}`,
    dimension: 'calls',
    quantity: '1',
    occurredAt: new Date(base + hour * HOUR_MS + (index % 3599) * 1000).toISOString(),
  };
}

async function report(batch: readonly ReturnType<typeof recordAt>[]): Promise<void> {
  const { results } = await client.usage.report.mutate({ records: [...batch] });
  const refused = results.find(({ outcome }) => outcome !== 'taken');
  if (refused) throw new Error(`not taken: ${JSON.stringify(refused)}`);
}

/** What the same data costs without Landfall: one table with a key, in the same batches and at the same time. */
async function plainInserts(): Promise<void> {
  await database.query(
    'create table plain (event_id text primary key, subscription_id text, dimension text, quantity numeric, occurred_at timestamptz)',
  );
  const clients = await Promise.all(
    Array.from({ length: CALLS }, async () => {
      const one = new Client({ connectionString: fixture.databaseUrl });
      await one.connect();
      return one;
    }),
  );
  await inBatches(async (batch, worker) => {
    const column = (name: keyof (typeof batch)[number]) => batch.map((one) => one[name]);
    await clients[worker]?.query(
      'insert into plain select * from unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::timestamptz[])',
      [
        column('eventId'),
        column('subscriptionId'),
        column('dimension'),
        column('quantity'),
        column('occurredAt'),
      ],
    );
  });
  await Promise.all(clients.map((one) => one.end()));
  await database.query('drop table plain');
}

async function inBatches(
  send: (batch: readonly ReturnType<typeof recordAt>[], worker: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (worker: number): Promise<void> => {
    while (next < records) {
      const from = next;
      next += MAX_USAGE_BATCH;
      const size = Math.min(MAX_USAGE_BATCH, records - from);
      await send(
        Array.from({ length: size }, (_, index) => recordAt(from + index)),
        worker,
      );
    }
  };
  await Promise.all(Array.from({ length: CALLS }, (_, worker) => work(worker)));
}

async function measure(what: string, count: number, act: () => Promise<void>): Promise<void> {
  const before = await costs();
  await act();
  const after = await costs();
  const spent = (of: keyof typeof before) => after[of] - before[of];
  const rate = Math.round(count / spent('seconds'));
  console.log(
    `${what}: ${spent('seconds').toFixed(1)} s, ${rate} a second; CPU of billing-sync ${spent('service').toFixed(1)} s, ` +
      `of PostgreSQL ${spent('postgres').toFixed(1)} s; ${spent('transactions')} transactions, ${(spent('wal') / MB).toFixed(0)} MB of WAL`,
  );
}

async function costs() {
  const { rows: found } = await database.query<{ transactions: string; wal: string }>(
    `select xact_commit::text as transactions, (pg_current_wal_lsn() - '0/0')::text as wal
     from pg_stat_database where datname = current_database()`,
  );
  return {
    seconds: performance.now() / 1000,
    service: service.cpuSeconds(),
    postgres: cpuSecondsOfTree(postgresPid),
    transactions: Number(found[0]?.transactions),
    wal: Number(found[0]?.wal),
  };
}

/** The process whose children are PostgreSQL's connections. */
async function findPostgres(): Promise<number> {
  const { rows: found } = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  return parentOf(found[0]?.pid ?? 0);
}

/** Waits until the query finds nothing. Prints the states of hours from time to time. */
async function until(query: string): Promise<void> {
  let reportedAt = performance.now();
  while ((await database.query(query)).rows.length > 0) {
    await delay(POLL_MS);
    if (performance.now() - reportedAt < PROGRESS_MS) continue;
    reportedAt = performance.now();
    const { rows: states } = await database.query<{ state: string; hours: number }>(
      `select 'meter ' || state as state, count(*)::int as hours from meter_hours group by 1
       union all select coalesce(problem, state), count(*)::int from usage_hours group by 1`,
    );
    console.log(`  ${states.map(({ state, hours: count }) => `${state}: ${count}`).join(', ')}`);
  }
}

async function printSizes(): Promise<void> {
  const { rows: sizes } = await database.query<{ name: string; bytes: string }>(
    `select coalesce(parent.relname, c.relname) as name, sum(pg_total_relation_size(c.oid))::text as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'billing'
     left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent
     where c.relkind = 'r' group by 1 order by sum(pg_total_relation_size(c.oid)) desc limit 8`,
  );
  for (const { name, bytes } of sizes) {
    const size = (Number(bytes) / MB).toFixed(0);
    console.log(`  ${name}: ${size} MB, ${Math.round(Number(bytes) / records)} bytes a record`);
  }
}
