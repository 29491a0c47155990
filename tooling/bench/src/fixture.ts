import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { scopes } from '@landfall/contracts/scopes';
import { startEmulator } from '@landfall/emulator/emulator';
import { startNats } from '@landfall/servers/nats';
import { startPostgres } from '@landfall/servers/postgres';
import { removeCluster } from '@landfall/servers/postgres-cluster';
import { provisionRoles } from '@landfall/provisioning/roles';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { startService, type ServiceProcess } from './service-process.ts';

const ANSWER_MS = 20_000;

const SCHEMAS = { 'fulfillment-worker': 'fulfillment', 'billing-sync': 'billing' } as const;
type ServiceName = keyof typeof SCHEMAS;

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
  const schema = SCHEMAS[name];
  const urls = await provisionRoles(postgres.adminUrl, {
    database: 'landfall',
    services: [{ name, schema, role: schema, password: 'bench' }],
  });
  const databaseUrl = urls[name] ?? '';
  const emulator = stack.use(await startEmulator());
  const { publisher, fulfillmentApp } = emulator.identities;
  const service = stack.use(
    await startService(name, {
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      MARKETPLACE_BASE_URL: marketplace.baseUrl,
      ENTRA_AUTHORITY_URL: emulator.authorityUrl,
      PUBLISHER_TENANT_ID: publisher.tenantId,
      FULFILLMENT_CLIENT_ID: fulfillmentApp.clientId,
      FULFILLMENT_CLIENT_SECRET: fulfillmentApp.clientSecret,
      ...settings,
    }),
  );
  const log = createLogger('bench', 'silent');
  const bus = stack.use(await connectBus({ url: nats.url, name: 'gateway', log }));
  const client = clientOf(name, bus);
  const owned = stack.move();
  return { service, client, databaseUrl, [Symbol.asyncDispose]: () => owned.disposeAsync() };
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
