import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { services } from '@landfall/contracts/services';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { removeCluster } from '@landfall/servers/postgres-cluster';
import { startNats, type RunningNats } from '@landfall/servers/nats';
import { startNatsCluster, type RunningNatsCluster } from '@landfall/servers/nats-cluster';
import { startPostgres, type RunningPostgres } from '@landfall/servers/postgres';
import type { RunningServer } from '@landfall/servers/running-server';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { openFolder } from '../launch/folder.ts';
import type { ServiceSettings } from '../launch/service-processes.ts';
import { natsUrlVariable } from '../launch/surroundings.ts';
import { startStack, type StackOptions } from '../launch/stack.ts';
import type { SupervisedProcess } from '../launch/supervised-process.ts';
import { openStackClient, type StackClient } from '../fixture/stack-client.ts';
import { openProduct, type Product } from './product.ts';

/** A killed process is restarted at once, because the run is about crashes and not about pauses. */
const RESTART_PAUSES_MS = [50];

/**
 * Each stack has its own range of ports, so that no other stack takes the port of a dead service.
 */
const FIRST_PORT = 20_000;
const PORTS_EACH = 20;
/** Keeps the ports below those that the system assigns by itself. */
const RANGES = 600;

function ownPorts(): number {
  return FIRST_PORT + PORTS_EACH * (process.pid % RANGES);
}

type Worker = ReturnType<typeof workerClient>;

/** A separate running system, and access to every part of it that can be killed. */
export interface ChaosFixture extends AsyncDisposable {
  readonly client: StackClient;
  /** The worker's own procedures, as landing calls them. */
  readonly worker: Worker;
  readonly bus: Bus;
  readonly product: Product;
  readonly services: readonly SupervisedProcess[];
  readonly postgres: RunningPostgres;
  /** Our only nats-server, or all nodes of the cluster together. */
  readonly nats: Pick<RunningServer, 'stop' | 'kill' | 'restart'>;
  /** Present if NATS is a cluster. */
  readonly natsCluster: RunningNatsCluster | undefined;
  /** The folders of their data. */
  readonly dataFolders: { readonly postgres: string; readonly nats: string };
  /** The services' database, as superuser. */
  readonly databaseUrl: string;
  readonly logs: string;
}

export interface ChaosFixtureOptions {
  readonly workers: number;
  /** Nodes of the NATS cluster; by default one nats-server without a cluster. */
  readonly natsNodes?: number;
  readonly settings?: ServiceSettings;
  /** Called before PostgreSQL makes its data there. Returns what is called after PostgreSQL has stopped. */
  readonly prepareDataFolder?: (folder: string) => () => void;
  /** The address at which the system reaches PostgreSQL, if that is not its own. It is open when the system starts. */
  readonly databaseAddress?: (postgres: RunningPostgres) => Promise<string>;
  readonly databaseRoute?: StackOptions['databaseRoute'];
  /** Scripts of another release, by program. */
  readonly scripts?: StackOptions['scripts'];
  /** Keeps data and logs. */
  readonly keep?: boolean;
  readonly onStep?: (line: string) => void;
}

/** Starts it in a temporary folder. Disposing stops everything and removes the folder. */
export async function openChaosFixture(options: ChaosFixtureOptions): Promise<ChaosFixture> {
  await using stack = new AsyncDisposableStack();
  const root = mkdtempSync(path.join(tmpdir(), 'landfall-chaos-'));
  // The user that PostgreSQL runs as must be able to pass through.
  chmodSync(root, 0o711);
  const folder = openFolder(path.join(root, 'data'));
  const dataDir = folder.path('postgres');
  const natsDir = folder.path('nats');
  stack.defer(() => {
    if (options.keep) return;
    removeCluster(dataDir);
    rmSync(root, { recursive: true, force: true });
  });

  if (options.prepareDataFolder) stack.defer(options.prepareDataFolder(dataDir));
  const postgres = stack.use(await startPostgres({ dataDir, durable: true }));
  const nats = stack.use(await openNats(natsDir, options.natsNodes));
  const running = await startStack({
    folder,
    fresh: false,
    workers: options.workers,
    onStep: options.onStep ?? (() => undefined),
    onEvent: () => undefined,
    env: {
      DATABASE_URL: (await options.databaseAddress?.(postgres)) ?? postgres.adminUrl,
      ...natsVariables(nats),
    },
    databaseRoute: options.databaseRoute,
    firstPort: ownPorts(),
    settings: options.settings,
    scripts: options.scripts,
    restartPausesMs: RESTART_PAUSES_MS,
  });
  stack.defer(async () => void (await running.stop()));
  const log = createLogger('chaos', 'silent');
  const bus = stack.use(await connectBus({ url: nats.url, name: 'landing', log }));
  const client = openStackClient(running.description);
  const product = stack.use(await openProduct(client));
  const owned = stack.move();
  return {
    client,
    worker: workerClient(bus),
    bus,
    product,
    services: running.services,
    postgres,
    nats,
    natsCluster: 'nodes' in nats ? nats : undefined,
    dataFolders: { postgres: dataDir, nats: natsDir },
    databaseUrl: running.description.databaseUrl,
    logs: folder.logs,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function openNats(dir: string, nodes = 1): Promise<RunningNats | RunningNatsCluster> {
  return nodes === 1 ? startNats({ dir }) : startNatsCluster({ dir, nodes });
}

/** Each service connects as its own user. */
function natsVariables(nats: RunningNats | RunningNatsCluster): Record<string, string> {
  return {
    NATS_URL: nats.url,
    ...Object.fromEntries(
      services.map(({ name }) => [natsUrlVariable(name), nats.urlFor(name)] as const),
    ),
    ...('nodes' in nats && { NATS_REPLICAS: String(nats.nodes.length) }),
  };
}

function workerClient(bus: Bus) {
  return procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(bus),
    caller: { kind: 'service', name: 'landing' },
    correlationId: () => randomUUID(),
  });
}
