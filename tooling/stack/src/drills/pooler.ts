import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { services } from '@landfall/contracts/services';
import { freePort } from '@landfall/servers/ports';
import { ServerProcess } from '@landfall/servers/server-process';
import { serviceUser } from '@landfall/servers/service-user';
import { NotPossibleHere, type Drill, type DrillContext } from './drill.ts';
import { underTraffic } from './under-traffic.ts';

const DEFAULT_SECONDS = 15;
/** Far fewer than the services open, so that sessions are shared all the time. */
const SERVER_CONNECTIONS_EACH = 2;
const STOP_GRACE_MS = 5000;

export const pooler: Drill = {
  name: 'pooler',
  summary:
    'all services reach PostgreSQL through PgBouncer in transaction mode, with two sessions each',
  flags: [{ name: 'seconds', value: 'N', help: `traffic (default ${DEFAULT_SECONDS})` }],
  async play(context) {
    const seconds = Number(context.flags['seconds'] ?? DEFAULT_SECONDS);
    const program = findPgBouncer();
    await using resources = new AsyncDisposableStack();
    const port = await freePort();
    const settings = Object.fromEntries(
      services.map(({ name }) => [name, { DATABASE_POOLER: 'transaction' }]),
    );
    const system = resources.use(
      await context.openStack({
        settings,
        databaseAddress: async ({ adminUrl }) => {
          resources.defer(await startPgBouncer(program, { adminUrl, port }));
          return adminUrl;
        },
        databaseRoute(url) {
          const routed = new URL(url);
          routed.port = String(port);
          return routed.href;
        },
      }),
    );
    const ledger = await underTraffic(context, system, {
      guarantee: 'every guarantee holds behind the pooler',
      async loss() {
        context.say(`customers buy and change plans for ${seconds} s`);
        await context.pause(seconds * 1000);
        await showSessions(context, system.databaseUrl);
      },
    });
    context.figure('purchases', ledger.counts.get('purchases') ?? 0);
    context.figure('usage records', ledger.usage.size);
  },
};

async function showSessions({ expect, figure }: DrillContext, databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ sessions: number; locks: number }>(
      `select count(*)::int as sessions,
         (select count(*)::int from pg_locks l join pg_stat_activity a using (pid)
          where l.locktype = 'advisory' and a.state = 'idle') as locks
       from pg_stat_activity where usename like 'landfall\\_%'`,
    );
    const { sessions = 0, locks = 0 } = rows[0] ?? {};
    figure('PostgreSQL sessions for five services', sessions);
    const most = SERVER_CONNECTIONS_EACH * services.length;
    expect('the pooler shares sessions', sessions > 0 && sessions <= most, `${sessions} sessions`);
    expect('no lock outlives its transaction', locks === 0, `${locks} locks of idle sessions`);
  } finally {
    await client.end();
  }
}

/** Returns a function that stops it and removes its folder. */
async function startPgBouncer(
  program: string,
  { adminUrl, port }: { readonly adminUrl: string; readonly port: number },
): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-pgbouncer-'));
  const admin = new URL(adminUrl);
  const identity = serviceUser(folder);
  const write = (name: string, content: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    if (identity) chownSync(file, identity.uid, identity.gid);
    return file;
  };
  chmodSync(folder, 0o711);
  const users = write('users', `"${admin.username}" "${decodeURIComponent(admin.password)}"\n`);
  const config = write(
    'pgbouncer.ini',
    `[databases]
* = host=${admin.hostname} port=${admin.port} auth_user=${admin.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS_EACH}
max_client_conn = 500
`,
  );
  const server = await ServerProcess.launch({
    name: 'PgBouncer',
    command: program,
    args: [config],
    cwd: folder,
    env: process.env,
    identity,
    stopSignal: 'SIGINT',
    stopGraceMs: STOP_GRACE_MS,
    throwAwayDir: folder,
  });
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

function findPgBouncer(): string {
  const given = process.env['PGBOUNCER'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = given
    ? [given]
    : [...folders, '/usr/sbin'].map((folder) => path.join(folder, 'pgbouncer'));
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new NotPossibleHere(
    `${given ?? 'pgbouncer'} is not on this machine.\n` +
      '  Next step: install it (Debian: apt-get install pgbouncer; macOS: brew install pgbouncer), or set PGBOUNCER to its path.',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
