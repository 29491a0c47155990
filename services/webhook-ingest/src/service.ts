import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { ingestProcedures } from '@landfall/contracts/ingest-procedures';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { streams } from '@landfall/contracts/streams';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { createPublisherVerifier } from '@landfall/publishers/webhook-verifiers';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus } from '@landfall/service-kit/bus';
import { migrate, openDatabase, withOneRepeat } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { canonicalPath } from '@landfall/service-kit/http-target';
import { correlationId } from '@landfall/service-kit/log';
import { Metrics } from '@landfall/service-kit/metrics';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRelay } from '@landfall/service-kit/relay';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import { createCallerCounters } from './webhook/caller-counters.ts';
import type { Config } from './config.ts';
import type { IngestTables } from './db/schema.ts';
import { migrations } from './db/migrations.ts';
import { createDecisions } from './webhook/decision.ts';
import type { Delivery } from './delivery/delivery.ts';
import { consumeErasures } from './consumers/personal-data-erased.ts';
import { createGroupCommit } from './webhook/group-commit.ts';
import { notificationHandlers } from './procedures/notifications.ts';
import { notificationBorders } from './procedures/ownership.ts';
import { admitWebhook, MAX_BODY_BYTES } from './webhook/webhook.ts';
import { readIngest } from './metrics.ts';
import { notificationSource } from './relay/notification-relay.ts';
import { startUnreadableWatch } from './reconciliation/unreadable-watch.ts';
import { recordUnavailable, storeDeliveries } from './store/deliveries.ts';

/** Any spelling of the address in Partner Center, because a 404 would refuse every plan and seat change. */
const isWebhook = (path: string): boolean => canonicalPath(path) === '/webhook';

/**
 * Separate connections for calls that Microsoft waits for, so that they never queue behind lists, sweeps or
 * erasures: two for statements that store, and two for verdicts.
 */
const URGENT_CONNECTIONS = 4;
/** A statement takes milliseconds. After a lost one there is still time to store in another attempt. */
const URGENT_STATEMENT_TIMEOUT_MS = 2_000;

/**
 * Takes connection webhook calls at `POST /webhook` and answers questions about them. Closing stops
 * the door first, then lets what was stored be published, then lets go of Postgres and NATS.
 */
export async function start(config: Config, { log, now }: Runtime): Promise<RunningService> {
  await using resources = new AsyncDisposableStack();
  const given = await readPublishers(config, { credential: false });
  const database = { url: config.DATABASE_URL, service: 'webhook-ingest', log } as const;
  const db = resources.use(await openDatabase<IngestTables>(database));
  const urgentDb = resources.use(
    await openDatabase<IngestTables>({
      ...database,
      purpose: 'urgent',
      maxConnections: URGENT_CONNECTIONS,
      statementTimeoutMs: URGENT_STATEMENT_TIMEOUT_MS,
    }),
  );
  await migrate(db, migrations);
  const { rules } = retention['webhook-ingest'];
  resources.use(startRetention({ database: db, rules, config, log, now }));
  const bus = resources.use(
    await connectBus({
      url: config.NATS_URL,
      name: 'webhook-ingest',
      log,
      ackWaitMs: config.ACK_WAIT_MS,
    }),
  );
  await bus.ensureStreams([streams.ingest, streams.fulfillment, streams.deadLetters]);

  const counters = createCallerCounters(log, now);
  const relay = resources.use(startRelay({ source: notificationSource(db, now), bus, log }));
  const worker = procedureClient({
    owner: 'fulfillment-worker',
    transport: procedureTransport(bus),
    caller: { kind: 'service', name: 'webhook-ingest' },
    correlationId,
  });
  const parts = {
    verifier: createPublisherVerifier(given.publishers, {
      authorityUrl: config.ENTRA_AUTHORITY_URL,
      now: () => now().getTime(),
    }),
    deliveries: createGroupCommit((rows: readonly Delivery[]) =>
      withOneRepeat(() => storeDeliveries(urgentDb, rows)),
    ),
    decisions: createDecisions({ worker, db: urgentDb, log, now }),
    relay,
    onStoredLate: recordUnavailable.bind(undefined, db),
    counters,
    log,
    now,
  };

  const { isSole } = given;
  resources.use(startUnreadableWatch({ db, worker, isSole, log, now }));

  const metrics = new Metrics({ log, now });
  readIngest(metrics, { db, urgentDb, bus, counters, now });
  const alerts = resources.use(startAlerts({ service: 'webhook-ingest', metrics, log, now }));
  const router = createRouter(
    ingestProcedures,
    notificationHandlers({ db, counters, log, now }),
    notificationBorders({ db, log }),
  );
  resources.use(serveProcedures({ owner: 'webhook-ingest', router, bus, log, metrics, alerts }));
  resources.use(await consumeErasures(db, bus));

  const notFound = () => new Response(null, { status: 404 });
  const http = resources.use(
    await serveHttp({
      app: notFound,
      // Nothing is read of a body before it is known whose it is.
      admit: async (request) =>
        isWebhook(new URL(request.url).pathname) ? await admitWebhook(parts, request) : notFound(),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ postgres: await urgentDb.isReady(), nats: bus.isReady() }),
      metrics,
      routes: ['/webhook'],
      maxBodyBytes: MAX_BODY_BYTES,
      isNeverRefused: isWebhook,
    }),
  );
  const running = resources.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
