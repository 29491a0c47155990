import { Writable } from 'node:stream';
import { Client } from 'pg';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { freePort } from '@landfall/servers/ports';
import { testDatabase, testNats, type TestDatabase } from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { isFault } from '@landfall/domain/fault';
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
  /** A guest in the tenant of Ada and Ben. */
  gus: 'gus@tailspin.example',
  /** A personal account with its own directory, for which it buys. */
  mia: 'mia@outlook.example',
} as const;

/** The landing service with everything that a purchase needs around it. */
export interface Fixture extends AsyncDisposable {
  readonly url: string;
  readonly natsUrl: string;
  readonly emulator: Emulator;
  readonly database: TestDatabase;
  readonly worker: Worker;
  /** All lines that the service logged. */
  readonly lines: string[];
  /** Stops the worker. The returned function starts it again. */
  stopWorker(): Promise<() => void>;
  /** Refuses new connections to the database and closes the existing ones, or permits them again. */
  allowConnections(isAllowed: boolean): Promise<void>;
  events(kind: string): Promise<{ tenant_id: string; detail: string | null }[]>;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  rows(table: 'visits' | 'events' | 'members'): Promise<Record<string, unknown>[]>;
}

export async function openFixture(
  changes: Partial<Config> = {},
  now: () => Date = () => new Date(),
): Promise<Fixture> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await testDatabase({ services: ['landing'] }));
  const nats = resources.use(await testNats());
  const emulator = resources.use(await startEmulator());
  await emulator.control.updateSettings({ activationDelayMs: 300 });
  const bus = resources.use(
    await connectBus({
      url: nats.url,
      name: 'fulfillment-worker',
      log: createLogger('fulfillment-worker', 'silent'),
    }),
  );
  let worker = serveWorker(bus, emulator);
  resources.defer(() => worker[Symbol.asyncDispose]());

  const lines: string[] = [];
  const runtime = { log: createLogger('landing', 'debug', collect(lines)), now };
  const port = await onFreePort(async (port) => {
    const config = {
      DATABASE_URL: database.urlFor('landing'),
      NATS_URL: nats.urlFor('landing'),
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: port,
      LOG_LEVEL: 'debug' as const,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ENTRA_AUTHORITY_URL: emulator.authorityUrl,
      LANDING_CLIENT_ID: emulator.identities.landingApp.clientId,
      LANDING_CLIENT_SECRET: emulator.identities.landingApp.clientSecret,
      SESSION_SECRET: 'a secret for tests that is long enough',
      PRODUCT_NAME: 'Contoso Analytics',
      PRODUCT_URL: 'https://product.example/start',
      DEFAULT_LANGUAGE: 'en' as const,
      SUPPORT_EMAIL: 'help@contoso.example',
      SUPPORT_URL: undefined,
      ...changes,
    };
    resources.use(await start(config, runtime));
  });
  const url = `http://127.0.0.1:${port}`;
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
  const opened = resources.move();
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

/** The configuration contains the address of the service, so the port is chosen before the start. Another process may take it first. */
async function onFreePort(startOn: (port: number) => Promise<void>): Promise<number> {
  for (;;) {
    const port = await freePort();
    try {
      await startOn(port);
      return port;
    } catch (error) {
      if (!isFault(error) || error.code !== 'http.cannot-listen') throw error;
    }
  }
}

function collect(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}

/** Picks a person on the authority's sign-in page. */
export async function pick(browser: Browser, page: Page, person: string): Promise<Page> {
  const [, action = ''] = /<form[^>]*action="([^"]*)"/.exec(page.html) ?? [];
  const target = new URL(action.replaceAll('&amp;', '&'), page.url).href;
  return browser.post(target, { pick: person });
}

/** Buys, opens the landing page with the token and signs in. `page` is what the buyer then sees. */
export async function buyAndSignIn(
  fixture: Fixture,
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
  const bought = await fixture.emulator.control.purchase({
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

/** A browser in which this person is signed in. */
export async function signInAs(fixture: Fixture, person: string): Promise<Browser> {
  const browser = new Browser();
  await pick(browser, await browser.get(`${fixture.url}/landing/sign-in`), person);
  return browser;
}

/** An active subscription that its buyer confirmed. The buyer is its owner. */
export async function activeSubscription(
  fixture: Fixture,
  person: string,
  order: Parameters<typeof buyAndSignIn>[2] = {},
): Promise<{ browser: Browser; subscriptionId: string; url: string }> {
  const { browser, page, subscriptionId } = await buyAndSignIn(fixture, person, order);
  const progress = await confirm(fixture, browser, { page });
  await untilHeading(browser, progress.url, 'Ready to use');
  return { browser, subscriptionId, url: `${fixture.url}/landing/subscriptions/${subscriptionId}` };
}

/** Sends the confirmation form of `page`. */
export function confirm(
  fixture: Fixture,
  browser: Browser,
  { page, ...fields }: { page: Page; email?: string; onBehalf?: string },
): Promise<Page> {
  return browser.post(`${fixture.url}/landing/confirm`, {
    formKey: page.field('formKey'),
    visit: page.field('visit'),
    email: fields.email ?? page.field('email'),
    ...(fields.onBehalf ? { onBehalf: fields.onBehalf } : {}),
  });
}

/** Loads a page until it has this heading. */
export function untilHeading(browser: Browser, url: string, heading: string): Promise<Page> {
  return untilPage(
    `the page has the heading "${heading}"`,
    () => browser.get(url),
    (page) => page.heading === heading,
  );
}

/** Loads a page until `isThere`. */
export function untilPage(
  what: string,
  load: () => Promise<Page>,
  isThere: (page: Page) => boolean,
): Promise<Page> {
  return until(what, async () => {
    const page = await load();
    return isThere(page) && page;
  });
}
