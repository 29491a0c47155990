import { request } from 'node:http';
import { connect } from 'node:net';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { ingestProcedures } from '@landfall/contracts/ingest-procedures';
import { landingProcedures } from '@landfall/contracts/landing-procedures';
import { createRouter, type Handlers } from '@landfall/contracts/procedures';
import type { Scope } from '@landfall/contracts/scopes';
import type { TestDatabase, TestNats } from '@landfall/servers/testing';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { serveProcedures } from '@landfall/service-kit/rpc';
import { createApiKey, hashSecret } from '../src/keys/api-key.ts';
import { configSchema } from '../src/config.ts';
import type { GatewayTables, Db } from '../src/db/schema.ts';
import { start } from '../src/service.ts';
import { insertKey } from '../src/store/keys.ts';

export const silent = createLogger('gateway', 'silent');

export interface Gateway extends AsyncDisposable {
  readonly url: string;
  /** On the internal listener. */
  readonly metricsUrl: string;
}

/** Starts the service like `main.ts`, with `env` on top. */
export async function bootGateway(
  servers: {
    database: TestDatabase;
    nats: Pick<TestNats, 'urlFor'>;
    landing?: string;
    ingest?: string;
  },
  env: Record<string, string> = {},
): Promise<Gateway> {
  const config = configSchema.parse({
    DATABASE_URL: servers.database.urlFor('gateway'),
    NATS_URL: servers.nats.urlFor('gateway'),
    PUBLIC_URL: 'http://127.0.0.1',
    LANDING_URL: servers.landing ?? 'http://127.0.0.1:9',
    WEBHOOK_INGEST_URL: servers.ingest ?? 'http://127.0.0.1:9',
    ...env,
  });
  const service = await start(config, { log: silent, now: () => new Date() });
  const { url, metricsUrl } = service;
  if (url === undefined || metricsUrl === undefined)
    throw new Error('the service is not listening');
  return { url, metricsUrl, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

export function openGatewayDatabase(database: TestDatabase): Promise<Db> {
  const url = database.urlFor('gateway');
  return openDatabase<GatewayTables>({ url, service: 'gateway', log: silent });
}

/** Creates a key with these scopes, like `keys create`. */
export async function makeKey(db: Db, scopes: readonly Scope[], publisherId?: string) {
  const key = createApiKey();
  const secretHash = hashSecret(key.secret);
  const held = { label: 'test', secretHash, scopes, publisherId, createdBy: 'a test' };
  await insertKey(db, { ...held, id: key.id, expiresAt: undefined, at: new Date() });
  return key;
}

export function testBus(nats: { url: string }): Promise<Bus> {
  return connectBus({ url: nats.url, name: 'fulfillment-worker', log: silent });
}

type Fulfillment = Handlers<typeof fulfillmentProcedures>;
type Billing = Handlers<typeof billingProcedures>;
type Ingest = Handlers<typeof ingestProcedures>;
type Landing = Handlers<typeof landingProcedures>;

/** In these tests, an id that begins with a publisher's name belongs to that publisher. */
const ownerOf = async (id: string) => /^[a-z]+(?=-)/.exec(id)?.[0];
const ownership = {
  publisherOf: {
    subscription: ownerOf,
    change: async () => 'fabrikam',
    run: async () => 'fabrikam',
    destination: async () => 'fabrikam',
    delivery: async () => 'fabrikam',
    notification: async () => 'fabrikam',
    listener: async () => 'fabrikam',
  },
};

/** Answers for the worker over the real bus. A procedure without a handler fails like a bug. */
export function serveFulfillment(
  bus: Bus,
  given: { [Namespace in keyof Fulfillment]?: Partial<Fulfillment[Namespace]> },
): AsyncDisposable {
  const handlers = complete(fulfillmentProcedures, given) as unknown as Fulfillment;
  const router = createRouter(fulfillmentProcedures, handlers, ownership);
  return serveProcedures({ owner: 'fulfillment-worker', router, bus, log: silent });
}

export function serveBilling(
  bus: Bus,
  given: { [Namespace in keyof Billing]?: Partial<Billing[Namespace]> },
): AsyncDisposable {
  const handlers = complete(billingProcedures, given) as unknown as Billing;
  const router = createRouter(billingProcedures, handlers, ownership);
  return serveProcedures({ owner: 'billing-sync', router, bus, log: silent });
}

export function serveIngest(
  bus: Bus,
  given: { [Namespace in keyof Ingest]?: Partial<Ingest[Namespace]> },
): AsyncDisposable {
  const handlers = complete(ingestProcedures, given) as unknown as Ingest;
  const router = createRouter(ingestProcedures, handlers, ownership);
  return serveProcedures({ owner: 'webhook-ingest', router, bus, log: silent });
}

export function serveLanding(
  bus: Bus,
  given: { [Namespace in keyof Landing]?: Partial<Landing[Namespace]> },
): AsyncDisposable {
  const handlers = complete(landingProcedures, given) as unknown as Landing;
  const router = createRouter(landingProcedures, handlers, ownership);
  return serveProcedures({ owner: 'landing', router, bus, log: silent });
}

function complete(table: object, given: object): object {
  const bug = async (): Promise<never> => {
    throw new Error('no handler in this test');
  };
  const overrides = new Map<string, object>(Object.entries(given));
  return Object.fromEntries(
    Object.entries(table).map(([namespace, specs]: [string, object]) => [
      namespace,
      {
        ...Object.fromEntries(Object.keys(specs).map((name) => [name, bug])),
        ...overrides.get(namespace),
      },
    ]),
  );
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Sends a request exactly as given: no client rewrites the path or the headers. */
export function rawRequest(
  gateway: Gateway,
  path: string,
  options: {
    method?: string;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer | undefined;
  } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Writes bytes on a new connection and returns the status of the first answer. */
export function rawTcp(gateway: Gateway, bytes: string): Promise<number> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      if (status === undefined) return;
      resolve(Number(status));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an answer')));
    socket.write(bytes, 'latin1');
  });
}
