import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import type { NotificationReceived } from '@landfall/contracts/notification-facts';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { createRouter, type Handler, type Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { fulfillmentNotifications, streams } from '@landfall/contracts/streams';
import type { TestDatabase, TestNats } from '@landfall/servers/testing';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import type { RunningService } from '@landfall/service-kit/process';
import { procedureTransport, serveProcedures } from '@landfall/service-kit/rpc';
import { start } from '../src/service.ts';

export const silent = createLogger('webhook-ingest', 'silent');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Longer than a test file takes, and shorter than a token is valid. */
const SOON_MS = 10 * MINUTE_MS;

/**
 * How far to move the clock of a service ahead, so that no hour and no day ends during the test. Two equal bodies without ids
 * are the same notification only within an hour.
 */
export function msPastHourEnd(): number {
  const leftMs = HOUR_MS - (Date.now() % HOUR_MS);
  return leftMs < SOON_MS ? leftMs : 0;
}

export interface Issuer {
  readonly url: string;
  readonly tenantId: string;
  readonly clientId: string;
}

export type Ingest = RunningService & { readonly url: string; readonly lines: readonly string[] };

/** Starts one instance of the service like `main.ts`. */
export async function bootIngest(servers: {
  database: Pick<TestDatabase, 'urlFor'>;
  nats: Pick<TestNats, 'url' | 'urlFor'>;
  issuer: Issuer;
  /** A list of publishers instead of the issuer's own application. */
  publishersFile?: string;
  now?: () => Date;
}): Promise<Ingest> {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const service = await start(
    {
      DATABASE_URL: servers.database.urlFor('webhook-ingest'),
      NATS_URL: servers.nats.urlFor('webhook-ingest'),
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 0,
      LOG_LEVEL: 'warn',
      ENTRA_AUTHORITY_URL: servers.issuer.url,
      ...(servers.publishersFile === undefined
        ? {
            PUBLISHER_TENANT_ID: servers.issuer.tenantId,
            FULFILLMENT_CLIENT_ID: servers.issuer.clientId,
          }
        : { PUBLISHERS_FILE: servers.publishersFile }),
    },
    {
      log: createLogger('webhook-ingest', 'warn', destination),
      now: servers.now ?? (() => new Date()),
    },
  );
  const { url } = service;
  if (url === undefined) throw new Error('the service is not listening');
  return { url, lines, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

export function deliver(
  ingest: { readonly url: string },
  token: string | undefined,
  body: unknown,
): Promise<Response> {
  return fetch(`${ingest.url}/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A notification as Microsoft documents it; `changes` replaces fields. */
export function notification(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const subscriptionId = randomUUID();
  return {
    id: randomUUID(),
    activityId: randomUUID(),
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'growth',
    quantity: 10,
    subscriptionId,
    timeStamp: '2026-02-10T18:48:58.4449937Z',
    action: 'Renew',
    status: 'Succeeded',
    operationRequestSource: 'Azure',
    purchaseToken: null,
    ...changes,
  };
}

/** Collects every message of the stream, like the worker would. */
export async function listenToFacts(
  bus: Bus,
): Promise<AsyncDisposable & { readonly seen: NotificationReceived[] }> {
  const seen: NotificationReceived[] = [];
  await bus.ensureStreams([streams.ingest, streams.deadLetters]);
  const consumer = await bus.consume(fulfillmentNotifications, async (payload) => {
    seen.push(...payload.notifications);
  });
  return { seen, [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose]() };
}

export function testBus(nats: { url: string }): Promise<Bus> {
  return connectBus({ url: nats.url, name: 'fulfillment-worker', log: silent });
}

export type Decide = Handler<(typeof fulfillmentProcedures)['decisions']['decide']>;

export type Reconcile = Handler<(typeof fulfillmentProcedures)['reconciliation']['start']>;

/**
 * Answers for the worker over the real bus and router. By default no rule can refuse, and no reconciliation starts
 * because one is already running.
 */
export function serveDecisions(
  bus: Bus,
  decide: Decide,
  others: { mayRefuse?: () => boolean; reconcile?: Reconcile } = {},
): AsyncDisposable {
  const fail = async (): Promise<never> => {
    throw new Error('these tests call no other procedure of the worker');
  };
  const underWay: Reconcile = async () => new Rejection('reconciliation.running', 'under way');
  const handlers = Object.fromEntries(
    Object.entries(fulfillmentProcedures).map(([namespace, specs]) => [
      namespace,
      Object.fromEntries(Object.keys(specs).map((name) => [name, fail])),
    ]),
  ) as unknown as Handlers<typeof fulfillmentProcedures>;
  const router = createRouter(fulfillmentProcedures, {
    ...handlers,
    decisions: {
      decide,
      mayRefuse: async () => ({ mayRefuse: others.mayRefuse?.() ?? false }),
    },
    reconciliation: { ...handlers.reconciliation, start: others.reconcile ?? underWay },
  });
  return serveProcedures({ owner: 'fulfillment-worker', router, bus, log: silent });
}

/** Calls the service's procedures like an operator's API key, which may be limited to a publisher. */
export function operatorClient(bus: Bus, publisherId?: string) {
  return procedureClient({
    owner: 'webhook-ingest',
    transport: procedureTransport(bus),
    caller: {
      kind: 'api-key',
      keyId: 'test',
      scopes: ['notifications:read', 'notifications:write'],
      publisherId,
    },
    correlationId: () => randomUUID(),
  });
}

export interface StoredRow {
  id: string;
  action: string;
  deliveries: number;
  verdict: string;
  reason: string | null;
  body: string;
  problems: string[];
  operation_id: string | null;
  publisher_id: string | null;
  subscription_id: string | null;
  published_at: Date | null;
  replays: number;
  reconciled_at: Date | null;
}

export async function storedRows(database: Pick<TestDatabase, 'urlFor'>): Promise<StoredRow[]> {
  return query(
    database,
    `select notifications.*, publications.published_at
     from notifications left join publications on publications.id = publication_id
     order by received_at, notifications.id`,
  );
}

/** Whether there are notifications and each is marked as published. */
export async function areAllPublished(database: Pick<TestDatabase, 'urlFor'>): Promise<boolean> {
  const rows = await storedRows(database);
  return rows.length > 0 && rows.every((row) => row.published_at !== null);
}

/** Runs one statement with the service's own role. */
export async function query<Row extends object>(
  database: Pick<TestDatabase, 'urlFor'>,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const url = database.urlFor('webhook-ingest');
  await using db = await openDatabase({ url, service: 'webhook-ingest', log: silent });
  return (await db.pool.query<Row>(text, values)).rows;
}
