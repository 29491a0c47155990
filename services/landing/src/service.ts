import { z } from 'zod';
import { landingProcedures } from '@landfall/contracts/landing-procedures';
import { createRouter } from '@landfall/contracts/procedures';
import { retention } from '@landfall/contracts/retention';
import { streams } from '@landfall/contracts/streams';
import { createEntra } from '@landfall/entra-sign-in/entra';
import { createSealer } from '@landfall/entra-sign-in/sealing';
import { attemptsSchema, createSignInAttempts } from '@landfall/entra-sign-in/sign-in-attempts';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { busSettings } from '@landfall/service-kit/bus-settings';
import type { OwnChecks } from '@landfall/service-kit/checks';
import { entraClockCheck } from '@landfall/service-kit/checks/clock';
import { serviceChecks } from '@landfall/service-kit/checks/service';
import {
  databaseSettings,
  migrate,
  openDatabase,
  type Database,
} from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import { alertFinder, startMatters } from '@landfall/service-kit/matters';
import { Metrics } from '@landfall/service-kit/metrics';
import { outboxSource } from '@landfall/service-kit/outbox';
import { ownPersonalData } from '@landfall/service-kit/personal-data';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRelay } from '@landfall/service-kit/relay';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { createApp, type AppParts } from './app.ts';
import { createSubscriptions, type Subscriptions } from './clients/subscriptions.ts';
import { splitSecrets, type Config } from './config.ts';
import { consumeErasures } from './consumers/personal-data-erased.ts';
import { migrations } from './db/migrations.ts';
import type { LandingTables } from './db/schema.ts';
import { ACCESS_REQUEST_SWEEP_MS, relayAccessRequests } from './manage/access-request-relay.ts';
import { accessRequestFinder } from './matters/access-request-finder.ts';
import { strangerFinder } from './matters/stranger-finder.ts';
import { readLanding } from './metrics.ts';
import { createBrandedFrames } from './offer-pages/branded-frame.ts';
import { createPresentations } from './offer-pages/presentations.ts';
import type { Installation } from './offer-pages/resolve-page.ts';
import { landingEventProcedures } from './procedures/landing-events.ts';
import { offerPageProcedures } from './procedures/offer-pages.ts';
import { landingOwnership, peopleProcedures } from './procedures/people.ts';
import { createConfirmations } from './purchase/confirmation-relay.ts';
import { createDrafts, draftSchema } from './purchase/drafts.ts';
import { redirectUriOf, signInChecks, signInSetup } from './sign-in/doctor-checks.ts';
import { createFormKeys } from './sign-in/form-keys.ts';
import { createSessions, sessionSchema } from './sign-in/session.ts';
import { loadAssets } from './web/assets.ts';
import { createFrames } from './web/frames.ts';

/** A buyer waits for the page. What takes longer continues on the progress page. */
const CALL_TIMEOUT_MS = 8_000;
/** How soon a confirmation that a crash left unsent is found. */
const CONFIRMATION_SWEEP_MS = 2_000;
/** Thirty answers of five hundred characters, each up to nine bytes in a form, and some reserve. */
const MAX_BODY_BYTES = 160 * 1024;

export async function start(config: Config, runtime: Runtime): Promise<RunningService> {
  const { log, now, machineNow = now } = runtime;
  await using resources = new AsyncDisposableStack();
  const database = resources.use(
    await openDatabase<LandingTables>({
      ...databaseSettings(config),
      service: 'landing',
      log,
    }),
  );
  await migrate(database, migrations);
  const { rules } = retention.landing;
  resources.use(startRetention({ database, rules, config, log, now, machineNow }));
  const bus = resources.use(await connectBus({ ...busSettings(config), name: 'landing', log }));
  await bus.ensureStreams([streams.fulfillment, streams.matters, streams.deadLetters]);
  resources.use(await consumeErasures(database.kysely, bus));

  const metrics = new Metrics({ log, now: machineNow });
  readLanding(metrics, { database, now });
  const alerts = resources.use(startAlerts({ service: 'landing', metrics, log, now: machineNow }));
  const relay = resources.use(startRelay({ source: outboxSource(database), bus, log }));
  const finders = [
    alertFinder<LandingTables>(alerts),
    accessRequestFinder(now),
    strangerFinder(machineNow),
  ];
  resources.use(startMatters({ service: 'landing', database, bus, relay, finders, log, now }));
  const assets = await loadAssets();
  const subscriptions = connectSubscriptions(bus, runtime);
  const parts = createParts({
    config,
    runtime,
    database,
    subscriptions,
    assetsVersion: assets.version,
  });
  const { stylesheet } = assets;
  const router = createProcedures({ ...parts, installation: installationOf(config), stylesheet });
  const checks = doctorChecks(config, { database, bus, log, machineNow });
  const personalData = ownPersonalData({
    service: 'landing',
    db: database.kysely,
    publisherOf: async (id) => {
      const answer = await subscriptions.get(id);
      return 'subscription' in answer ? answer.subscription.publisherId : undefined;
    },
  });
  resources.use(
    serveProcedures({ owner: 'landing', router, bus, log, metrics, alerts, checks, personalData }),
  );
  startSweeps(resources, parts);
  const server = resources.use(
    await serveHttp({
      app: createApp(parts, { assets, authorityUrl: config.ENTRA_AUTHORITY_URL }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ postgres: await database.isReady(), nats: bus.isReady() }),
      metrics,
      maxBodyBytes: MAX_BODY_BYTES,
    }),
  );

  const running = resources.move();
  return { url: server.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** What the doctor finds out from this service: its servers, and whether buyers can sign in. */
function doctorChecks(
  config: Config,
  parts: {
    readonly database: Database<LandingTables>;
    readonly bus: Bus;
    readonly log: Logger;
    readonly machineNow: () => Date;
  },
): OwnChecks {
  const signIn = {
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    clientId: config.LANDING_CLIENT_ID,
    publicUrl: config.PUBLIC_URL,
  };
  const ownChecks = signInChecks(signIn);
  const clock = entraClockCheck({ ...signIn, machineNow: parts.machineNow });
  return serviceChecks({
    ...parts,
    service: 'landing',
    migrations,
    more: (input) => (input.publisherId === undefined ? [clock, ...ownChecks(input)] : []),
    setup: signInSetup(signIn),
  });
}

function connectSubscriptions(bus: Bus, { now, machineNow = now }: Runtime): Subscriptions {
  const clientOf = <Owner extends 'fulfillment-worker' | 'billing-sync'>(owner: Owner) =>
    procedureClient({
      owner,
      transport: procedureTransport(bus),
      caller: { kind: 'service', name: 'landing' },
      correlationId,
      timeoutMs: CALL_TIMEOUT_MS,
    });
  const [worker, billing] = [clientOf('fulfillment-worker'), clientOf('billing-sync')];
  return createSubscriptions({ worker, billing, now: machineNow });
}

function createParts({
  config,
  runtime: { log, now, machineNow = now },
  database: { kysely: db },
  subscriptions,
  assetsVersion,
}: {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly database: Database<LandingTables>;
  readonly subscriptions: Subscriptions;
  readonly assetsVersion: string;
}): AppParts {
  const secrets = splitSecrets(config.SESSION_SECRET);
  const sealerOf = <Schema extends z.ZodType>(
    purpose: string,
    content: Schema,
    clock: () => Date = now,
  ) => createSealer({ secrets, service: 'landing', now: clock, purpose, content });
  const installation = installationOf(config);
  const presentations = createPresentations(db, installation);
  const formKeys = createFormKeys(secrets);
  // Sign-in follows the machine's time, as browsers' cookies and Entra's tokens do.
  const sealer = sealerOf('session', sessionSchema, machineNow);
  const sessions = createSessions({ sealer, formKeys, db, now: machineNow });
  return {
    db,
    now,
    log,
    subscriptions,
    sessions,
    presentations,
    entra: createEntra({
      authorityUrl: config.ENTRA_AUTHORITY_URL,
      // Work, school and personal accounts, because people buy with all of them.
      accounts: 'common',
      clientId: config.LANDING_CLIENT_ID,
      clientSecret: config.LANDING_CLIENT_SECRET,
      redirectUri: redirectUriOf({ publicUrl: config.PUBLIC_URL }),
      settings: ['LANDING_CLIENT_ID', 'LANDING_CLIENT_SECRET'],
      now: machineNow,
    }),
    attempts: createSignInAttempts({
      sealer: sealerOf('sign-in', attemptsSchema, machineNow),
      cookie: 'landfall-sign-in',
      now: machineNow,
    }),
    tokens: sealerOf('purchase-token', z.string()),
    drafts: createDrafts({ sealer: sealerOf('draft', draftSchema), sessions, db, now }),
    confirmations: createConfirmations({ db, subscriptions, log, now, machineNow }),
    frames: createBrandedFrames(
      createFrames({ ...installation, assetsVersion, now }),
      presentations,
    ),
  };
}

function installationOf(config: Config) {
  return {
    product: {
      name: config.PRODUCT_NAME,
      url: config.PRODUCT_URL,
      supportEmail: config.SUPPORT_EMAIL,
      supportUrl: config.SUPPORT_URL,
    },
    defaultLanguage: config.DEFAULT_LANGUAGE,
  };
}

function createProcedures(
  parts: Pick<AppParts, 'db' | 'now' | 'log' | 'subscriptions'> & {
    readonly installation: Installation;
    readonly stylesheet: string;
  },
) {
  return createRouter(
    landingProcedures,
    {
      offerPages: offerPageProcedures(parts),
      landingEvents: landingEventProcedures(parts),
      people: peopleProcedures(parts),
    },
    landingOwnership(parts),
  );
}

/** Sends what stayed in our tables because of a crash or an outage of the worker. */
function startSweeps(resources: AsyncDisposableStack, parts: AppParts): void {
  const { log, confirmations } = parts;
  resources.use(
    startLoop({
      name: 'confirmations',
      everyMs: CONFIRMATION_SWEEP_MS,
      log,
      run: () => confirmations.sweep(),
    }),
  );
  resources.use(
    startLoop({
      name: 'requests for access',
      everyMs: ACCESS_REQUEST_SWEEP_MS,
      log,
      run: () => relayAccessRequests(parts),
    }),
  );
}
