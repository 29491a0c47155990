import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { scopes } from '@landfall/contracts/scopes';
import { services } from '@landfall/contracts/services';
import { startEmulator } from '@landfall/emulator/emulator';
import { startNats } from '@landfall/servers/nats';
import { startPostgres } from '@landfall/servers/postgres';
import { removeCluster } from '@landfall/servers/postgres-cluster';
import { provisionRoles } from '@landfall/provisioning/roles';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { startProcess, startService, type ServiceProcess } from './service-process.ts';

const ANSWER_MS = 20_000;

type ServiceName = 'fulfillment-worker' | 'billing-sync' | 'webhook-ingest';

export interface BenchFixture<Name extends ServiceName> extends AsyncDisposable {
  readonly service: ServiceProcess;
  readonly client: ReturnType<typeof clientOf<Name>>;
  /** The URL with the service's own role. */
  readonly databaseUrl: string;
}

/** Starts PostgreSQL with full durability, nats-server and one process of a service, which calls this marketplace. */
export async function openBenchFixture<Name extends ServiceName>(
  name: Name,
  marketplace: { readonly baseUrl: string },
  settings: Readonly<Record<string, string>>,
): Promise<BenchFixture<Name>> {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await openBenchServers(marketplace));
  const service = stack.use(await servers.start(name, settings));
  const client = stack.use(await servers.connect(name));
  const owned = stack.move();
  return {
    service,
    client: client.api,
    databaseUrl: servers.databaseUrl(name),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The servers that services need, and what starts services with them. */
export async function openBenchServers(marketplace: { readonly baseUrl: string }) {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'landfall-bench-'));
  chmodSync(folder, 0o755);
  stack.defer(() => {
    removeCluster(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  });
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: true });
  stack.defer(() => postgres.stop());
  const nats = await startNats({ dir: join(folder, 'nats') });
  stack.defer(() => nats.stop());
  const urls = await provisionRoles(postgres.adminUrl, {
    database: 'landfall',
    services: services.map(({ name, schema, role }) => ({ name, schema, role, password: 'bench' })),
  });
  const emulator = stack.use(await startEmulator());
  const { publisher, fulfillmentApp } = emulator.identities;
  const application = {
    PUBLISHER_TENANT_ID: publisher.tenantId,
    FULFILLMENT_CLIENT_ID: fulfillmentApp.clientId,
  };
  const access = {
    ...application,
    MARKETPLACE_BASE_URL: marketplace.baseUrl,
    FULFILLMENT_CLIENT_SECRET: fulfillmentApp.clientSecret,
  };
  const settingsOf = (name: ServiceName | 'gateway') => {
    if (name === 'gateway') return {};
    return name === 'webhook-ingest' ? application : access;
  };
  const environmentOf = (
    name: ServiceName | 'gateway',
    settings: Readonly<Record<string, string>>,
  ) => ({
    DATABASE_URL: urls[name] ?? '',
    NATS_URL: nats.url,
    ENTRA_AUTHORITY_URL: emulator.authorityUrl,
    ...settingsOf(name),
    ...settings,
  });
  const log = createLogger('bench', 'silent');
  const owned = stack.move();
  return {
    folder,
    /** The database `postgres`, as superuser. */
    adminUrl: postgres.adminUrl,
    natsUrl: nats.url,
    /** Process ids, to read their CPU time. */
    pids: { postgres: postgres.pid, nats: nats.pid },
    authorityUrl: emulator.authorityUrl,
    identities: emulator.identities,
    databaseUrl: (name: ServiceName) => urls[name] ?? '',
    start: (name: ServiceName | 'gateway', settings: Readonly<Record<string, string>>) =>
      startService(name, environmentOf(name, settings)),
    /** Starts another program with the settings of a service. The program sends an object when it is ready. */
    startInstead: (file: URL, name: ServiceName, settings: Readonly<Record<string, string>>) =>
      startProcess(file, environmentOf(name, settings)),
    /** A connection with all permissions. */
    openBus: () => connectBus({ url: nats.url, name: 'gateway', log }),
    /** A client that calls a service past the gateway. */
    async connect<Name extends ServiceName>(name: Name) {
      const bus = await connectBus({ url: nats.url, name: 'gateway', log });
      return { api: clientOf(name, bus), [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function clientOf<Name extends ServiceName>(
  owner: Name,
  bus: Awaited<ReturnType<typeof connectBus>>,
) {
  return procedureClient({
    owner,
    transport: procedureTransport(bus),
    caller: { kind: 'api-key', keyId: 'bench', scopes: [...scopes] },
    correlationId: () => randomUUID(),
    timeoutMs: ANSWER_MS,
  });
}
