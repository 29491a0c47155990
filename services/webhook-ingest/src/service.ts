import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { ingestProcedures } from '@landfall/contracts/ingest-procedures';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { streams } from '@landfall/contracts/streams';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { createPublisherVerifier } from '@landfall/publishers/webhook-verifiers';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus } from '@landfall/service-kit/bus';
import { busSettings } from '@landfall/service-kit/bus-settings';
import { entraClockCheck } from '@landfall/service-kit/checks/clock';
import { serviceChecks } from '@landfall/service-kit/checks/service';
import { databaseSettings, migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { canonicalPath } from '@landfall/service-kit/http-target';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import { alertFinder, startMatters } from '@landfall/service-kit/matters';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { ownPersonalData } from '@landfall/service-kit/personal-data';
import { startRelay } from '@landfall/service-kit/relay';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import { createCallerCounters } from './webhook/caller-counters.ts';
import type { Config } from './config.ts';
import type { Db, IngestTables } from './db/schema.ts';
import { migrations } from './db/migrations.ts';
import { createDecisions } from './webhook/decision.ts';
import { consumeErasures, eraseBodies } from './consumers/personal-data-erased.ts';
import { notificationHandlers } from './procedures/notifications.ts';
import { ingestOwnership } from './procedures/ownership.ts';
import { admitWebhook, MAX_BODY_BYTES, type WebhookParts } from './webhook/webhook.ts';
import { unreadableFinder } from './matters/unreadable-finder.ts';
import { readIngest } from './metrics.ts';
import { notificationSource } from './relay/notification-relay.ts';
import { startUnreadableWatch } from './reconciliation/unreadable-watch.ts';
import { selectMatchingBodies } from './store/bodies.ts';
import { recordUnavailable } from './store/deliveries.ts';
import { createIntake } from './webhook/intake.ts';

const service = 'webhook-ingest';

/**
 * Separate connections for calls that Microsoft waits for, so that they never queue behind lists, sweeps or
 * erasures: two for statements that store, and two for verdicts.
 */
const URGENT_CONNECTIONS = 4;
/** A statement takes milliseconds. After a lost one there is still time to store in another attempt. */
const URGENT_STATEMENT_TIMEOUT_MS = 2_000;

/**
 * Takes connection webhook calls at `POST /webhook` and answers questions about them. Disposing it first stops taking
 * calls, then publishes what was stored, then closes the connections to Postgres and NATS.
 */
export async function start(config: Config, runtime: Runtime): Promise<RunningService> {
  const { log, now, machineNow = now } = runtime;
  await using resources = new AsyncDisposableStack();
  const given = await readPublishers(config, { credential: false });
  const { db, urgentDb } = await openDatabases(config, { log, resources });
  const { rules } = retention[service];
  resources.use(startRetention({ database: db, rules, config, log, now, machineNow }));
  const bus = resources.use(await connectBus({ ...busSettings(config), name: service, log }));
  await bus.ensureStreams([
    streams.ingest,
    streams.fulfillment,
    streams.matters,
    streams.deadLetters,
  ]);

  const counters = createCallerCounters(log, machineNow);
  const relay = resources.use(
    startRelay({ source: notificationSource(db, { now, machineNow }), bus, log }),
  );
  const worker = procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(bus),
    caller: { kind: 'service', name: service },
    correlationId,
  });
  const { isSole } = given;
  resources.use(startUnreadableWatch({ db, worker, isSole, log, now }));

  const metrics = new Metrics({ log, now: machineNow });
  readIngest(metrics, { db, urgentDb, bus, counters, now, machineNow });
  const alerts = resources.use(startAlerts({ service, metrics, log, now: machineNow }));
  const facts = resources.use(startRelay({ source: outboxSource(db), bus, log }));
  const finders = [alertFinder<IngestTables>(alerts), unreadableFinder(now)];
  resources.use(startMatters({ service, database: db, bus, relay: facts, finders, log, now }));
  const router = createRouter(
    ingestProcedures,
    notificationHandlers({ db, counters, log, now }),
    ingestOwnership({ db, log }),
  );
  const authorityUrl = config.ENTRA_AUTHORITY_URL;
  const checks = serviceChecks({
    service,
    database: db,
    migrations,
    bus,
    log,
    machineNow,
    more: ({ publisherId }) =>
      publisherId === undefined ? [entraClockCheck({ authorityUrl, machineNow })] : [],
  });
  const personalData = ownPersonalData({
    service,
    db: db.kysely,
    own: {
      notifications: ({ matches }) =>
        eraseBodies(db, (page) => selectMatchingBodies(db, matches, page)),
    },
  });
  resources.use(
    serveProcedures({ owner: service, router, bus, log, metrics, alerts, checks, personalData }),
  );
  resources.use(await consumeErasures(db, bus));

  const webhook: WebhookParts = {
    verifier: createPublisherVerifier(given.publishers, {
      authorityUrl,
      now: () => machineNow().getTime(),
    }),
    intake: createIntake({ db: urgentDb, relay, machineNow }),
    decisions: createDecisions({ worker, db: urgentDb, log, now }),
    onStoredLate: recordUnavailable.bind(undefined, db),
    counters,
    log,
    now,
  };
  const http = resources.use(
    await serveHttp({
      // The caller is known before any of the body is read.
      direct: async (req) =>
        isWebhook(req.url ?? '/') ? await admitWebhook(webhook, req) : { status: 404 },
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ postgres: await urgentDb.isReady(), nats: bus.isReady() }),
      // Notifications are stored and answered 200 without NATS. A load balancer without a ready instance would answer 503.
      spared: ['nats'],
      metrics,
      routes: ['/webhook'],
      maxBodyBytes: MAX_BODY_BYTES,
      isNeverRefused: isWebhook,
    }),
  );
  const running = resources.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function openDatabases(
  config: Config,
  { log, resources }: { readonly log: Logger; readonly resources: AsyncDisposableStack },
): Promise<{ readonly db: Db; readonly urgentDb: Db }> {
  const options = { ...databaseSettings(config), service, log } as const;
  const db = resources.use(await openDatabase<IngestTables>(options));
  const urgentDb = resources.use(
    await openDatabase<IngestTables>({
      ...options,
      purpose: 'urgent',
      maxConnections: URGENT_CONNECTIONS,
      statementTimeoutMs: URGENT_STATEMENT_TIMEOUT_MS,
    }),
  );
  await migrate(db, migrations);
  return { db, urgentDb };
}

/** Any spelling of the address in Partner Center, because a 404 would refuse every plan and seat change. */
function isWebhook(path: string): boolean {
  return canonicalPath(path) === '/webhook';
}
