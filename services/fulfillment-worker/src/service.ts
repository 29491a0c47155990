import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { laneWakeSubject, streams } from '@landfall/contracts/streams';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { isForWantOfToken } from '@landfall/marketplace/token-source';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus } from '@landfall/service-kit/bus';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import { startRelay } from '@landfall/service-kit/relay';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRetention } from '@landfall/service-kit/retention';
import { serveProcedures } from '@landfall/service-kit/rpc';
import type { Config } from './config.ts';
import { consumeNotifications } from './consumers/notification-received.ts';
import { healthKeyOf } from './store/credential-health.ts';
import { startCredentialWatch } from './credentials/watch.ts';
import { startApiWatch } from './credentials/watch-api.ts';
import { migrations } from './db/migrations.ts';
import type { FulfillmentTables } from './db/schema.ts';
import { createNameLookup, FAILURE_MEMORY_MS } from './deliveries/name-lookup.ts';
import { startGivingUp } from './deliveries/give-up-waiting.ts';
import { startSender } from './deliveries/sender.ts';
import { readWorker } from './metrics/read-worker.ts';
import { startPublisherLanes } from './lanes/publisher-lanes.ts';
import { openMarketplaceAccess } from './marketplace-access.ts';
import { fulfillmentOwnership } from './procedures/ownership.ts';
import { procedureHandlers } from './procedures/handlers.ts';
import { warnAboutUnlistedPublishers } from './publishers.ts';
import { startReconciler } from './reconcile/reconciler.ts';
import { dispatchedTaskHandlers } from './tasks/dispatch.ts';
import { recordParked } from './tasks/parked.ts';
import { startTimers } from './timers/sweep-timers.ts';

const service = 'fulfillment-worker';

/** Separate connections for decisions: Microsoft waits, so they must not queue behind pages or tasks. */
const DECISION_CONNECTIONS = 4;
/** A statement takes milliseconds. Even after a lost connection there is time left to decide. */
const DECISION_STATEMENT_TIMEOUT_MS = 2_000;

/** Starts the worker; closing what it returns finishes the work at hand and stops it. */
export async function start(config: Config, { log, now }: Runtime): Promise<RunningService> {
  await using stack = new AsyncDisposableStack();
  const metrics = new Metrics({ log, now });
  const { publishers, outcomesOf } = await openMarketplaceAccess(config, { log, now, metrics });
  const database = { url: config.DATABASE_URL, service, log } as const;
  const db = stack.use(await openDatabase<FulfillmentTables>(database));
  const decisionDb = stack.use(
    await openDatabase<FulfillmentTables>({
      ...database,
      purpose: 'decisions',
      maxConnections: DECISION_CONNECTIONS,
      statementTimeoutMs: DECISION_STATEMENT_TIMEOUT_MS,
    }),
  );
  await migrate(db, migrations);
  const bus = stack.use(
    await connectBus({ url: config.NATS_URL, name: service, log, ackWaitMs: config.ACK_WAIT_MS }),
  );
  await bus.ensureStreams([streams.ingest, streams.fulfillment, streams.deadLetters]);

  const relay = stack.use(startRelay({ source: outboxSource(db), bus, log }));
  const isLocal = isLoopbackHost(new URL(config.MARKETPLACE_BASE_URL).hostname);
  const servers = config.DESTINATION_NAME_SERVERS;
  const rememberingLookup = createNameLookup({ servers, rememberFailuresMs: FAILURE_MEMORY_MS });
  const sender = stack.use(startSender({ db, log, now, isLocal, lookup: rememberingLookup }));
  stack.use(startGivingUp(db.kysely, log, now));
  const { rules } = retention[service];
  stack.use(startRetention({ database: db, rules, config, log, now }));
  const wakeOutgoing = () => {
    relay.wake();
    sender.wake();
  };

  // A decision is requested only once, so it does not reuse failed look-ups of deliveries.
  const worker = { db, publishers, log, now, isLocal, lookup: createNameLookup({ servers }) };
  await warnAboutUnlistedPublishers(worker);
  const lanes = stack.use(
    startPublisherLanes(publishers, {
      db,
      handlers: dispatchedTaskHandlers(worker),
      log,
      owner: `${hostname()}/${process.pid}/${randomUUID()}`,
      concurrency: config.LANE_CONCURRENCY,
      leaseMs: config.LANE_LEASE_MS,
      isNoFailure: isForWantOfToken,
      onCommit: wakeOutgoing,
      onParked: (trx, task, reason) => recordParked(worker, trx, { task, reason }),
    }),
  );
  stack.use(bus.listen(laneWakeSubject, () => lanes.wake()));
  const wakeLanes = () => {
    lanes.wake();
    bus.notify(laneWakeSubject);
  };

  for (const publisher of publishers.all) {
    const healthKey = healthKeyOf(publisher, publishers);
    const outcomes = outcomesOf(publisher);
    stack.use(startCredentialWatch({ db, publisher, healthKey, outcomes, log, now }));
    stack.use(startApiWatch({ db, publisher, healthKey, outcomes, log, now }));
  }
  stack.use(startTimers({ db, log, now, wakeLanes }));

  const wakeSender = () => sender.wake();
  const deps = { ...worker, bus, wakeLanes, wakeRelay: wakeOutgoing, wakeSender };
  const reconciler = stack.use(startReconciler(deps, config.RECONCILE_INTERVAL));
  const router = createRouter(
    fulfillmentProcedures,
    procedureHandlers(deps, { reconciler, decisionDb }),
    fulfillmentOwnership(worker),
  );
  readWorker(metrics, { ...worker, decisionDb, bus, reconcileMs: config.RECONCILE_INTERVAL });
  const alerts = stack.use(startAlerts({ service, metrics, log, now }));
  stack.use(serveProcedures({ owner: service, router, bus, log, metrics, alerts }));
  stack.use(await consumeNotifications({ bus, db, wakeLanes }));

  const http = stack.use(
    await serveHttp({
      app: () => new Response(null, { status: 404 }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ database: await db.isReady(), bus: bus.isReady() }),
      metrics,
    }),
  );
  const running = stack.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
