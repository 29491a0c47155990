import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { laneWakeSubject, streams } from '@landfall/contracts/streams';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { isForWantOfToken } from '@landfall/marketplace/token-source';
import { startAlerts } from '@landfall/service-kit/alerts';
import type { OwnChecks } from '@landfall/service-kit/checks';
import { entraClockCheck } from '@landfall/service-kit/checks/clock';
import { serviceChecks } from '@landfall/service-kit/checks/service';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { busSettings } from '@landfall/service-kit/bus-settings';
import { databaseSettings, migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { alertFinder, startMatters } from '@landfall/service-kit/matters';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import { startRelay } from '@landfall/service-kit/relay';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRetention } from '@landfall/service-kit/retention';
import { serveProcedures } from '@landfall/service-kit/rpc';
import type { Config } from './config.ts';
import { consumeMatters } from './consumers/matters.ts';
import { consumeNotifications } from './consumers/notification-received.ts';
import { consumeUsage } from './consumers/usage-outcomes.ts';
import { healthKeyOf } from './store/credential-health.ts';
import { startCredentialWatch } from './credentials/watch.ts';
import { startApiWatch } from './credentials/watch-api.ts';
import { migrations } from './db/migrations.ts';
import type { Db, FulfillmentTables } from './db/schema.ts';
import { createNameLookup, FAILURE_MEMORY_MS } from './deliveries/name-lookup.ts';
import { noticeChecks } from './doctor/notice-checks.ts';
import { createPublisherChecks } from './doctor/publisher-checks.ts';
import { publisherSetup } from './doctor/publisher-setup.ts';
import { startGivingUp } from './deliveries/give-up-waiting.ts';
import { startRenewals } from './customer-mails/renewals.ts';
import { customerMailChannel } from './deliveries/channels/customer-mail.ts';
import { httpsChannel } from './deliveries/channels/https.ts';
import { mailChannel } from './deliveries/channels/mail.ts';
import { mailSettings } from './deliveries/channels/mail-settings.ts';
import { openMailer, type Mailer } from './deliveries/channels/mailer.ts';
import { slackChannel } from './deliveries/channels/slack.ts';
import { teamsChannel } from './deliveries/channels/teams.ts';
import { startSender } from './deliveries/sender.ts';
import { ExchangeBuffer } from './exchanges/buffer.ts';
import { startExchangeRecorder } from './exchanges/recorder.ts';
import { startDueNotices } from './notices/due-notices.ts';
import { readWorker } from './metrics/read-worker.ts';
import { workerFinders } from './matters/finders.ts';
import { startPublisherLanes } from './lanes/engine.ts';
import { openMarketplaceAccess, type MarketplaceAccess } from './marketplace-access.ts';
import { fulfillmentOwnership } from './procedures/ownership.ts';
import { procedureHandlers } from './procedures/handlers.ts';
import { workerPersonalData } from './procedures/own-personal-data.ts';
import { warnAboutUnlistedPublishers, type WorkerDeps } from './publishers.ts';
import { startReconciler } from './reconcile/reconciler.ts';
import { dispatchedTaskHandlers } from './tasks/dispatch.ts';
import { recordParked } from './tasks/parked.ts';
import { startTimers } from './timers/sweep-timers.ts';

const service = 'fulfillment-worker';

/** Separate connections for decisions: Microsoft waits, so they must not queue behind pages or tasks. */
const DECISION_CONNECTIONS = 4;
/** A statement takes milliseconds. Even after a lost connection there is time left to decide. */
const DECISION_STATEMENT_TIMEOUT_MS = 2_000;

/** Starts the worker. Closing the result finishes the running work and stops the worker. */
export async function start(config: Config, runtime: Runtime): Promise<RunningService> {
  await using resources = new AsyncDisposableStack();
  const { log, now, machineNow = now } = runtime;
  const metrics = new Metrics({ log, now: machineNow });
  const exchanges = new ExchangeBuffer(machineNow);
  const { publishers, outcomesOf, placesOf } = await openMarketplaceAccess(config, {
    ...runtime,
    metrics,
    onExchange: (exchange) => exchanges.add(exchange),
  });
  const { db, decisionDb } = await openDatabases(resources, config, runtime);
  resources.use(startExchangeRecorder({ db, log, exchanges }));
  const bus = await openBus(resources, config, runtime);
  const isLocal = isLoopbackHost(new URL(config.MARKETPLACE_BASE_URL).hostname);
  const mail = mailSettings(config);
  const mailer = mail && resources.use(openMailer(mail));
  const outgoing = { runtime, db, bus, isLocal, mailer };
  const { wakeRelay, wakeSender } = startOutgoing(resources, config, outgoing);

  // A decision is requested only once, so it does not reuse failed look-ups of deliveries.
  const lookup = createNameLookup({ servers: config.DESTINATION_NAME_SERVERS });
  const worker: WorkerDeps = { db, publishers, log, now, isLocal, lookup };
  await warnAboutUnlistedPublishers(worker);
  const wakeLanes = startWork(resources, config, {
    worker,
    bus,
    placesOf,
    wakeOutgoing: wakeRelay,
  });
  for (const publisher of publishers.all) {
    const watched = { db, publisher, outcomes: outcomesOf(publisher), log, now: machineNow };
    const healthKey = healthKeyOf(publisher, publishers);
    resources.use(startCredentialWatch({ ...watched, healthKey }));
    resources.use(startApiWatch({ ...watched, healthKey }));
  }

  const mailFrom = mailer?.from;
  const publicUrl = config.PUBLIC_URL;
  const deps = {
    ...worker,
    isLocal,
    mailFrom,
    publicUrl,
    bus,
    wakeLanes,
    wakeRelay,
    wakeSender,
    mailer,
  };
  const reconciler = resources.use(startReconciler(deps, config.RECONCILE_INTERVAL));
  const router = createRouter(
    fulfillmentProcedures,
    procedureHandlers(deps, { reconciler, decisionDb, machineNow }),
    fulfillmentOwnership(worker),
  );
  const reconcileMs = config.RECONCILE_INTERVAL;
  readWorker(metrics, { ...worker, machineNow, decisionDb, bus, reconcileMs });
  const alerts = resources.use(startAlerts({ service, metrics, log, now: machineNow }));
  const finders = [
    alertFinder<FulfillmentTables>(alerts),
    ...workerFinders({ ...worker, bus, machineNow }),
  ];
  const relay = { wake: wakeRelay };
  resources.use(startMatters({ service, database: db, bus, relay, finders, log, now }));
  const personalData = workerPersonalData(worker);
  const checks = doctorChecks(config, { mailer, bus, db, log, publishers, machineNow });
  resources.use(
    serveProcedures({ owner: service, router, bus, log, metrics, alerts, checks, personalData }),
  );
  resources.use(await consumeNotifications({ bus, db, wakeLanes }));
  resources.use(await consumeUsage({ bus, db, now, wakeSender }));
  resources.use(await consumeMatters({ bus, db, now }));

  const http = resources.use(
    await serveHttp({
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ postgres: await db.isReady(), nats: bus.isReady() }),
      metrics,
    }),
  );
  const running = resources.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** What the doctor finds out from this service: its servers, and each publisher's way to Microsoft and back. */
function doctorChecks(
  config: Config,
  parts: Pick<WorkerDeps, 'db' | 'log' | 'publishers'> & {
    readonly bus: Bus;
    readonly mailer: Mailer | undefined;
    readonly machineNow: () => Date;
  },
): OwnChecks {
  const { db, publishers, machineNow } = parts;
  const authorityUrl = config.ENTRA_AUTHORITY_URL;
  const baseUrl = config.MARKETPLACE_BASE_URL;
  const publisherChecks = createPublisherChecks({ ...parts, authorityUrl, baseUrl });
  const checkNotices = noticeChecks({ ...parts, publicUrl: config.PUBLIC_URL });
  return serviceChecks({
    ...parts,
    service,
    database: db,
    migrations,
    more: (input) => [
      ...(input.publisherId === undefined ? [entraClockCheck({ authorityUrl, machineNow })] : []),
      ...publisherChecks(input),
      ...checkNotices(input),
    ],
    setup: publisherSetup(publishers),
  });
}

async function openDatabases(
  resources: AsyncDisposableStack,
  config: Config,
  { log }: Runtime,
): Promise<{ readonly db: Db; readonly decisionDb: Db }> {
  const database = { ...databaseSettings(config), service, log } as const;
  const db = resources.use(await openDatabase<FulfillmentTables>(database));
  const decisionDb = resources.use(
    await openDatabase<FulfillmentTables>({
      ...database,
      purpose: 'decisions',
      maxConnections: DECISION_CONNECTIONS,
      statementTimeoutMs: DECISION_STATEMENT_TIMEOUT_MS,
    }),
  );
  await migrate(db, migrations);
  return { db, decisionDb };
}

async function openBus(
  resources: AsyncDisposableStack,
  config: Config,
  { log }: Runtime,
): Promise<Bus> {
  const bus = resources.use(await connectBus({ ...busSettings(config), name: service, log }));
  await bus.ensureStreams([
    streams.ingest,
    streams.fulfillment,
    streams.matters,
    streams.deadLetters,
  ]);
  return bus;
}

/** Starts what leaves the service: facts on the bus and events to the product. Also removes old rows. */
function startOutgoing(
  resources: AsyncDisposableStack,
  config: Config,
  parts: {
    readonly runtime: Runtime;
    readonly db: Db;
    readonly bus: Bus;
    readonly isLocal: boolean;
    readonly mailer: Mailer | undefined;
  },
): { readonly wakeRelay: () => void; readonly wakeSender: () => void } {
  const { db, bus, isLocal, mailer } = parts;
  const { log, now, machineNow = now } = parts.runtime;
  const relay = resources.use(startRelay({ source: outboxSource(db), bus, log }));
  const servers = config.DESTINATION_NAME_SERVERS;
  const lookup = createNameLookup({ servers, rememberFailuresMs: FAILURE_MEMORY_MS });
  const publicUrl = config.PUBLIC_URL;
  const channels = {
    product: httpsChannel({ machineNow, isLocal, lookup }),
    teams: teamsChannel({ isLocal, lookup }),
    slack: slackChannel({ isLocal, lookup }),
    ...(mailer && {
      mail: mailChannel(mailer),
      'customer-mail': customerMailChannel({ mailer, db, now, publicUrl }),
    }),
  };
  const sender = resources.use(startSender({ db, log, now, channels }));
  resources.use(startGivingUp(db.kysely, log, now));
  const { rules } = retention[service];
  resources.use(startRetention({ database: db, rules, config, log, now, machineNow }));
  const wakeSender = () => sender.wake();
  resources.use(startDueNotices({ db, log, now, publicUrl, wakeSender }));
  resources.use(startRenewals({ db, log, now, wakeSender }));
  const wakeRelay = () => {
    relay.wake();
    wakeSender();
  };
  return { wakeRelay, wakeSender };
}

/**
 * Starts the lanes, and the timers that put tasks into them. Returns a function that wakes the lanes of all
 * processes.
 */
function startWork(
  resources: AsyncDisposableStack,
  config: Config,
  parts: {
    readonly worker: WorkerDeps;
    readonly bus: Bus;
    readonly placesOf: MarketplaceAccess['placesOf'];
    readonly wakeOutgoing: () => void;
  },
): () => void {
  const { worker, bus, placesOf, wakeOutgoing } = parts;
  const { db, publishers, log, now } = worker;
  const lanes = resources.use(
    startPublisherLanes(publishers, {
      db,
      handlers: dispatchedTaskHandlers(worker),
      log,
      owner: `${hostname()}/${process.pid}/${randomUUID()}`,
      placesOf,
      leaseMs: config.LANE_LEASE_MS,
      isNoFailure: isForWantOfToken,
      onCommit: wakeOutgoing,
      onParked: (trx, task, reason) => recordParked(worker, trx, { task, reason }),
    }),
  );
  resources.use(bus.listen(laneWakeSubject, () => lanes.wake()));
  const wakeLanes = () => {
    lanes.wake();
    bus.notify(laneWakeSubject);
  };
  resources.use(startTimers({ db, log, now, wakeLanes }));
  return wakeLanes;
}
