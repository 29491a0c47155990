import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { billingSubscriptions, streams } from '@landfall/contracts/streams';
import { openPublishers } from '@landfall/publishers/publishers';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus } from '@landfall/service-kit/bus';
import { measureCalls } from '@landfall/service-kit/common-readings';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import { startRelay } from '@landfall/service-kit/relay';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import type { Config } from './config.ts';
import { migrations } from './db/migrations.ts';
import type { BillingTables } from './db/schema.ts';
import { projectSubscription } from './consumers/subscription-facts.ts';
import { readBilling } from './metrics.ts';
import { billingOwnership } from './procedures/ownership.ts';
import { listDimensions, putDimension } from './procedures/dimensions.ts';
import { listHours } from './procedures/usage-hours.ts';
import { reportUsage } from './procedures/usage-report.ts';
import { usageSummary } from './procedures/usage-summary.ts';
import { startSubmitter } from './submitting/submitter.ts';
import { askOwner } from './consumers/subscription-owner.ts';

/** Starts billing-sync; disposing it stops in the reverse order and lets calls in flight finish. */
export async function start(config: Config, runtime: Runtime): Promise<RunningService> {
  await using stack = new AsyncDisposableStack();
  const { log, now } = runtime;
  const graceMs = config.USAGE_HOUR_GRACE_MS;

  const db = stack.use(
    await openDatabase<BillingTables>({ url: config.DATABASE_URL, service: 'billing-sync', log }),
  );
  await migrate(db, migrations);
  const { rules } = retention['billing-sync'];
  stack.use(startRetention({ database: db, rules, config, log, now }));
  const bus = stack.use(
    await connectBus({
      url: config.NATS_URL,
      name: 'billing-sync',
      log,
      ackWaitMs: config.ACK_WAIT_MS,
    }),
  );
  await bus.ensureStreams([streams.fulfillment, streams.billing, streams.deadLetters]);
  const relay = stack.use(startRelay({ source: outboxSource(db), bus, log }));

  const metrics = new Metrics({ log, now });
  readBilling(metrics, { db, now });
  const measureCall = measureCalls(metrics);
  const given = await readPublishers(config, { credential: true });
  for (const warning of given.warnings) log.warn({ security: true }, warning);
  const publishers = await openPublishers(given, {
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    baseUrl: config.MARKETPLACE_BASE_URL,
    onUnreadable: ({ code, message }, { publisherId }) => log.error({ publisherId, code }, message),
    onCall: (call, { publisherId }) => {
      measureCall(call);
      log.debug({ ...call, publisherId }, 'called the metering API');
    },
  });

  stack.use(
    startSubmitter({
      db,
      publishers,
      log,
      now,
      graceMs,
      expired: config.USAGE_EXPIRED,
      everyMs: config.SUBMIT_INTERVAL_MS,
      onSaved: () => relay.wake(),
    }),
  );
  const ownerVersion = askOwner(procedureTransport(bus));
  stack.use(
    await bus.consume(billingSubscriptions, (fact, envelope) =>
      projectSubscription({ db, ownerVersion, now }, fact, envelope),
    ),
  );
  const handlers = {
    usage: {
      report: reportUsage({ db, log, now, graceMs }),
      hours: listHours(db),
      summary: usageSummary({ db, now }),
    },
    dimensions: {
      list: listDimensions(db),
      put: putDimension({ db, now }),
    },
  };
  const router = createRouter(billingProcedures, handlers, billingOwnership({ db, log }));
  const alerts = stack.use(startAlerts({ service: 'billing-sync', metrics, log, now }));
  stack.use(serveProcedures({ owner: 'billing-sync', router, bus, log, metrics, alerts }));
  const http = stack.use(
    await serveHttp({
      app: () => new Response('Not found', { status: 404 }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ postgres: await db.isReady(), nats: bus.isReady() }),
      metrics,
    }),
  );

  const running = stack.move();
  return { url: http.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
