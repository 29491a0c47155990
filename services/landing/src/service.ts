import { z } from 'zod';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { landingProcedures } from '@landfall/contracts/landing-procedures';
import { retention } from '@landfall/contracts/retention';
import { createRouter } from '@landfall/contracts/procedures';
import { streams } from '@landfall/contracts/streams';
import { startAlerts } from '@landfall/service-kit/alerts';
import { connectBus } from '@landfall/service-kit/bus';
import { migrate, openDatabase } from '@landfall/service-kit/database';
import { serveHttp } from '@landfall/service-kit/http';
import { correlationId } from '@landfall/service-kit/log';
import { startLoop } from '@landfall/service-kit/loop';
import { Metrics } from '@landfall/service-kit/metrics';
import type { RunningService, Runtime } from '@landfall/service-kit/process';
import { startRetention } from '@landfall/service-kit/retention';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import { createApp } from './app.ts';
import { loadAssets } from './web/assets.ts';
import { splitSecrets, type Config } from './config.ts';
import { migrations } from './db/migrations.ts';
import type { LandingTables } from './db/schema.ts';
import { draftSchema } from './purchase/drafts.ts';
import { createEntra } from './sign-in/entra.ts';
import { consumeErasures } from './erasure.ts';
import { createFormKeys } from './sign-in/form-keys.ts';
import { sweepConfirmations } from './purchase/confirmation-relay.ts';
import { createFrames } from './web/frames.ts';
import { ACCESS_REQUEST_SWEEP_MS, relayAccessRequests } from './manage/access-request-relay.ts';
import { landingOwnership, peopleProcedures } from './procedures/people.ts';
import { createSubscriptions } from './clients/subscriptions.ts';
import { createPresentations } from './offer-pages/presentations.ts';
import { readLanding } from './metrics.ts';
import { offerPageProcedures } from './procedures/offer-pages.ts';
import { createPurchases } from './clients/purchases.ts';
import { createSealer } from './sign-in/sealing.ts';
import { createSessions, sessionSchema } from './sign-in/session.ts';
import { attemptsSchema, createSignInAttempts } from './sign-in/sign-in-attempts.ts';

/** A buyer is waiting in front of the page; what takes longer is followed by the progress page. */
const WORKER_TIMEOUT_MS = 8_000;
/** How soon a confirmation that a crash left is found. */
const CONFIRMATION_SWEEP_MS = 2_000;
/** Thirty answers of five hundred characters, each of up to nine bytes in a form, and room beside. */
const MAX_BODY_BYTES = 160 * 1024;

export async function start(config: Config, { log, now }: Runtime): Promise<RunningService> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(
    await openDatabase<LandingTables>({ url: config.DATABASE_URL, service: 'landing', log }),
  );
  await migrate(database, migrations);
  const { rules } = retention.landing;
  stack.use(startRetention({ database: database, rules, config, log, now }));
  const bus = stack.use(
    await connectBus({ url: config.NATS_URL, name: 'landing', log, ackWaitMs: config.ACK_WAIT_MS }),
  );
  await bus.ensureStreams([streams.fulfillment, streams.deadLetters]);

  const db = database.kysely;
  stack.use(await consumeErasures(db, bus));
  const metrics = new Metrics({ log, now });
  readLanding(metrics, { database, now });
  const alerts = stack.use(startAlerts({ service: 'landing', metrics, log, now }));
  const clientOf = <Owner extends 'fulfillment-worker' | 'billing-sync'>(owner: Owner) =>
    procedureClient({
      owner,
      transport: procedureTransport(bus),
      caller: { kind: 'service', name: 'landing' },
      correlationId,
      timeoutMs: WORKER_TIMEOUT_MS,
    });
  const worker = clientOf('fulfillment-worker');
  const purchases = createPurchases(worker);
  const router = createRouter(
    landingProcedures,
    {
      offerPages: offerPageProcedures({ db, now }),
      people: peopleProcedures({ db, purchases, now }),
    },
    landingOwnership({ purchases, log }),
  );
  stack.use(serveProcedures({ owner: 'landing', router, bus, log, metrics, alerts }));
  const every = { secrets: splitSecrets(config.SESSION_SECRET), now };
  const assets = await loadAssets();
  const installation = {
    product: {
      name: config.PRODUCT_NAME,
      url: config.PRODUCT_URL,
      supportEmail: config.SUPPORT_EMAIL,
      supportUrl: config.SUPPORT_URL,
    },
    defaultLanguage: config.DEFAULT_LANGUAGE,
  };
  const landing = {
    db,
    now,
    log,
    purchases,
    subscriptions: createSubscriptions({ worker, billing: clientOf('billing-sync'), now }),
    entra: createEntra({
      authorityUrl: config.ENTRA_AUTHORITY_URL,
      clientId: config.LANDING_CLIENT_ID,
      clientSecret: config.LANDING_CLIENT_SECRET,
      redirectUri: `${config.PUBLIC_URL}/landing/signed-in`,
      now,
    }),
    sessions: createSessions({
      sealer: createSealer({ ...every, purpose: 'session', content: sessionSchema }),
      formKeys: createFormKeys(every.secrets),
      db,
      now,
    }),
    attempts: createSignInAttempts(
      createSealer({ ...every, purpose: 'sign-in', content: attemptsSchema }),
      now,
    ),
    tokens: createSealer({ ...every, purpose: 'purchase-token', content: z.string() }),
    drafts: createSealer({ ...every, purpose: 'draft', content: draftSchema }),
    frames: createFrames({ ...installation, assetsVersion: assets.version, now }),
    presentations: createPresentations(db, installation),
  };

  stack.use(
    startLoop({
      name: 'confirmations',
      everyMs: CONFIRMATION_SWEEP_MS,
      log,
      run: () => sweepConfirmations(landing),
    }),
  );
  stack.use(
    startLoop({
      name: 'requests for access',
      everyMs: ACCESS_REQUEST_SWEEP_MS,
      log,
      run: () => relayAccessRequests(landing),
    }),
  );
  const server = stack.use(
    await serveHttp({
      app: createApp({
        landing,
        assets,
        authorityUrl: config.ENTRA_AUTHORITY_URL,
        clientId: config.LANDING_CLIENT_ID,
      }),
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      log,
      ready: async () => ({ database: await database.isReady(), bus: bus.isReady() }),
      metrics,
      maxBodyBytes: MAX_BODY_BYTES,
    }),
  );

  const running = stack.move();
  return { url: server.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
