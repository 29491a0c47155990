import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures.ts';
import { createRouter } from '@landfall/contracts/procedures.ts';
import { laneWakeSubject, streams } from '@landfall/contracts/streams.ts';
import { createMarketplace } from '@landfall/marketplace/client.ts';
import { isLoopbackHost } from '@landfall/marketplace/origin.ts';
import { openPublisherCredential } from '@landfall/marketplace/publisher-credential.ts';
import { createTokenSource, isForWantOfToken } from '@landfall/marketplace/token-source.ts';
import { connectBus } from '@landfall/service-kit/bus.ts';
import { migrate, openDatabase } from '@landfall/service-kit/database.ts';
import { serveHttp } from '@landfall/service-kit/http.ts';
import { startRelay } from '@landfall/service-kit/outbox.ts';
import type { RunningService, Runtime } from '@landfall/service-kit/process.ts';
import { serveProcedures } from '@landfall/service-kit/rpc.ts';
import type { Config } from './config.ts';
import { consumeNotifications } from './consume-notifications.ts';
import { Outcomes, startCredentialWatch } from './credentials/watch.ts';
import { migrations } from './db/migrations.ts';
import type { FulfillmentTables } from './db/schema.ts';
import { startPruningDeliveries } from './deliveries/prune-deliveries.ts';
import { startSender } from './deliveries/sender.ts';
import { startLanes } from './lanes/engine.ts';
import { startPruning } from './lanes/prune-tasks.ts';
import { fulfillmentBorders } from './procedures/borders.ts';
import { procedureHandlers } from './procedures/handlers.ts';
import { startReconciler } from './reconcile/reconciler.ts';
import { taskHandlers } from './tasks/handlers.ts';
import { recordParked } from './tasks/parked.ts';
import { startTimers } from './timers/sweep-timers.ts';

const service = 'fulfillment-worker';

/** A lane makes one call at a time; these are for decisions and pages, which must not stand in line. */
const CALLS_FOR_PEOPLE = 16;

/** Starts the worker; closing what it returns finishes the work at hand and stops it. */
export async function start(config: Config, { log, now }: Runtime): Promise<RunningService> {
  await using stack = new AsyncDisposableStack();
  const credential = await openPublisherCredential(config);
  const clientId = config.FULFILLMENT_CLIENT_ID;
  const outcomes = new Outcomes(now);
  const tokens = createTokenSource({
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    tenantId: config.PUBLISHER_TENANT_ID,
    clientId,
    credential: credential.current,
    onRequest: outcomes.add,
  });
  const marketplace = createMarketplace({
    baseUrl: config.MARKETPLACE_BASE_URL,
    tokens,
    concurrentCalls: config.LANE_CONCURRENCY + CALLS_FOR_PEOPLE,
    onCall: (record) => log.debug(record, 'marketplace call'),
  });

  const db = stack.use(
    await openDatabase<FulfillmentTables>({ url: config.DATABASE_URL, service, log }),
  );
  await migrate(db, migrations);
  const bus = stack.use(
    await connectBus({ url: config.NATS_URL, name: service, log, ackWaitMs: config.ACK_WAIT_MS }),
  );
  await bus.ensureStreams(Object.values(streams));

  const relay = stack.use(startRelay({ database: db, bus, log }));
  const isLocal = isLoopbackHost(new URL(config.MARKETPLACE_BASE_URL).hostname);
  const sender = stack.use(startSender({ db, log, now, isLocal }));
  stack.use(startPruningDeliveries(db.kysely, log, now));
  const wakeOutgoing = () => {
    relay.wake();
    sender.wake();
  };

  const { fulfillment } = marketplace;
  const observer = { db, fulfillment, publisherId: config.PUBLISHER_ID, log, now, isLocal };
  const lanes = stack.use(
    startLanes({
      db,
      handlers: taskHandlers(observer),
      log,
      owner: `${hostname()}/${process.pid}/${randomUUID()}`,
      concurrency: config.LANE_CONCURRENCY,
      leaseMs: config.LANE_LEASE_MS,
      isNoFailure: isForWantOfToken,
      onCommit: wakeOutgoing,
      onParked: (trx, task, reason) => recordParked(observer, trx, { task, reason }),
    }),
  );
  stack.use(bus.listen(laneWakeSubject, () => lanes.wake()));
  stack.use(startPruning(db.kysely, log));
  const wakeLanes = () => {
    lanes.wake();
    bus.notify(laneWakeSubject);
  };

  stack.use(startCredentialWatch({ db, clientId, credential, tokens, outcomes, log, now }));
  stack.use(startTimers({ db, log, now, wakeLanes }));

  const wakeSender = () => sender.wake();
  const access = { credential, clientId };
  const deps = { ...observer, ...access, bus, wakeLanes, wakeRelay: wakeOutgoing, wakeSender };
  const reconciler = stack.use(startReconciler(deps, config.RECONCILE_INTERVAL));
  const router = createRouter(
    fulfillmentProcedures,
    procedureHandlers(deps, reconciler),
    fulfillmentBorders({ db, log }),
  );
  stack.use(serveProcedures({ owner: service, router, bus, log }));
  stack.use(await consumeNotifications({ bus, db, wakeLanes }));

  const http = stack.use(
    await serveHttp({
      app: () => new Response(null, { status: 404 }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ database: await db.isReady(), bus: bus.isReady() }),
    }),
  );
  const running = stack.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
