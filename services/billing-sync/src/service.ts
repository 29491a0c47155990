import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { createRouter } from '@landfall/contracts/procedures';
import { retention } from '@landfall/contracts/retention';
import { streams } from '@landfall/contracts/streams';
import { openPublishers, type Publishers } from '@landfall/publishers/publishers';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus } from '@landfall/service-kit/bus';
import { busSettings } from '@landfall/service-kit/bus-settings';
import { entraClockCheck } from '@landfall/service-kit/checks/clock';
import { serviceChecks } from '@landfall/service-kit/checks/service';
import { measureCalls } from '@landfall/service-kit/marketplace-readings';
import { databaseSettings, migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import type { Logger } from '@landfall/service-kit/log';
import { alertFinder, readMatters, startMatters } from '@landfall/service-kit/matters';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import { ownPersonalData } from '@landfall/service-kit/personal-data';
import { startRelay } from '@landfall/service-kit/relay';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { keptDays, startRetention } from '@landfall/service-kit/retention';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import { startCatalogue } from './catalogue/read-plans.ts';
import type { Config } from './config.ts';
import { consumeSubscriptionFacts } from './consumers/subscription-facts.ts';
import { askOwner } from './consumers/subscription-owner.ts';
import { migrations } from './db/migrations.ts';
import type { BillingTables } from './db/schema.ts';
import { createMeteringChecks } from './doctor/metering-checks.ts';
import { readBilling, readProof, readRecurring } from './metrics.ts';
import { procedureHandlers } from './procedures/handlers.ts';
import { billingOwnership } from './procedures/ownership.ts';
import { runsOf, startReadBack } from './read-back/read-back.ts';
import { startReporter } from './recurring/reporter.ts';
import { startMonths } from './store/months.ts';
import { startSubmitter } from './submitting/submitter.ts';
import { billingFinders } from './watch/matter-finders.ts';
import { startWatch } from './watch/watch-usage.ts';

const service = 'billing-sync';

/** Starts billing-sync. Disposing it stops its parts in reverse order and lets running calls finish. */
export async function start(config: Config, runtime: Runtime): Promise<RunningService> {
  const { log, now, machineNow = now } = runtime;
  await using resources = new AsyncDisposableStack();
  const db = resources.use(
    await openDatabase<BillingTables>({ ...databaseSettings(config), service, log }),
  );
  await migrate(db, migrations);
  const { rules } = retention[service];
  resources.use(startRetention({ database: db, rules, config, log, now, machineNow }));
  const bus = resources.use(await connectBus({ ...busSettings(config), name: service, log }));
  await bus.ensureStreams([
    streams.fulfillment,
    streams.billing,
    streams.matters,
    streams.deadLetters,
  ]);
  const relay = resources.use(startRelay({ source: outboxSource(db), bus, log }));

  const keepDays = keptDays(config, 'KEEP_USAGE_RECORDS_DAYS');
  resources.use(await startMonths({ db, log, now, keepDays }));
  const metrics = new Metrics({ log, now: machineNow });
  readBilling(metrics, { db, bus, now, machineNow });
  const publishers = await openMeteringAccess(config, { log, metrics });
  const graceMs = config.USAGE_HOUR_GRACE_MS;
  resources.use(
    startSubmitter({
      db,
      publishers,
      log,
      now,
      graceMs,
      expired: config.USAGE_EXPIRED,
      everyMs: config.SUBMIT_INTERVAL_MS,
      pausedUntil: config.USAGE_PAUSED_UNTIL,
      machineNow,
      onSaved: () => relay.wake(),
    }),
  );
  const everyMs = config.SUBMIT_INTERVAL_MS;
  resources.use(startCatalogue({ db, publishers, log, now, everyMs }));
  resources.use(startReporter({ db, log, now, graceMs, everyMs }));
  readRecurring(metrics, { db, now });
  resources.use(startReadBack({ db, publishers, log, now, everyMs }));
  resources.use(startWatch({ db, publishers, log, now, everyMs }));
  readProof(metrics, { db, now, publisherIds: publishers.all.map(runsOf) });
  const ownerVersion = askOwner(procedureTransport(bus));
  resources.use(await consumeSubscriptionFacts(bus, { db, ownerVersion, now }));

  const router = createRouter(
    billingProcedures,
    procedureHandlers({ db, log, now, graceMs }),
    billingOwnership({ db, log }),
  );
  const alerts = resources.use(startAlerts({ service, metrics, log, now: machineNow }));
  readMatters(metrics, db);
  const finders = [alertFinder<BillingTables>(alerts), ...billingFinders(now)];
  resources.use(startMatters({ service, database: db, bus, relay, finders, log, now }));
  const authorityUrl = config.ENTRA_AUTHORITY_URL;
  const baseUrl = config.MARKETPLACE_BASE_URL;
  const meteringChecks = createMeteringChecks(publishers, { authorityUrl, baseUrl, machineNow });
  const checks = serviceChecks({
    service,
    database: db,
    migrations,
    bus,
    log,
    machineNow,
    more: (input) => [
      ...(input.publisherId === undefined ? [entraClockCheck({ authorityUrl, machineNow })] : []),
      ...meteringChecks(input),
    ],
  });
  const personalData = ownPersonalData({ service, db: db.kysely });
  resources.use(
    serveProcedures({ owner: service, router, bus, log, metrics, alerts, checks, personalData }),
  );
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

/** Each publisher's access to the metering API, with its calls in the log and the metrics. */
async function openMeteringAccess(
  config: Config,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
): Promise<Publishers> {
  const measureCall = measureCalls(metrics);
  const given = await readPublishers(config, { credential: true });
  for (const warning of given.warnings) log.warn({ security: true }, warning);
  return await openPublishers(given, {
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    baseUrl: config.MARKETPLACE_BASE_URL,
    onUnreadable: ({ code, message }, { publisherId }) => log.error({ publisherId, code }, message),
    onCall: (call, { publisherId }) => {
      measureCall(call);
      log.debug({ ...call, publisherId }, 'called the metering API');
    },
  });
}
