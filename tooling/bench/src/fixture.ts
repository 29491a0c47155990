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
import { startListServer, type ListServer } from './list-server.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

const ANSWER_MS = 20_000;

export interface BenchFixture extends AsyncDisposable {
  readonly marketplace: ListServer;
  readonly worker: WorkerProcess;
  readonly client: ReturnType<typeof clientOf>;
  /** The URL with the worker's own role. */
  readonly databaseUrl: string;
}

/** Starts PostgreSQL with full durability, nats-server, a fast marketplace and one worker. */
export async function openBenchFixture(): Promise<BenchFixture> {
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
  const name = 'fulfillment-worker' as const;
  const urls = await provisionRoles(postgres.adminUrl, {
    database: 'landfall',
    services: [{ name, schema: 'fulfillment', role: 'fulfillment', password: 'bench' }],
  });
  const databaseUrl = urls[name] ?? '';
  const emulator = stack.use(await startEmulator());
  const marketplace = stack.use(await startListServer());
  const { publisher, fulfillmentApp } = emulator.identities;
  const worker = stack.use(
    await startWorker({
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      MARKETPLACE_BASE_URL: marketplace.baseUrl,
      ENTRA_AUTHORITY_URL: emulator.authorityUrl,
      PUBLISHER_TENANT_ID: publisher.tenantId,
      FULFILLMENT_CLIENT_ID: fulfillmentApp.clientId,
      FULFILLMENT_CLIENT_SECRET: fulfillmentApp.clientSecret,
      RECONCILE_INTERVAL: 'off',
    }),
  );
  const log = createLogger('bench', 'silent');
  const bus = stack.use(await connectBus({ url: nats.url, name: 'gateway', log }));
  const owned = stack.move();
  const close = () => owned.disposeAsync();
  const client = clientOf(bus);
  return { marketplace, worker, client, databaseUrl, [Symbol.asyncDispose]: close };
}

function clientOf(bus: Awaited<ReturnType<typeof connectBus>>) {
  return procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(bus),
    caller: { kind: 'api-key', keyId: 'bench', scopes: [...scopes] },
    correlationId: () => randomUUID(),
    timeoutMs: ANSWER_MS,
  });
}
