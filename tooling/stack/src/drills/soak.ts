import pg from 'pg';
import { streams } from '@landfall/contracts/streams';
import type { ChaosFixture } from '../chaos/fixture.ts';
import { Random } from '../chaos/random.ts';
import { beginReconciliation } from '../fixture/begin-reconciliation.ts';
import type { Drill, DrillContext } from './drill.ts';
import { FEWEST_SAMPLES, flatness, type Allowance } from './flat.ts';
import { logErrors } from './log-errors.ts';
import { Customers } from './soak-day.ts';
import {
  ageRows,
  briefRetention,
  readBacklog,
  readProcesses,
  readTables,
  type Readings,
} from './soak-readings.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Usage of the day is sent within this part of it, because Microsoft takes usage of the last 24 hours. */
const MORNING_MS = 3 * HOUR_MS;
const REST_OF_DAY_MS = 21 * HOUR_MS;
/** A year in twenty minutes. */
const DEFAULT_MINUTES = 20;
const DAYS_A_MINUTE = 365 / DEFAULT_MINUTES;
/** Tables are read once in a month of 30 days, when all of its rows are there. */
const DAYS_A_MONTH = 30;
/** With fewer days, services are still warming up: caches fill, and the number of customers still grows. */
const FEWEST_DAYS = 30;
/** With fewer days, retention has removed too little to tell whether the tables grow. */
const FEWEST_DAYS_FOR_TABLES = FEWEST_SAMPLES * DAYS_A_MONTH;
/** A day's work takes about a second. A day that takes longer than this is stuck. */
const DAY_DEADLINE_MS = 3 * 60_000;
const DAYS_BETWEEN_LINES = 10;
const SEED = 20_261_201;

const MEMORY: Allowance = { share: 0.15, amount: 16 };
/** A pool opens one more connection for a while when many calls arrive at once. */
const CONNECTIONS: Allowance = { share: 0.1, amount: 3 };
const SECONDS_A_DAY: Allowance = { share: 0.5, amount: 2 };
const ROWS: Allowance = { share: 0.25, amount: 100 };

export const soak: Drill = {
  name: 'soak',
  summary:
    'a year of purchases, changes, usage, renewals and retention by the local clock: memory, connections, tables and delay stay flat',
  flags: [
    {
      name: 'minutes',
      value: 'N',
      help: `length of the run (default ${DEFAULT_MINUTES}: a year); a shorter run is a part of a year`,
    },
  ],
  async play(context) {
    const minutes = Number(context.flags['minutes'] ?? DEFAULT_MINUTES);
    const days = Math.max(1, Math.round(minutes * DAYS_A_MINUTE));
    context.say(`${days} days in about ${minutes} minutes`);
    await using fixture = await context.openStack({ workers: 1, settings: briefRetention });
    const client = new pg.Client({ connectionString: fixture.databaseUrl });
    await client.connect();
    try {
      const samples = await liveYear(context, { fixture, client, days });
      judge(context, samples, days);
      await compare(context, fixture, client);
    } finally {
      await client.end();
    }
  },
};

interface Soaked {
  readonly fixture: ChaosFixture;
  readonly client: pg.Client;
  readonly days: number;
}

interface Samples {
  readonly daily: readonly Readings[];
  readonly monthly: readonly Readings[];
}

async function liveYear(context: DrillContext, run: Soaked): Promise<Samples> {
  const { client, days, fixture } = run;
  const customers = new Customers(fixture, new Random(SEED));
  const daily: Readings[] = [];
  const monthly: Readings[] = [];
  const startedAt = Date.now();
  for (let day = 1; day <= days; day += 1) {
    const dayStartedAt = performance.now();
    await liveDay(context, run, customers);
    const seconds = (performance.now() - dayStartedAt) / 1000;
    daily.push({ ...(await readProcesses(fixture, client)), 'seconds for a day': seconds });
    if (day % DAYS_A_MONTH === 0) {
      monthly.push(await readTables(client));
      await ageRows(client, DAYS_A_MONTH);
    }
    if (day % DAYS_BETWEEN_LINES === 0) context.say(`day ${day}: ${brief(daily.at(-1))}`);
    const plannedMs = (day / DAYS_A_MINUTE) * 60_000;
    const aheadMs = startedAt + plannedMs - Date.now();
    if (aheadMs > 0 && day < days) await context.pause(aheadMs);
  }
  context.figure('days', days);
  context.figure('minutes', ((Date.now() - startedAt) / 60_000).toFixed(1));
  for (const [name, count] of Object.entries(customers.counts)) context.figure(name, count);
  return { daily, monthly };
}

async function liveDay(context: DrillContext, run: Soaked, customers: Customers): Promise<void> {
  const { client: stack } = run.fixture;
  const { control } = stack;
  await customers.liveDay(await stack.now());
  await rest(context, run);
  await control.advance(MORNING_MS);
  await rest(context, run);
  await control.advance(REST_OF_DAY_MS);
  await rest(context, run);
}

/** Waits until there is no work that is due. */
async function rest(context: DrillContext, { client, fixture }: Soaked): Promise<void> {
  const now = await fixture.client.now();
  let left: Readings = {};
  const isDone = async () => {
    left = await readBacklog(client, now);
    return Object.keys(left).length === 0;
  };
  try {
    await context.until('the work of a day is done', isDone, { timeoutMs: DAY_DEADLINE_MS });
  } catch (error) {
    context.say(`not done: ${brief(left)}`);
    throw error;
  }
}

function judge(context: DrillContext, { daily, monthly }: Samples, days: number): void {
  if (days < FEWEST_DAYS) {
    context.figure('growth', `not checked: the run has ${days} days, and needs ${FEWEST_DAYS}`);
    return;
  }
  for (const name of Object.keys(daily[0] ?? {})) {
    judgeOne(context, { name, samples: valuesOf(daily, name), allowance: allowanceOf(name) });
  }
  if (days < FEWEST_DAYS_FOR_TABLES) {
    context.figure(
      'tables',
      `not checked: the run has ${days} days, and needs ${FEWEST_DAYS_FOR_TABLES}`,
    );
    return;
  }
  for (const name of Object.keys(monthly[0] ?? {})) {
    judgeOne(context, { name, samples: valuesOf(monthly, name), allowance: ROWS });
  }
}

function allowanceOf(name: string): Allowance {
  if (name === 'connections') return CONNECTIONS;
  return name.startsWith('memory') ? MEMORY : SECONDS_A_DAY;
}

function judgeOne(
  context: DrillContext,
  of: {
    readonly name: string;
    readonly samples: readonly number[];
    readonly allowance: Allowance;
  },
): void {
  const { after, before, isFlat } = flatness(of.samples, of.allowance);
  const change = `${rounded(before)} in the second quarter, ${rounded(after)} in the last`;
  context.figure(of.name, change);
  context.expect(`${of.name}: flat`, isFlat, change);
}

async function compare(context: DrillContext, fixture: ChaosFixture, client: pg.Client) {
  const { api, control } = fixture.client;
  const runId = await beginReconciliation(fixture.client);
  const run = await context.until('the reconciliation ends', async () => {
    const found = await api.reconciliation.get.query({ runId });
    return found.state === 'running' ? undefined : found;
  });
  const drift = `${run.state}, ${run.drifted} drifted`;
  context.expect(
    "Landfall's record equals Microsoft's",
    run.state === 'completed' && run.drifted === 0,
    drift,
  );
  const { usage } = await control.state();
  const { rows } = await client.query<{ ours: string; theirs: string }>(BILLED, [
    usage.map(({ quantity }) => quantity),
  ]);
  const [{ ours, theirs } = { ours: '', theirs: '' }] = rows;
  context.figure('units billed', theirs);
  context.expect(
    'Microsoft has billed exactly the usage in the ledger',
    ours === theirs,
    `${ours} and ${theirs}`,
  );
  const { rows: parked } = await client.query(
    'select 1 from fulfillment.tasks where dead_at is not null',
  );
  context.expect('no task is parked', parked.length === 0, `${parked.length} are`);
  const letters = (await fixture.bus.streamState(streams.deadLetters.name))?.lastSequence ?? 0;
  context.expect('there is no dead letter', letters === 0, `${letters}`);
  const events = [...fixture.product.events.values()];
  context.figure('events to the product', events.length);
  const isSound =
    fixture.product.rejected.length === 0 && !events.some((one) => one.isContradicted);
  context.expect('the product verified every event, and repeated events were identical', isSound);
  const errors = logErrors(fixture.logs);
  context.expect('no service logged an error', errors.length === 0, errors[0]);
}

const BILLED = `select
  (select coalesce(sum(billed), 0) from billing.usage_hours)::numeric::text as ours,
  (select coalesce(sum(quantity::numeric), 0) from unnest($1::text[]) as quantity)::text as theirs`;

function valuesOf(samples: readonly Readings[], name: string): number[] {
  return samples.map((sample) => sample[name] ?? 0);
}

function brief(readings: Readings = {}): string {
  return Object.entries(readings)
    .map(([name, value]) => `${name} ${rounded(value)}`)
    .join(', ');
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
