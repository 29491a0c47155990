import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createApi } from './api/api.ts';
import { createAuthority } from './authority/authority.ts';
import { CallLog } from './calls/call-log.ts';
import { ChatMessages } from './chat/messages.ts';
import { chatRoutes } from './chat/routes.ts';
import { Clock } from './market/clock.ts';
import { createControl, type Control } from './control/client.ts';
import { CONTROL_PATH } from './control/contract.ts';
import { ClockFollowers } from './control/followers.ts';
import { controlRoutes, type ControlParts } from './control/routes.ts';
import type { ApiEnv } from './api/http-faults.ts';
import { createIdentities, type Identities } from './authority/identities.ts';
import { Grants } from './authority/grants.ts';
import { createKey, Keyring } from './authority/keyring.ts';
import { localOnly } from './authority/local-only.ts';
import { startMailCatcher } from './mail/catcher.ts';
import { Mailbox } from './mail/mailbox.ts';
import type { Market } from './market/market.ts';
import { storefrontRoutes } from './pages/storefront.ts';
import { Recorder } from './api/recorder.ts';
import { resetEverything } from './market/reset.ts';
import { mergeSettings, settingsSchema, type SettingsPatch } from './market/settings.ts';
import { readStateFile, StateFile } from './market/state-file.ts';
import { restoreState, storeState, type State, type StoredState } from './market/state.ts';
import { runTimer } from './market/timers.ts';
import { webhookToken, type TokenIssuer } from './authority/tokens.ts';
import { createWebhookSender } from './market/webhook-sender.ts';

export interface EmulatorOptions {
  /** Loopback address to listen on; by default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, means any free port. */
  readonly marketplacePort?: number;
  readonly authorityPort?: number;
  readonly smtpPort?: number;
  /** The file that keeps the state from one start to the next. Without it, the state is lost. */
  readonly stateFile?: string;
  readonly webhookUrl?: string;
  readonly landingUrl?: string;
  readonly identities?: Partial<Identities>;
  readonly log?: (line: string) => void;
}

export interface Emulator extends AsyncDisposable {
  /** Storefront and control API. */
  readonly url: string;
  readonly marketplaceBaseUrl: string;
  readonly authorityUrl: string;
  /** Catches mails; they are shown in the mailbox. */
  readonly smtpUrl: string;
  readonly identities: Identities;
  readonly control: Control;
}

/**
 * Starts the marketplace, its authority and a mail server, each on its own port of this machine.
 * @throws if a port is taken, or the state file is damaged
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const log = options.log ?? (() => undefined);
  const { state, stored } = await loadState(options);
  const file = options.stateFile
    ? new StateFile(options.stateFile, () => storeState(state, clock.snapshot()))
    : undefined;
  const changed = (): void => file?.changed();
  const clock = new Clock(
    stored?.clock ?? { offsetMs: 0, frozenAt: null },
    stored?.timers ?? [],
    changed,
  );
  const market: Market = { state, clock, changed };
  const keyring = new Keyring(state.keys, changed);

  const caught = { calls: new CallLog(), mailbox: new Mailbox(), chat: new ChatMessages() };
  const { marketplace, authority, mail } = await openServers(market, caught.mailbox, options);
  const issuer: TokenIssuer = {
    keyring,
    authorityUrl: authority.url,
    identities: state.identities,
  };
  const sender = createWebhookSender(market, {
    token: (seller) => webhookToken(issuer, state.settings.tokenVersion, seller),
    log,
    calls: caught.calls,
  });

  const followers = new ClockFollowers();
  const grants = new Grants();
  const marketplaceBaseUrl = `${marketplace.url}/api`;
  marketplace.handle(
    marketplaceSite(market, {
      issuer,
      ...caught,
      control: { sender, keyring, grants, followers },
      url: marketplace.url,
      smtpUrl: mail.url,
      baseUrl: marketplaceBaseUrl,
    }),
  );
  authority.handle(createAuthority(market, issuer, { calls: caught.calls, grants }));
  clock.start(
    (timer) =>
      runTimer(market, sender, timer).catch((error: unknown) => {
        log(
          `timer ${timer.kind} failed: ${error instanceof Error ? error.stack : 'unknown error'}`,
        );
      }),
    () => followers.moved(),
  );
  changed();

  return {
    url: marketplace.url,
    marketplaceBaseUrl,
    authorityUrl: authority.url,
    smtpUrl: mail.url,
    identities: state.identities,
    control: createControl(marketplace.url),
    async [Symbol.asyncDispose]() {
      sender.stop();
      followers.stop();
      await clock.stop();
      await Promise.all([marketplace.close(), authority.close(), mail[Symbol.asyncDispose]()]);
      await file?.close();
    },
  };
}

/** The state of the file, or a new one, with the given people and addresses. */
async function loadState(
  options: EmulatorOptions,
): Promise<{ readonly state: State; readonly stored: StoredState | undefined }> {
  const stored = options.stateFile ? await readStateFile(options.stateFile) : undefined;
  const state = stored ? restoreState(stored) : await createState();
  state.identities = { ...state.identities, ...options.identities };
  const urls: SettingsPatch = {
    ...(options.webhookUrl !== undefined && { webhookUrl: options.webhookUrl }),
    ...(options.landingUrl !== undefined && { landingUrl: options.landingUrl }),
  };
  // The state of an older version may lack settings. Parsing adds their defaults.
  state.settings = mergeSettings(settingsSchema.parse(state.settings), urls);
  return { state, stored };
}

/** Listens on the three ports, or on none if one of them is taken. */
async function openServers(market: Market, mailbox: Mailbox, options: EmulatorOptions) {
  const host = options.host ?? '127.0.0.1';
  const marketplace = await listen(host, options.marketplacePort ?? 0);
  const authority = await listen(host, options.authorityPort ?? 0).catch(async (error: unknown) => {
    await marketplace.close();
    throw error;
  });
  const mail = await startMailCatcher(market, mailbox, {
    host,
    port: options.smtpPort ?? 0,
  }).catch(async (error: unknown) => {
    await Promise.all([marketplace.close(), authority.close()]);
    throw error;
  });
  return { marketplace, authority, mail };
}

/** The API, the control API, the addresses of chats, and the pages. */
function marketplaceSite(
  market: Market,
  parts: {
    readonly issuer: TokenIssuer;
    readonly calls: CallLog;
    readonly mailbox: Mailbox;
    readonly chat: ChatMessages;
    readonly control: Pick<ControlParts, 'sender' | 'keyring' | 'grants' | 'followers'>;
    readonly url: string;
    readonly smtpUrl: string;
    readonly baseUrl: string;
  },
): Hono<ApiEnv> {
  const { issuer, calls, mailbox, chat, control, url, smtpUrl, baseUrl } = parts;
  const caught = { calls, mailbox, chat };
  const recorder = new Recorder();
  // Microsoft accepts paths with and without a slash at the end; one of its own pages has one.
  const site = new Hono<ApiEnv>({ strict: false });
  site.route('/api', createApi(market, issuer, { baseUrl, recorder, calls }));
  site.use(localOnly());
  site.route(CONTROL_PATH, controlRoutes(market, { ...control, ...caught, recorder }));
  site.route('/chat', chatRoutes(market, chat));
  const reset = () => resetEverything(market, caught);
  const { keyring } = control;
  site.route('/', storefrontRoutes(market, { ...caught, keyring, smtpUrl, url, reset }));
  return site;
}

async function createState(): Promise<State> {
  return {
    identities: createIdentities(),
    // Two keys, because Entra always publishes more than the one that signs.
    keys: await Promise.all([createKey(), createKey()]),
    purchaseTokenKey: randomBytes(32).toString('base64'),
    settings: settingsSchema.parse({}),
    faults: [],
    subscriptions: new Map(),
    operations: new Map(),
    deliveries: new Map(),
    usage: new Map(),
    usageRecons: [],
    refusedUsage: [],
    publishedPlans: [],
    answers: new Map(),
  };
}

/**
 * Longer than any pause of a client on a busy machine. A client that sends while its idle
 * connection is being closed would get an error that Microsoft's API does not have.
 */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

interface Listener {
  readonly url: string;
  handle(app: Hono<ApiEnv>): void;
  close(): Promise<void>;
}

/** Listens before there is an app, because links and issuers need the port. */
async function listen(host: string, port: number): Promise<Listener> {
  let handler: Hono<ApiEnv> | undefined;
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = serve(
      {
        fetch: (request, env) =>
          handler?.fetch(request, env) ?? new Response('starting', { status: 503 }),
        hostname: host,
        port,
        serverOptions: { keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
      },
      () => resolve(starting as Server),
    );
    starting.once('error', reject);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    handle(app) {
      handler = app;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
