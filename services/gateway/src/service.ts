import {
  forwardedProcedures,
  publicOwners,
  publicProcedures,
  type ProcedureOwner,
} from '@landfall/contracts/api';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { startAlerts } from '@landfall/service-kit/alerts';
import { createBodyBudget } from '@landfall/service-kit/body-budget';
import { connectBus } from '@landfall/service-kit/bus';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { correlationId } from '@landfall/service-kit/log';
import { readClock, readPools } from '@landfall/service-kit/common-readings';
import { Metrics } from '@landfall/service-kit/metrics';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { alertHandlers } from './procedures/alerts.ts';
import { readServices, countTurnedAway } from './metrics.ts';
import { createRoundup } from './api/roundup.ts';
import { admitCall, CALL_TIMEOUT_MS, createApi } from './api/trpc.ts';
import { audited, createAudit } from './api/audit.ts';
import { ensureBootstrapKey } from './keys/bootstrap-key.ts';
import { connectionGroup } from './limits/client-address.ts';
import type { Config } from './config.ts';
import type { GatewayTables } from './db/schema.ts';
import { migrations } from './db/migrations.ts';
import { createPublicRoutes, isWebhook } from './public-routes.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { createPagePlaces } from './limits/page-places.ts';
import { createProxy } from './proxy/proxy.ts';
import { watchForProxy } from './limits/undeclared-proxy.ts';
import { createRateLimit } from './limits/rate-limit.ts';
import { securityHeaders } from './proxy/security-headers.ts';
import { createWebhookLimit } from './limits/webhook-limit.ts';

/** The largest request of the API: a batch of 1,000 usage records is about 250 KB. */
const MAX_API_BYTES = 1024 * 1024;
/** Above the ingest's eight seconds, below the ten that Microsoft waits. */
const WEBHOOK_TIMEOUT_MS = 9_500;
/** The statuses of webhook-ingest. Any other 4xx would be a refusal without a decision. */
const WEBHOOK_ANSWERS: ReadonlySet<number> = new Set([200, 400, 401, 413, 500, 503]);
/** 250 calls of the largest size at a time, some thousands of the usual one. */
const MAX_WEBHOOK_BUFFER_BYTES = 16 * 1024 * 1024;
/** A quarter of what the server takes. An office needs a tenth of it, and so does a load balancer. */
const MAX_CONNECTIONS_PER_ADDRESS = 1024;
/** The landing page waits for Microsoft's resolve; a browser shows nothing for longer than this. */
const LANDING_TIMEOUT_MS = 30_000;

/** For the metrics: a request is counted by one of these. */
const ROUTES = ['/', '/landing', '/landing/*', '/webhook', '/trpc/*'];

/** The only public door: browsers and Microsoft are proxied, programs call `/trpc` with a key. */
export async function start(config: Config, { log, now }: Runtime): Promise<RunningService> {
  await using resources = new AsyncDisposableStack();
  const db = resources.use(
    await openDatabase<GatewayTables>({ url: config.DATABASE_URL, service: 'gateway', log }),
  );
  await migrate(db, migrations);
  const { rules } = retention.gateway;
  resources.use(startRetention({ database: db, rules, config, log, now }));
  if (config.BOOTSTRAP_API_KEY !== undefined) {
    await ensureBootstrapKey({ db, log, now }, config.BOOTSTRAP_API_KEY);
  }
  const bus = resources.use(await connectBus({ url: config.NATS_URL, name: 'gateway', log }));

  const ownerClient = (owner: ProcedureOwner) =>
    procedureClient({
      owner,
      transport: procedureTransport(bus),
      caller: { kind: 'service', name: 'gateway' },
      correlationId,
      timeoutMs: CALL_TIMEOUT_MS,
    });
  const clients = {
    'fulfillment-worker': ownerClient('fulfillment-worker'),
    'billing-sync': ownerClient('billing-sync'),
    'webhook-ingest': ownerClient('webhook-ingest'),
    landing: ownerClient('landing'),
  };
  const metrics = new Metrics({ log, now });
  const roundup = createRoundup({ clients, now });
  readClock(metrics, db);
  readPools(metrics, db);
  readServices(metrics, roundup);
  const alerts = resources.use(startAlerts({ service: 'gateway', metrics, log, now }));
  const handlers = {
    ...forwardHandlers(
      forwardedProcedures,
      (namespace) => clients[publicOwners[namespace as keyof typeof forwardedProcedures]],
    ),
    alerts: alertHandlers(roundup, alerts),
  };
  const audit = resources.use(createAudit({ db, log, now }));
  const limit = (perSecond: number) => createRateLimit({ perSecond, now: () => performance.now() });
  const keys = createKeyRing({ db, log, now });
  const app = createApi({
    router: createRouter(publicProcedures, audited(publicProcedures, handlers, audit), 'by-owner'),
    keys,
    perKey: limit(config.RATE_PER_KEY),
    audit,
    log,
    now,
  });

  const headers = securityHeaders(config.PUBLIC_URL);
  const upstream = { publicUrl: config.PUBLIC_URL, securityHeaders: headers, log };
  const raw = createPublicRoutes({
    landing: resources.use(
      createProxy({
        ...upstream,
        target: config.LANDING_URL,
        timeoutMs: LANDING_TIMEOUT_MS,
        isRepeatable: (req) => req.method !== 'POST',
      }),
    ),
    webhook: resources.use(
      createProxy({
        ...upstream,
        target: config.WEBHOOK_INGEST_URL,
        timeoutMs: WEBHOOK_TIMEOUT_MS,
        // The ingest counts a second delivery of the same notification and does nothing more.
        isRepeatable: () => true,
        isExpected: (status) => WEBHOOK_ANSWERS.has(status),
      }),
    ),
    perAddress: limit(config.RATE_PER_ADDRESS),
    arrivalsPerAddress: limit(config.RATE_ARRIVALS),
    webhookLimit: createWebhookLimit(limit(config.RATE_WEBHOOK)),
    pagePlaces: createPagePlaces(),
    landingBodies: createBodyBudget(),
    webhookBodies: createBodyBudget(MAX_WEBHOOK_BUFFER_BYTES),
    trustedProxies: config.TRUSTED_PROXIES,
    watchRequest: watchForProxy({
      metrics,
      publicUrl: config.PUBLIC_URL,
      trustedProxies: config.TRUSTED_PROXIES,
      log,
      now,
    }),
    watchPage: countTurnedAway(metrics, now),
    securityHeaders: headers,
    log,
  });
  const common = {
    log,
    metrics,
    ready: async () => ({ postgres: await db.isReady(), nats: bus.isReady() }),
  };
  const inside = resources.use(
    await serveHttp({
      ...common,
      app: () => new Response(null, { status: 404 }),
      host: config.METRICS_HOST,
      port: config.METRICS_PORT,
    }),
  );
  const http = resources.use(
    await serveHttp({
      ...common,
      app,
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      isPublic: true,
      routes: ROUTES,
      raw,
      isNeverRefused: isWebhook,
      admit: (request) => admitCall({ keys }, request),
      maxBodyBytes: MAX_API_BYTES,
      // Behind proxies of ours every connection comes from one of them, and it is they who bound their callers.
      connectionsPerAddress:
        config.TRUSTED_PROXIES === 0
          ? { groupOf: connectionGroup, max: MAX_CONNECTIONS_PER_ADDRESS }
          : undefined,
    }),
  );
  const metricsUrl = `${inside.url}/metrics`;
  log.info({ metricsUrl }, 'metrics are served inside alone');
  const running = resources.move();
  return { url: http.url, metricsUrl, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
