import { randomUUID } from 'node:crypto';
import { PATIENCE_MS } from '@landfall/config/patience';
import { procedureClient, type ProcedureTransport } from '@landfall/service-kit/rpc/nats';
import type { Caller } from '@landfall/contracts/caller';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { billingSubscriptions, streams } from '@landfall/contracts/streams';
import type { Control } from '@landfall/emulator/control-client';
import { startEmulator, type Emulator } from '@landfall/emulator/emulator';
import { createMarketplace } from '@landfall/marketplace/client';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { createTokenSource } from '@landfall/marketplace/token-source';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger, type Logger } from '@landfall/service-kit/log';
import type { RunningService } from '@landfall/service-kit/process';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { until } from '@landfall/servers/wait';
import { asPermittedCaller, operatorKey } from '@landfall/servers/test-caller';
import { configSchema, type Config } from '../src/config.ts';
import type { Db, FulfillmentTables } from '../src/db/schema.ts';
import { start } from '../src/service.ts';
import { openIntake, type Intake } from './intake.ts';

const level = process.env['TEST_LOG_LEVEL'] ?? 'silent';
export const log = createLogger('test', level);

/** The lane of a crashed worker is free again after this time. It is longer than any pause of a live worker on a busy machine. */
const LEASE_MS = 15_000;
/** For tests that wait until the lanes of a crashed worker become free. */
export const SHORT_LEASE_MS = 1_500;

export type Client = ReturnType<typeof clientOf>;

/** Emulator, Postgres, NATS, a webhook that stores nothing, and any number of workers. */
export interface Fixture extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly control: Control;
  readonly database: TestDatabase;
  readonly nats: TestNats;
  readonly db: Db;
  readonly bus: Bus;
  readonly client: Client;
  /** A client with the rights of the landing pages, which act for customers. */
  readonly landing: Client;
  readonly intake: Intake;
  /** Microsoft's API with the publisher's credentials, for changes that bypass the worker. */
  readonly marketplace: Fulfillment;
  /** All facts published so far. */
  readonly facts: readonly SubscriptionFact[];
  boot(
    overrides?: Partial<Config>,
    now?: () => Date,
    more?: { into?: Logger | undefined; machineNow?: (() => Date) | undefined },
  ): Promise<RunningService>;
  /** The environment of a worker in a separate process. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function openFixture(): Promise<Fixture> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase({ services: ['fulfillment-worker'] }));
  const nats = stack.use(await testNats());
  const emulator = stack.use(await startEmulator());
  const url = database.urlFor('fulfillment-worker');
  const bus = stack.use(await connectBus({ url: nats.url, name: 'webhook-ingest', log }));
  await bus.ensureStreams(Object.values(streams));
  const calls = procedureTransport(bus);
  const client = clientOf(asPermittedCaller(calls), operatorKey);
  const landing = clientOf(calls, { kind: 'service', name: 'landing' });
  const intake = stack.use(await openIntake(bus, client));
  const { control } = emulator;
  await control.updateSettings({
    webhookUrl: intake.url,
    activationDelayMs: 200,
    partnerDelayMs: 200,
  });
  const facts: SubscriptionFact[] = [];
  stack.use(await bus.consume(billingSubscriptions, async (fact) => void facts.push(fact)));
  const db = stack.use(
    await openDatabase<FulfillmentTables>({ url, service: 'fulfillment-worker', log }),
  );
  const booted = stack.use(new AsyncDisposableStack());
  const environment = environmentFor(url, nats.urlFor('fulfillment-worker'), emulator);
  const boot: Fixture['boot'] = async (overrides = {}, now = () => new Date(), more = {}) => {
    const { into = log, machineNow } = more;
    const config = { ...configSchema.parse(environment), ...overrides };
    intake.now = now;
    return booted.use(await start(config, { log: into, now, machineNow }));
  };
  const owned = stack.move();
  const close = () => owned.disposeAsync();
  const parts = {
    emulator,
    control,
    database,
    nats,
    db,
    bus,
    client,
    landing,
    intake,
    marketplace: fulfillmentOf(environment),
    facts,
    boot,
    environment,
  };
  return { ...parts, [Symbol.asyncDispose]: close };
}

function fulfillmentOf(environment: ReturnType<typeof environmentFor>): Fulfillment {
  const tokens = createTokenSource({
    authorityUrl: environment.ENTRA_AUTHORITY_URL,
    tenantId: environment.PUBLISHER_TENANT_ID,
    clientId: environment.FULFILLMENT_CLIENT_ID,
    credential: { secret: environment.FULFILLMENT_CLIENT_SECRET },
  });
  const baseUrl = environment.MARKETPLACE_BASE_URL;
  return createMarketplace({ baseUrl, tokens, concurrentCalls: 64 }).fulfillment;
}

function environmentFor(databaseUrl: string, natsUrl: string, emulator: Emulator) {
  const { publisher, fulfillmentApp } = emulator.identities;
  return {
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    MARKETPLACE_BASE_URL: emulator.marketplaceBaseUrl,
    ENTRA_AUTHORITY_URL: emulator.authorityUrl,
    PUBLISHER_TENANT_ID: publisher.tenantId,
    FULFILLMENT_CLIENT_ID: fulfillmentApp.clientId,
    FULFILLMENT_CLIENT_SECRET: fulfillmentApp.clientSecret,
    LANE_LEASE_MS: String(LEASE_MS),
    RECONCILE_INTERVAL: 'off',
  };
}

function clientOf(transport: ProcedureTransport, caller: Caller) {
  return procedureClient({
    owner: 'fulfillment-worker',
    transport,
    caller,
    correlationId: () => randomUUID(),
    timeoutMs: PATIENCE_MS,
  });
}

/** A manual purchase that the buyer has opened: Pending here and at Microsoft. */
export async function purchase(
  fixture: Fixture,
  order: Partial<Parameters<Control['purchase']>[0]> = {},
): Promise<string> {
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
    ...order,
  });
  await fixture.client.purchases.resolve.mutate({ purchaseToken });
  return subscriptionId;
}

/** An activated and confirmed purchase. */
export async function subscribed(
  fixture: Fixture,
  order: Parameters<typeof purchase>[1] = {},
): Promise<string> {
  const subscriptionId = await purchase(fixture, order);
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('the subscription is active', async () => {
    const { status } = await fixture.client.subscriptions.get.query({ subscriptionId });
    return status === 'Subscribed';
  });
  return subscriptionId;
}

/** Waits until no task of the subscription is open; later looks do not count. */
export async function settled(fixture: Fixture, subscriptionId: string): Promise<void> {
  await until(`no task of ${subscriptionId} is open`, async () => {
    const open = await fixture.db.kysely
      .selectFrom('tasks')
      .select('id')
      .where('subscriptionId', '=', subscriptionId)
      .where('kind', '<>', 'lookAgain')
      .where('doneAt', 'is', null)
      .where('deadAt', 'is', null)
      .executeTakeFirst();
    return open === undefined;
  });
}

/** The kinds of the timeline's entries, in order. */
export async function kinds(fixture: Fixture, subscriptionId: string): Promise<string[]> {
  const page = await fixture.client.subscriptions.timeline.query({ subscriptionId, limit: 200 });
  return page.items.map(({ kind }) => kind);
}

/** Kinds of the published facts of a subscription, after the relay and the fixture's consumer have caught up. */
export async function factKinds(fixture: Fixture, subscriptionId: string): Promise<string[]> {
  await until('every fact was published and has arrived', async () => {
    const open = await fixture.db.pool.query(
      'select 1 from outbox where published_at is null limit 1',
    );
    if (open.rowCount !== 0) return false;
    const lag = await fixture.bus.consumerLag(billingSubscriptions as never);
    return lag?.unsettled === 0;
  });
  return fixture.facts
    .filter(({ subscription }) => subscription.id === subscriptionId)
    .toSorted((left, right) => left.subscription.version - right.subscription.version)
    .map(({ kind }) => kind);
}

/** The Entra ids of a person in the emulator. */
export function personOf(
  { emulator }: Pick<Fixture, 'emulator'>,
  email = 'ada@fabrikam.example',
): { readonly tenantId: string; readonly objectId: string } {
  const person = emulator.identities.people.find((one) => one.email === email);
  if (!person) throw new Error(`the emulator knows no ${email}`);
  return { tenantId: person.tenantId, objectId: person.objectId };
}
