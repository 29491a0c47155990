import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { services, type ServiceName } from '@landfall/contracts/services';
import { bundles } from '@landfall/deploy/bundles';
import type { ChaosFixture } from '../chaos/fixture.ts';
import { Ledger } from '../chaos/ledger.ts';
import { buyMetered } from '../chaos/metered.ts';
import { policy } from '../chaos/policy.ts';
import { Random } from '../chaos/random.ts';
import { settle } from '../chaos/settle.ts';
import { makeSpaces } from '../chaos/space-maker.ts';
import { trade } from '../chaos/trade.ts';
import { buildRelease, type ReleaseScripts } from '../releases/build-release.ts';
import { beginUnderPresent, type Begun } from '../releases/begun.ts';
import { previousRelease } from '../releases/releases.ts';
import { freshSchemas, readSchemas } from '../releases/schemas.ts';
import { logErrors } from './log-errors.ts';
import type { Drill, DrillContext } from './drill.ts';

/** The order in `docs/upgrade.md`: a service is replaced before the services that call it. */
export const documentedOrder: readonly ServiceName[] = [
  'fulfillment-worker',
  'billing-sync',
  'webhook-ingest',
  'landing',
  'gateway',
];

/** Two, so that workers of both releases share the lanes for a while. */
const WORKERS = 2;
const WORKERS_IN_BRIEF = 1;
/** Few enough that one worker keeps up with them, so that little is left to do when they stop. */
const CUSTOMERS_IN_BRIEF = 5;
/** With each mix of releases, at least this many customers' changes are completed. */
const NOTIFICATIONS_EACH = 4;
const SEED = 20_261_130;

const OLD = previousRelease.version;

export const upgrade: Drill = {
  name: 'upgrade',
  summary: `services of ${OLD} are replaced under traffic, brought back and replaced again; nothing is lost`,
  flags: [
    { name: 'pause', value: 'S', help: 'seconds of traffic after each replacement (default 3)' },
    { name: 'brief', help: 'no usage, one worker, going back in one step, no second upgrade' },
  ],
  async play(context) {
    const isBrief = context.flags['brief'] !== undefined;
    const before = await buildRelease(previousRelease, {
      onStep: (line) => context.say(line),
      signal: context.signal,
    });
    await using fixture = await context.openStack({
      workers: isBrief ? WORKERS_IN_BRIEF : WORKERS,
      scripts: before,
    });
    const { api } = fixture.client;
    const ledger = new Ledger();
    const random = new Random(SEED);
    await api.policies.put.mutate(policy);
    await makeSpaces(fixture, ledger, random.fork());
    const ids = isBrief ? [] : await buyMetered(fixture, ledger);
    const end = new AbortController();
    const until = AbortSignal.any([end.signal, context.signal]);
    const trading = trade(
      fixture,
      ledger,
      { ids, random, ...(isBrief && { customers: CUSTOMERS_IN_BRIEF }) },
      until,
    );
    trading.catch(() => undefined);
    try {
      await replaceServices({ context, fixture, before, isBrief });
    } finally {
      end.abort();
      await trading;
    }
    await compare(context, fixture, ledger);
  },
};

interface Replacing {
  readonly context: DrillContext;
  readonly fixture: ChaosFixture;
  readonly before: ReleaseScripts;
  readonly isBrief: boolean;
}

async function replaceServices(run: Replacing): Promise<void> {
  const { before, context, fixture, isBrief } = run;
  const { client } = fixture;
  const after = ownScripts();
  const inOrder = documentedOrder.map((service) => [service]);
  const backwards = inOrder.toReversed();

  const begun = await beginUnderPresent(client);
  await migrateBeside(run, after);
  await replaceAll(run, after, inOrder);
  await finish(context, begun, `from ${OLD} to the new version`);

  const begunAfter = await beginUnderPresent(client);
  context.say(`going back to ${OLD} on the new schemas`);
  await replaceAll(run, before, isBrief ? [documentedOrder] : backwards);
  await finish(context, begunAfter, `back to ${OLD}`);
  if (isBrief) return;

  const begunAgain = await beginUnderPresent(client);
  context.say('replacing the services in the wrong order');
  await replaceAll(run, after, backwards);
  await finish(context, begunAgain, 'in the wrong order');
}

function ownScripts(): ReleaseScripts {
  const scripts = bundles.map(({ program, script }) => [program, script]);
  return Object.fromEntries(scripts) as ReleaseScripts;
}

/** The jobs that migrate, all at once as on Kubernetes, while all services of the previous release work. */
async function migrateBeside({ context, fixture }: Replacing, after: ReleaseScripts) {
  const startedAt = performance.now();
  const migrations = services.map(async ({ name }) => {
    await fixture.services.find((one) => one.name === name)?.runOnce(['migrate'], after[name]);
  });
  await Promise.all(migrations);
  context.figure('migrations beside the previous release', seconds(startedAt));
  const [upgraded, fresh] = await Promise.all([readSchemas(fixture.databaseUrl), freshSchemas()]);
  context.expect(
    `the schemas of ${OLD} become the schemas of an empty installation`,
    isDeepStrictEqual(upgraded, fresh),
    `they differ in ${Object.keys({ ...upgraded, ...fresh })
      .filter((table) => !isDeepStrictEqual(upgraded[table], fresh[table]))
      .join(', ')}: a released migration was changed`,
  );
  await customersGoOn(context, fixture);
}

/** Replaces the processes of each step at the same time, and lets customers continue before the next step. */
async function replaceAll(
  { context, fixture }: Replacing,
  scripts: ReleaseScripts,
  steps: readonly (readonly ServiceName[])[],
): Promise<void> {
  for (const step of steps) {
    const replace = async (service: ServiceName) => {
      for (const one of fixture.services) {
        if (one.name !== service && !one.name.startsWith(`${service}-`)) continue;
        const startedAt = performance.now();
        await one.replace(scripts[service]);
        context.say(`replaced ${one.name} in ${seconds(startedAt)}`);
        await customersGoOn(context, fixture);
      }
    };
    await Promise.all(step.map(replace));
  }
}

/** Waits until the current mix of releases has completed changes from Microsoft's call to the worker. */
async function customersGoOn(context: DrillContext, fixture: ChaosFixture): Promise<void> {
  const before = await carriedOut(fixture);
  await context.until(
    'customers change their subscriptions with this mix of releases',
    async () => (await carriedOut(fixture)) >= before + NOTIFICATIONS_EACH,
  );
  await context.pause(Number(context.flags['pause'] ?? 3) * 1000);
}

async function carriedOut({ databaseUrl }: ChaosFixture): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(CARRIED_OUT);
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}

const CARRIED_OUT = `select count(*)::int from fulfillment.tasks
  where done_at is not null and dedupe_key like 'notification:%'`;

async function finish(context: DrillContext, begun: readonly Begun[], when: string): Promise<void> {
  for (const { guarantee, finish: goOn } of begun) {
    const trouble = await goOn();
    context.expect(`${guarantee} (${when})`, trouble === undefined, trouble);
  }
}

async function compare(context: DrillContext, fixture: ChaosFixture, ledger: Ledger) {
  const { signal } = context;
  const onProgress = (line: string) => context.say(line);
  const breaches = await settle(fixture, ledger, { seed: SEED, onProgress, signal });
  for (const [name, count] of Object.entries(ledger.sortedCounts())) context.figure(name, count);
  for (const { guarantee, found } of breaches) context.expect(guarantee, false, found);
  context.expect(
    "Landfall's record equals Microsoft's; nothing is lost or repeated, no task is parked, and there is no dead letter",
    breaches.length === 0,
  );
  const errors = logErrors(fixture.logs);
  context.expect('no service logged an error', errors.length === 0, errors[0]);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
