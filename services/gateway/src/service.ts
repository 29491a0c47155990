import type { IncomingMessage } from 'node:http';
import { publicProcedures, type ProcedureOwner } from '@landfall/contracts/api';
import { metrics as table } from '@landfall/contracts/metrics';
import { createRouter } from '@landfall/contracts/procedures';
import { retention } from '@landfall/contracts/retention';
import { liveFeed, streams } from '@landfall/contracts/streams';
import { startAlerts } from '@landfall/service-kit/alerts';
import { createBodyBudget } from '@landfall/service-kit/body-budget';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { busSettings } from '@landfall/service-kit/bus-settings';
import { natsChecks } from '@landfall/service-kit/checks/nats';
import { postgresChecks } from '@landfall/service-kit/checks/postgres';
import { databaseSettings, migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import { alertFinder, startMatters } from '@landfall/service-kit/matters';
import { Metrics } from '@landfall/service-kit/metrics';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { ownPersonalData } from '@landfall/service-kit/personal-data';
import { outboxSource } from '@landfall/service-kit/outbox';
import { startRelay } from '@landfall/service-kit/relay';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { audited, createAudit } from './audit/recorder.ts';
import type { ServiceClients } from './api/ask-services.ts';
import { startAuditUpkeep } from './audit/upkeep.ts';
import { CALL_TIMEOUT_MS, createAdmission, factsOfMessage } from './api/admission.ts';
import { createRoundup } from './api/roundup.ts';
import { admitCall, createApi, noteFailure } from './api/trpc.ts';
import { idempotent } from './commands/idempotent.ts';
import type { Config } from './config.ts';
import { checkoutFolder, createAppFiles } from './console/app-files.ts';
import { createConsole } from './console/console.ts';
import { migrations } from './db/migrations.ts';
import type { Db, GatewayTables } from './db/schema.ts';
import { createDoctor } from './doctor/doctor.ts';
import { watchCertificate } from './doctor/certificate.ts';
import { gatewayChecks } from './doctor/own-checks.ts';
import { createPublicCheck, type PublicCheck } from './doctor/public-check.ts';
import { ensureBootstrapKey } from './keys/bootstrap-key.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { createEventsRoute } from './live/events-route.ts';
import { LiveFeed } from './live/feed.ts';
import { createLiveReading } from './live/reading.ts';
import { clientAddress, connectionGroup } from './limits/client-address.ts';
import { createPagePlaces } from './limits/page-places.ts';
import { createRateLimit } from './limits/rate-limit.ts';
import { limitPublishers } from './limits/publisher-limit.ts';
import { createSharedRates, type SharedRates } from './limits/shared-rates.ts';
import { watchForProxy } from './limits/undeclared-proxy.ts';
import { createWebhookLimit } from './limits/webhook-limit.ts';
import { endingKeyFinder } from './matters/ending-key-finder.ts';
import { oldBackupFinder } from './matters/old-backup-finder.ts';
import { takeMatterFacts } from './matters/take-facts.ts';
import { countFailed, readGateway } from './metrics.ts';
import type { doctorHandlers } from './procedures/doctor.ts';
import { createOperatorSessions } from './operators/sessions.ts';
import { signInSetup } from './operators/settings.ts';
import { edgeOwnership, procedureHandlers } from './procedures/handlers.ts';
import { createLandingProxy, createLandingRoute } from './proxy/landing-route.ts';
import { securityHeaders } from './proxy/security-headers.ts';
import { createWebhookProxy, createWebhookRoute } from './proxy/webhook-route.ts';
import { countedRoutes, createPublicRoutes, isWebhook } from './public-routes.ts';
import { createDocsRoute } from './rest/docs-route.ts';
import { createRestRoute } from './rest/rest-route.ts';
import { isUsageFile } from './usage/usage-route.ts';

const service = 'gateway';

/** The largest request of the API: a batch of 1,000 usage records is about 250 KB. */
const MAX_API_BYTES = 1024 * 1024;
/** 250 webhook calls of the largest size at a time, or some thousands of the usual size. */
const MAX_WEBHOOK_BUFFER_BYTES = 16 * 1024 * 1024;
/** A quarter of what the server takes. An office needs a tenth of it, and so does a load balancer. */
const MAX_CONNECTIONS_PER_ADDRESS = 1024;

/** The only public service: it proxies browsers and Microsoft, and serves programs with a key at `/trpc`. */
export async function start(config: Config, runtime: Runtime): Promise<RunningService> {
  const { log, now, machineNow = now } = runtime;
  await using resources = new AsyncDisposableStack();
  const db = resources.use(
    await openDatabase<GatewayTables>({ ...databaseSettings(config), service, log }),
  );
  await migrate(db, migrations);
  const { rules } = retention[service];
  resources.use(startRetention({ database: db, rules, config, log, now, machineNow }));
  if (config.BOOTSTRAP_API_KEY !== undefined) {
    await ensureBootstrapKey({ db, log, now: machineNow }, config.BOOTSTRAP_API_KEY);
  }
  const bus = resources.use(await connectBus({ ...busSettings(config), name: service, log }));
  await bus.ensureStreams([streams.matters, streams.deadLetters]);
  const relay = resources.use(startRelay({ source: outboxSource(db), bus, log }));
  resources.use(await takeMatterFacts(bus, db));

  const clients = ownerClients(bus);
  const metrics = new Metrics({ log, now: machineNow });
  const roundup = createRoundup({ clients, now: machineNow });
  const certificate = resources.use(watchCertificate({ publicUrl: config.PUBLIC_URL, log }));
  const databaseRoomBytes = config.DATABASE_ROOM_BYTES;
  readGateway(metrics, { db, roundup, certificate, bus, databaseRoomBytes, now, machineNow });
  const alerts = resources.use(startAlerts({ service, metrics, log, now: machineNow }));
  const finders = [
    alertFinder<GatewayTables>(alerts),
    endingKeyFinder(machineNow),
    oldBackupFinder(machineNow),
  ];
  resources.use(startMatters({ service, database: db, bus, relay, finders, log, now }));
  resources.use(await startAuditUpkeep({ db, log, machineNow, config }));
  const rates = resources.use(createSharedRates({ db, log }));
  const audit = resources.use(createAudit({ db, log, machineNow }));
  const live = createLiveReading(resources.use(new LiveFeed(bus, liveFeed.streams)), now);
  const publicCheck = createPublicCheck({
    publicUrl: config.PUBLIC_URL,
    trustedProxies: config.TRUSTED_PROXIES,
  });
  const doctor = openDoctor(config, { clients, db, bus, log, machineNow, publicCheck });
  const keys = createKeyRing({ db, log, now: machineNow });
  const sessions = createOperatorSessions({ db, log, now: machineNow });
  const publicUrl = config.PUBLIC_URL;
  const localMarketplaceUrl = config.LOCAL_MARKETPLACE_URL;
  const own = { db, ring: keys, sessions, publicUrl, localMarketplaceUrl, now: machineNow };
  const handlers = procedureHandlers({
    clients,
    roundup,
    alerts,
    live,
    personalData: ownPersonalData({ service, db: db.kysely }),
    doctor,
    db,
    own,
    matters: { db, publicUrl, now, wakeRelay: () => relay.wake() },
    log,
  });
  const router = createRouter(
    publicProcedures,
    limitPublishers(
      publicProcedures,
      idempotent(publicProcedures, audited(publicProcedures, handlers, audit), { db, log }),
      rates.limit('publisher', config.RATE_PER_PUBLISHER),
    ),
    edgeOwnership(db),
  );
  const perKey = rates.limit('caller', config.RATE_PER_KEY);
  const admission = createAdmission({ keys, sessions, perKey, publicUrl, machineNow });
  const addressOf = (req: IncomingMessage) => clientAddress(req, config.TRUSTED_PROXIES);
  const onError = noteFailure({ router, audit, log });
  const pages = await createConsole({
    router,
    onError,
    admission,
    addressOf,
    sessions,
    app: createAppFiles(config.CONSOLE_FOLDER ?? checkoutFolder),
    db,
    audit,
    publicUrl,
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    localMarketplaceUrl,
    setup: signInSetup(config, machineNow),
    now: machineNow,
    log,
  });
  const api = createApi({ router, admission, addressOf, audit, log, console: pages });
  const plain = {
    router,
    admit: (req: IncomingMessage, signal: AbortSignal) =>
      admission.admit(factsOfMessage(req, addressOf(req), signal), 1),
    onError,
  };
  const rest = createRestRoute({ ...plain, bodies: createBodyBudget() });
  const events = createEventsRoute(plain);

  const raw = openPublicRoutes(config, {
    runtime,
    metrics,
    resources,
    rates,
    rest,
    events,
    publicCheck,
  });
  const common = {
    log,
    metrics,
    ready: async () => ({ postgres: await db.isReady(), nats: bus.isReady() }),
    // Microsoft's calls pass through without NATS. A load balancer without a ready instance would answer them 503.
    spared: ['nats'],
  };
  const inside = resources.use(
    await serveHttp({
      ...common,
      host: config.METRICS_HOST,
      port: config.METRICS_PORT,
    }),
  );
  const http = resources.use(
    await serveHttp({
      ...common,
      app: api,
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      isPublic: true,
      routes: countedRoutes,
      raw,
      isNeverRefused: isWebhook,
      isStreamed: isUsageFile,
      admit: (request) => admitCall({ admission }, request),
      maxBodyBytes: MAX_API_BYTES,
      // Behind the operator's own proxies, every connection comes from one of them; the proxies limit their callers.
      connectionsPerAddress:
        config.TRUSTED_PROXIES === 0
          ? { groupOf: connectionGroup, max: MAX_CONNECTIONS_PER_ADDRESS }
          : undefined,
    }),
  );
  // Closed first: a server waits for open requests, and streams would not end.
  resources.defer(() => live.close());
  const metricsUrl = `${inside.url}/metrics`;
  log.info({ metricsUrl }, 'started serving metrics on a separate address');
  const running = resources.move();
  return { url: http.url, metricsUrl, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A client for each service that owns procedures. */
function ownerClients(bus: Bus) {
  const clientFor = (owner: ProcedureOwner) =>
    procedureClient({
      owner,
      transport: procedureTransport(bus),
      caller: { kind: 'service', name: service },
      correlationId,
      timeoutMs: CALL_TIMEOUT_MS,
    });
  return {
    'fulfillment-worker': clientFor('fulfillment-worker'),
    'billing-sync': clientFor('billing-sync'),
    'webhook-ingest': clientFor('webhook-ingest'),
    landing: clientFor('landing'),
  };
}

/** The doctor, with the gateway's own checks. */
function openDoctor(
  config: Config,
  parts: {
    readonly clients: ServiceClients;
    readonly db: Db;
    readonly bus: Bus;
    readonly log: Logger;
    readonly machineNow: () => Date;
    readonly publicCheck: PublicCheck;
  },
): Parameters<typeof doctorHandlers>[0] {
  const { db, bus, machineNow } = parts;
  const publicUrl = config.PUBLIC_URL;
  const own = [
    ...postgresChecks({ database: db, migrations, machineNow }),
    ...natsChecks({ bus, service }),
    ...gatewayChecks({ ...parts, publicUrl }),
  ];
  const doctor = createDoctor({
    ...parts,
    publicUrl,
    own: (publisherId) => (publisherId === undefined ? own : []),
  });
  return { ...parts, doctor, publicUrl };
}

/** The routes of browsers and Microsoft, with their proxies and limits. */
function openPublicRoutes(
  config: Config,
  parts: {
    readonly runtime: Runtime;
    readonly metrics: Metrics;
    readonly resources: AsyncDisposableStack;
    readonly rates: SharedRates;
    readonly rest: Parameters<typeof createPublicRoutes>[0]['rest'];
    readonly events: Parameters<typeof createPublicRoutes>[0]['events'];
    readonly publicCheck: PublicCheck;
  },
): ReturnType<typeof createPublicRoutes> {
  const { metrics, resources, rates, rest, events, publicCheck } = parts;
  const { log, now, machineNow = now } = parts.runtime;
  const { PUBLIC_URL: publicUrl, TRUSTED_PROXIES: trustedProxies } = config;
  const headers = securityHeaders(publicUrl);
  const upstream = { publicUrl, securityHeaders: headers, log };
  const watchForUndeclared = watchForProxy({
    metrics,
    publicUrl,
    trustedProxies,
    log,
    now: machineNow,
  });
  return createPublicRoutes({
    rest,
    events,
    docs: createDocsRoute({ publicUrl }),
    landing: createLandingRoute({
      proxy: resources.use(createLandingProxy({ ...upstream, target: config.LANDING_URL })),
      places: createPagePlaces(),
      bodies: createBodyBudget(),
      trustedProxies,
      watchPage: countFailed(metrics, table.buyersTurnedAway, machineNow),
    }),
    webhook: createWebhookRoute({
      proxy: resources.use(createWebhookProxy({ ...upstream, target: config.WEBHOOK_INGEST_URL })),
      // In memory only: Microsoft's calls do not depend on PostgreSQL here.
      limit: createWebhookLimit(
        createRateLimit({ perSecond: config.RATE_WEBHOOK, now: () => performance.now() }),
      ),
      // A separate budget, so that strangers' forms take no room from Microsoft's calls.
      bodies: createBodyBudget(MAX_WEBHOOK_BUFFER_BYTES),
      trustedProxies,
      watchCall: countFailed(metrics, table.webhookFailed, machineNow),
    }),
    perAddress: rates.limit('address', config.RATE_PER_ADDRESS),
    arrivalsPerAddress: rates.limit('arrivals', config.RATE_ARRIVALS),
    trustedProxies,
    watchRequest: (req) => {
      watchForUndeclared(req);
      publicCheck.watch(req);
    },
    securityHeaders: headers,
    log,
  });
}
