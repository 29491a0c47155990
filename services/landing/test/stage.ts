import { Writable } from 'node:stream';
import { PATIENCE_MS } from '@landfall/config/patience';
import { Client } from 'pg';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { freePort } from '@landfall/servers/ports';
import { testDatabase, testNats, type TestDatabase } from '@landfall/servers/testing';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import type { Config } from '../src/config.ts';
import { start } from '../src/service.ts';
import { Browser, type Page } from './browser.ts';
import { serveWorker, type Worker } from './worker.ts';

export const people = {
  ada: 'ada@fabrikam.example',
  ben: 'ben@fabrikam.example',
  tara: 'tara@tailspin.example',
  sam: 'sam@adventure-works.example',
  pia: 'pia@outlook.example',
  otto: 'otto@contoso.example',
  nora: 'nora@northwind.example',
  /** A guest in Ada's and Ben's tenant. */
  gus: 'gus@tailspin.example',
  /** A personal account that has a directory of its own, in which it buys. */
  mia: 'mia@outlook.example',
} as const;

/** Everything a purchase needs around the landing page, and the page itself. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly natsUrl: string;
  readonly emulator: Emulator;
  readonly database: TestDatabase;
  readonly worker: Worker;
  /** Every line that the service logged. */
  readonly lines: string[];
  /** Stops the worker's side, as if no instance of it ran; the result starts it again. */
  stopWorker(): Promise<() => void>;
  /** Refuses new connections to the database and cuts the present ones, or lets them in again. */
  allowConnections(isAllowed: boolean): Promise<void>;
  events(kind: string): Promise<{ tenant_id: string; detail: string | null }[]>;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  rows(table: 'visits' | 'events' | 'members'): Promise<Record<string, unknown>[]>;
}

export async function openStage(
  changes: Partial<Config> = {},
  now: () => Date = () => new Date(),
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase({ services: ['landing'] }));
  const nats = stack.use(await testNats());
  const emulator = stack.use(await startEmulator());
  await emulator.control.updateSettings({ activationDelayMs: 300 });
  const bus = stack.use(
    await connectBus({
      url: nats.url,
      name: 'fulfillment-worker',
      log: createLogger('fulfillment-worker', 'silent'),
    }),
  );
  let worker = serveWorker(bus, emulator);
  stack.defer(() => worker[Symbol.asyncDispose]());

  const lines: string[] = [];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  stack.use(
    await start(
      {
        DATABASE_URL: database.urlFor('landing'),
        NATS_URL: nats.urlFor('landing'),
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: port,
        LOG_LEVEL: 'debug',
        PUBLIC_URL: url,
        ENTRA_AUTHORITY_URL: emulator.authorityUrl,
        LANDING_CLIENT_ID: emulator.identities.landingApp.clientId,
        LANDING_CLIENT_SECRET: emulator.identities.landingApp.clientSecret,
        SESSION_SECRET: 'a secret for tests that is long enough',
        PRODUCT_NAME: 'Contoso Analytics',
        PRODUCT_URL: 'https://product.example/start',
        DEFAULT_LANGUAGE: 'en',
        SUPPORT_EMAIL: 'help@contoso.example',
        SUPPORT_URL: undefined,
        ...changes,
      },
      { log: createLogger('landing', 'debug', collect(lines)), now },
    ),
  );
  await emulator.control.updateSettings({ landingUrl: `${url}/landing` });

  const query = async (
    text: string,
    values: unknown[] = [],
    connectionString = database.urlFor('landing'),
  ) => {
    const client = new Client({ connectionString });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text, values);
    await client.end();
    return rows;
  };
  const opened = stack.move();
  return {
    url,
    natsUrl: nats.url,
    emulator,
    database,
    get worker() {
      return worker;
    },
    lines,
    async stopWorker() {
      await worker[Symbol.asyncDispose]();
      return () => {
        worker = serveWorker(bus, emulator);
      };
    },
    async allowConnections(isAllowed) {
      const name = new URL(database.adminUrl).pathname.slice(1);
      const limit = `ALTER DATABASE ${name} CONNECTION LIMIT ${isAllowed ? -1 : 0}`;
      await query(limit, [], database.adminUrl);
      if (!isAllowed) await database.dropConnections();
    },
    events: async (kind) =>
      (await query('SELECT tenant_id, detail FROM events WHERE kind = $1 ORDER BY id', [kind])) as {
        tenant_id: string;
        detail: string | null;
      }[],
    query,
    rows: (table) => query(`SELECT * FROM ${table}`),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function collect(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}

/** Picks a person on the authority's sign-in page, where the browser has arrived. */
export async function pick(browser: Browser, page: Page, person: string): Promise<Page> {
  const [, action = ''] = /<form[^>]*action="([^"]*)"/.exec(page.html) ?? [];
  const target = new URL(action.replaceAll('&amp;', '&'), page.url).href;
  return browser.post(target, { pick: person });
}

/** Buys, opens the landing page with the token and signs in: the page that the buyer then sees. */
export async function buyAndSignIn(
  stage: Stage,
  person: string,
  order: {
    offerId?: string;
    planId?: string;
    quantity?: number;
    purchaser?: string;
    isTest?: boolean;
    isDryRun?: boolean;
    isSandbox?: boolean;
    by?: string;
  } = {},
): Promise<{ browser: Browser; page: Page; subscriptionId: string; purchaseToken: string }> {
  const { offerId = 'teamdesk', planId = 'standard', by = person, ...rest } = order;
  const seats = offerId === 'teamdesk' ? { quantity: 20 } : {};
  const bought = await stage.emulator.control.purchase({
    offerId,
    planId,
    beneficiary: person,
    ...seats,
    ...rest,
  });
  const browser = new Browser();
  const signIn = await browser.get(bought.landingUrl ?? '');
  return { browser, page: await pick(browser, signIn, by), ...bought };
}

/** A browser in which somebody is signed in. */
export async function signInAs(stage: Stage, person: string): Promise<Browser> {
  const browser = new Browser();
  await pick(browser, await browser.get(`${stage.url}/landing/sign-in`), person);
  return browser;
}

/** A subscription that is active and confirmed by its buyer, who is its owner. */
export async function activeSubscription(
  stage: Stage,
  person: string,
  order: Parameters<typeof buyAndSignIn>[2] = {},
): Promise<{ browser: Browser; subscriptionId: string; url: string }> {
  const { browser, page, subscriptionId } = await buyAndSignIn(stage, person, order);
  const progress = await confirm(stage, browser, { page });
  await until(
    () => browser.get(progress.url),
    (seen) => seen.heading === 'Ready to use',
  );
  return { browser, subscriptionId, url: `${stage.url}/landing/subscriptions/${subscriptionId}` };
}

/** Sends the confirmation form that `page` shows. */
export function confirm(
  stage: Stage,
  browser: Browser,
  { page, ...fields }: { page: Page; email?: string; onBehalf?: string },
): Promise<Page> {
  return browser.post(`${stage.url}/landing/confirm`, {
    formKey: page.field('formKey'),
    visit: page.field('visit'),
    email: fields.email ?? page.field('email'),
    ...(fields.onBehalf ? { onBehalf: fields.onBehalf } : {}),
  });
}

/** Loads `look` again until `isThere`; what was seen last is in the error otherwise. */
export async function until<T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not seen in time; last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
