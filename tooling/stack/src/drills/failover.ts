import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { openMovableAddress, type MovableAddress } from '@landfall/servers/movable-address';
import { startStandby } from '@landfall/servers/postgres-backup';
import { removeCluster } from '@landfall/servers/postgres-cluster';
import type { RunningPostgres } from '@landfall/servers/postgres';
import type { ChaosFixture } from '../chaos/fixture.ts';
import { policy } from '../chaos/policy.ts';
import { UsageError } from '../options.ts';
import type { Drill, DrillContext } from './drill.ts';
import { loseCommits } from './lost-commits.ts';
import { underTraffic } from './under-traffic.ts';

/** Traffic before the failover, and as long after it. */
const DEFAULT_SECONDS = 10;

export const failover: Drill = {
  name: 'failover',
  summary: 'the primary of a pair is lost under traffic; a standby takes over',
  flags: [
    { name: 'seconds', value: 'N', help: `traffic before and after (default ${DEFAULT_SECONDS})` },
    { name: 'planned', help: 'demote the primary, which stays reachable and read-only' },
    { name: 'asynchronous', help: 'the standby lacks the last commits; the drill repairs the gap' },
  ],
  async play(context) {
    const seconds = Number(context.flags['seconds'] ?? DEFAULT_SECONDS);
    const isAsynchronous = context.flags['asynchronous'] !== undefined;
    if (isAsynchronous && context.flags['planned'])
      throw new UsageError('Give --planned or --asynchronous, not both.');
    await using resources = new AsyncDisposableStack();
    let address: MovableAddress | undefined;
    const system = resources.use(
      await context.openStack({
        databaseAddress: async ({ adminUrl, port }) => {
          address = resources.use(await openMovableAddress(port));
          return address.at(adminUrl);
        },
      }),
    );
    const folder = temporaryFolder();
    resources.defer(() => removeCluster(folder));
    const standby = resources.use(
      await startStandby(system.postgres, { folder: system.dataFolders.postgres, to: folder }),
    );
    if (isAsynchronous) {
      await loseCommits(context, system, {
        seconds,
        keep: () => fallBehind(context, system.postgres, standby),
        async goBack() {
          await promote(standby, address);
          context.say('the standby is the primary now');
        },
      });
      return;
    }
    await follow(context, system.postgres);
    const ledger = await underTraffic(context, system, {
      guarantee: "nothing confirmed is lost, and Landfall's record equals Microsoft's",
      async loss() {
        context.say(`customers buy and change plans for ${2 * seconds} s`);
        await context.pause(seconds * 1000);
        await fail(context, { system, standby, address });
        await context.pause(seconds * 1000);
      },
    });
    context.figure('purchases', ledger.counts.get('purchases') ?? 0);
    context.figure('usage records', ledger.usage.size);
  },
};

/** The standby gets everything up to now, and nothing from now on. */
async function fallBehind(
  context: DrillContext,
  primary: RunningPostgres,
  standby: RunningPostgres,
): Promise<void> {
  const [{ lsn } = { lsn: null }] = await ask(primary, 'select pg_current_wal_lsn()::text as lsn');
  await hasReplayed(context, standby, String(lsn));
  await ask(standby, `alter system set primary_conninfo = ''`);
  await ask(standby, 'select pg_reload_conf()');
  await context.until('the standby is cut off', async () => {
    const [row] = await ask(standby, 'select count(*)::int as open from pg_stat_wal_receiver');
    return row?.['open'] === 0;
  });
  context.say('the standby no longer follows');
}

async function promote(
  standby: RunningPostgres,
  address: MovableAddress | undefined,
): Promise<void> {
  await ask(standby, 'select pg_promote(true, 60)');
  address?.moveTo(standby.port);
}

/** From now on, a commit is confirmed only when the standby has it too. */
async function follow(context: DrillContext, primary: RunningPostgres): Promise<void> {
  await ask(primary, `alter system set synchronous_standby_names = '*'`);
  await ask(primary, 'select pg_reload_conf()');
  await context.until('the standby follows', async () => {
    const [row] = await ask(primary, 'select sync_state from pg_stat_replication');
    return row?.['sync_state'] === 'sync';
  });
}

async function fail(
  context: DrillContext,
  of: {
    readonly system: ChaosFixture;
    readonly standby: RunningPostgres;
    readonly address: MovableAddress | undefined;
  },
): Promise<void> {
  const { system, standby, address } = of;
  const startedAt = performance.now();
  const passed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  if (context.flags['planned']) {
    context.say('demoting the primary');
    await demote(context, system.postgres, standby);
  } else {
    context.say('killing the primary');
    await system.postgres.kill();
  }
  await promote(standby, address);
  context.figure('until the standby was promoted', passed());
  await context.until('a command is carried out', () =>
    system.client.api.policies.put.mutate(policy).then(
      () => true,
      () => false,
    ),
  );
  context.figure('until a command was carried out again', passed());
}

/** Read-only, until running transactions have ended and the standby has everything. */
async function demote(
  context: DrillContext,
  primary: RunningPostgres,
  standby: RunningPostgres,
): Promise<void> {
  await ask(primary, 'alter system set default_transaction_read_only = on');
  await ask(primary, 'select pg_reload_conf()');
  const [{ now } = { now: null }] = await ask(primary, 'select clock_timestamp()::text as now');
  await context.until('running transactions end', async () => {
    const [row] = await ask(
      primary,
      `select count(*)::int as open from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid() and xact_start <= '${String(now)}'`,
    );
    return row?.['open'] === 0;
  });
  const [{ lsn } = { lsn: null }] = await ask(primary, 'select pg_current_wal_lsn()::text as lsn');
  await hasReplayed(context, standby, String(lsn));
}

async function hasReplayed(
  context: DrillContext,
  standby: RunningPostgres,
  lsn: string,
): Promise<void> {
  await context.until('the standby has everything', async () => {
    const [row] = await ask(
      standby,
      `select pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn as is_complete`,
    );
    return row?.['is_complete'] === true;
  });
}

async function ask(server: RunningPostgres, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** The user that PostgreSQL runs as must be able to pass through. */
function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-standby-'));
  chmodSync(folder, 0o711);
  return folder;
}
