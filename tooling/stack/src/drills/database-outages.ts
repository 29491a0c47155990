import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { RunningPostgres } from '@landfall/servers/postgres';
import type { ChaosFixture, ChaosFixtureOptions } from '../chaos/fixture.ts';
import { policy } from '../chaos/policy.ts';
import { NotPossibleHere, type Drill, type DrillContext } from './drill.ts';
import { underTraffic } from './under-traffic.ts';

const DEFAULT_SECONDS = 15;
/** Traffic before the outage. */
const BEFORE_MS = 5000;
/** Enough for the first minutes of a database, and small enough to fill at once. */
const DISK_MB = 300;
/** More than any server of this drill allows. */
const MOST_CONNECTIONS = 1000;

interface Outage {
  readonly name: string;
  readonly summary: string;
  readonly options?: Partial<ChaosFixtureOptions>;
  /** Begins the outage, and returns what ends it. */
  readonly begin: (system: ChaosFixture, context: DrillContext) => Promise<() => Promise<void>>;
}

/** PostgreSQL cannot write for some time while customers buy and change plans. The system must continue by itself, without a loss. */
function outageDrill({ name, summary, begin, options }: Outage): Drill {
  return {
    name,
    summary,
    flags: [
      { name: 'seconds', value: 'N', help: `length of the outage (default ${DEFAULT_SECONDS})` },
    ],
    async play(context) {
      const seconds = Number(context.flags['seconds'] ?? DEFAULT_SECONDS);
      await using resources = new AsyncDisposableStack();
      const system = resources.use(await context.openStack(options));
      await underTraffic(context, system, {
        guarantee: 'nothing is lost, and no answer is 4xx',
        async loss() {
          await context.pause(BEFORE_MS);
          context.say(`outage of ${seconds} s`);
          const over = await begin(system, context);
          try {
            await context.pause(seconds * 1000);
          } finally {
            await over();
          }
          await recovered(context, system);
        },
      });
      const answers = await webhookAnswers(system);
      context.figure('webhook calls answered 200', answers.get(200) ?? 0);
      context.figure('webhook calls answered 503', answers.get(503) ?? 0);
      context.expect('webhook calls of the outage are answered 503', (answers.get(503) ?? 0) > 0);
    },
  };
}

export const readOnly = outageDrill({
  name: 'read-only',
  summary:
    'PostgreSQL becomes read-only for some time, as a managed server whose disk is nearly full',
  async begin({ client, postgres }, { figure, until }) {
    await ask(postgres, 'alter system set default_transaction_read_only = on');
    await ask(postgres, 'select pg_reload_conf()');
    const startedAt = performance.now();
    await until('the alert DatabaseReadOnly fires', async () => {
      const { firing } = await client.api.alerts.list.query({});
      return firing.some(({ alert }) => alert === 'DatabaseReadOnly');
    });
    figure('until the alert DatabaseReadOnly', `${secondsSince(startedAt)} s`);
    return async () => {
      await ask(postgres, 'alter system reset default_transaction_read_only');
      await ask(postgres, 'select pg_reload_conf()');
    };
  },
});

export const connections = outageDrill({
  name: 'connections',
  summary: 'other programs take every connection that PostgreSQL has',
  async begin({ postgres }, { figure }) {
    const password = 'drill';
    await ask(postgres, `create role drill_hog login password '${password}'`);
    const url = new URL(postgres.adminUrl);
    url.username = 'drill_hog';
    url.password = password;
    const taken: pg.Client[] = [];
    const ours = `select pg_terminate_backend(pid) from pg_stat_activity where usename like 'landfall\\_%'`;
    const admin = await connect(postgres.adminUrl);
    const hog = async () => {
      while (taken.length < MOST_CONNECTIONS) taken.push(await connect(url.href));
    };
    // The services take some of them back in between, as they would from any other program.
    for (let round = 0; round < 3; round += 1) {
      await hog().catch(() => undefined);
      await admin.query(ours);
    }
    await hog().catch(() => undefined);
    figure('connections taken', taken.length);
    return async () => {
      await Promise.all([admin, ...taken].map((client) => client.end()));
    };
  },
});

export const diskFull = outageDrill({
  name: 'disk-full',
  summary: 'the disk of PostgreSQL is full for some time (Linux, as root)',
  options: { prepareDataFolder: mountSmallDisk },
  async begin({ dataFolders, postgres }, { figure }) {
    const ballast = path.join(dataFolders.postgres, 'ballast');
    const { bavail, bsize } = statfsSync(dataFolders.postgres);
    try {
      writeFileSync(ballast, Buffer.alloc(bavail * bsize, 1));
    } catch {
      // The last blocks were taken meanwhile, so the disk is full.
    }
    figure('free space left, bytes', statfsSync(dataFolders.postgres).bavail * bsize);
    return async () => {
      rmSync(ballast, { force: true });
      const isUp = await ask(postgres, 'select 1').then(
        () => true,
        () => false,
      );
      figure('PostgreSQL stopped because its write-ahead log had no space', isUp ? 'no' : 'yes');
      if (!isUp) await postgres.restart();
    };
  },
});

/** Mounts a small file system in memory, which only root can do. Returns a function that unmounts it. */
function mountSmallDisk(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  try {
    const size = `size=${DISK_MB}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new NotPossibleHere(
      `This machine cannot mount a small disk: ${why}\n  Next step: run this drill as root on Linux.`,
    );
  }
  return () => void execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
}

async function recovered(context: DrillContext, { client }: ChaosFixture): Promise<void> {
  const startedAt = performance.now();
  await context.until('a command is carried out again', () =>
    client.api.policies.put.mutate(policy).then(
      () => true,
      () => false,
    ),
  );
  const what = 'from the end of the outage to the next command';
  context.figure(what, `${secondsSince(startedAt)} s`);
}

function secondsSince(at: number): string {
  return ((performance.now() - at) / 1000).toFixed(1);
}

/** The number of answers by status; undefined for a call without an answer. */
async function webhookAnswers({ client }: ChaosFixture): Promise<Map<number | null, number>> {
  const { deliveries } = await client.control.state();
  const counts = new Map<number | null, number>();
  for (const { status } of deliveries.flatMap(({ attempts }) => attempts)) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
}

async function ask(server: RunningPostgres, text: string): Promise<void> {
  const client = await connect(server.adminUrl);
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
