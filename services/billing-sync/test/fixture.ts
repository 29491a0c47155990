import { randomUUID } from 'node:crypto';
import { subscriptionFactFor } from '@landfall/contracts/subjects';
import { streams } from '@landfall/contracts/streams';
import type {
  SubscriptionFact,
  SubscriptionFactKind,
} from '@landfall/contracts/subscription-facts';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { startEmulator } from '@landfall/emulator/emulator';
import { sellerOf, sellers, type Seller } from '@landfall/emulator/sellers';
import { createMarketplace } from '@landfall/marketplace/client';
import { createTokenSource } from '@landfall/marketplace/token-source';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { connectBus } from '@landfall/service-kit/bus';
import { parseConfig } from '@landfall/service-kit/config';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { until } from '@landfall/servers/wait';
import { operatorKey } from '@landfall/servers/test-caller';
import { configSchema } from '../src/config.ts';
import type { BillingTables } from '../src/db/schema.ts';
import { start } from '../src/service.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Five past ten: the previous hour has just ended, and the running hour has most of its time left. */
const FIRST_MOMENT = Date.parse('2026-03-10T10:05:00Z');

export type Fixture = Awaited<ReturnType<typeof openFixture>>;

interface FactOptions {
  readonly id: string;
  readonly status?: string;
  readonly planId?: string;
  readonly version?: number;
  readonly messageId?: string;
  readonly occurredAt?: Date;
  readonly term?: { startDate?: string; endDate?: string };
  readonly isTest?: boolean;
  readonly purchasedAt?: Date;
}

/**
 * billing-sync on a fresh database, with a real nats-server and the emulator. The service and the emulator have the same
 * clock, which only moves by `advance`.
 */
export async function openFixture(options: { readonly env?: Record<string, string> } = {}) {
  await using stack = new AsyncDisposableStack();
  const emulator = stack.use(await startEmulator());
  const { control, identities } = emulator;
  await control.setClock({ offsetMs: FIRST_MOMENT - Date.now(), frozen: true });
  let nowMs = Date.parse((await control.clock()).now);
  const now = () => new Date(nowMs);

  const database = stack.use(await testDatabase({ services: ['billing-sync'] }));
  const nats = stack.use(await testNats());
  const log = createLogger('test', 'fatal');
  const { clientId, clientSecret } = identities.fulfillmentApp;
  const env = {
    DATABASE_URL: database.urlFor('billing-sync'),
    NATS_URL: nats.urlFor('billing-sync'),
    LOG_LEVEL: 'fatal',
    MARKETPLACE_BASE_URL: emulator.marketplaceBaseUrl,
    ENTRA_AUTHORITY_URL: emulator.authorityUrl,
    PUBLISHER_TENANT_ID: identities.publisher.tenantId,
    FULFILLMENT_CLIENT_ID: clientId,
    FULFILLMENT_CLIENT_SECRET: clientSecret,
    SUBMIT_INTERVAL_MS: '40',
    ...options.env,
  };
  const startService = (clock = now) => start(parseConfig(configSchema, env), { log, now: clock });
  const service = await startService();
  stack.defer(() => service[Symbol.asyncDispose]());

  const bus = stack.use(await connectBus({ url: nats.url, name: 'gateway', log }));
  await bus.ensureStreams([streams.fulfillment, streams.billing]);
  const store = stack.use(
    await openDatabase<BillingTables>({
      url: env.DATABASE_URL,
      service: 'billing-sync',
      log,
    }),
  );
  const api = procedureClient({
    owner: 'billing-sync',
    transport: procedureTransport(bus),
    caller: operatorKey,
    correlationId: randomUUID,
  });
  const accessOf = ({ tenantId, fulfillmentApp }: Seller) => {
    const tokens = createTokenSource({
      authorityUrl: emulator.authorityUrl,
      tenantId,
      clientId: fulfillmentApp.clientId,
      credential: { secret: fulfillmentApp.clientSecret },
    });
    return createMarketplace({ baseUrl: emulator.marketplaceBaseUrl, tokens });
  };
  const marketplace = accessOf(sellers(identities)[0]);
  const versions = new Map<string, number>();

  /** Publishes a fact like the fulfillment worker and returns its message id. */
  async function publish(kind: SubscriptionFactKind, fact: FactOptions): Promise<string> {
    const seen = await control.subscription(fact.id);
    const version = fact.version ?? (versions.get(fact.id) ?? 0) + 1;
    versions.set(fact.id, Math.max(version, versions.get(fact.id) ?? 0));
    const messageId = fact.messageId ?? randomUUID();
    const occurredAt = fact.occurredAt ?? now();
    const payload: SubscriptionFact = {
      eventId: messageId,
      kind,
      occurredAt: occurredAt.toISOString(),
      subscription: {
        id: fact.id,
        publisherId: sellerOf(identities, seen.offerId).publisherId,
        offerId: seen.offerId,
        planId: fact.planId ?? seen.planId,
        quantity: seen.quantity,
        status: fact.status ?? seen.status,
        term: fact.term ?? { ...(seen.termStart && { startDate: dateOf(seen.termStart) }) },
        isFreeTrial: seen.isFreeTrial,
        isTest: fact.isTest,
        purchasedAt: fact.purchasedAt?.toISOString(),
        version,
      },
    };
    const correlationId = randomUUID();
    await bus.publish(subscriptionFactFor(kind), payload, { messageId, correlationId, occurredAt });
    return messageId;
  }

  /** Publishes a fact and waits until the service has handled it. */
  async function deliver(kind: SubscriptionFactKind, fact: FactOptions): Promise<void> {
    const messageId = await publish(kind, fact);
    await until('the fact is handled', async () => {
      const handled = await store.kysely
        .selectFrom('inbox')
        .select('messageId')
        .where('messageId', '=', messageId)
        .execute();
      return handled.length > 0;
    });
  }

  /** A subscription that has been active since `agoMs`, at Microsoft and in our records. */
  async function subscribe(
    order: Pick<FactOptions, 'planId' | 'term' | 'isTest' | 'purchasedAt'> & {
      readonly offerId?: string;
      readonly agoMs?: number;
    } = {},
  ): Promise<string> {
    const { offerId = 'analytics', planId = 'starter', agoMs = 30 * HOUR, ...fact } = order;
    const beneficiary = identities.people[0]!.email;
    const { subscriptionId } = await control.purchase({ offerId, planId, beneficiary });
    const seller = sellerOf(identities, offerId);
    await accessOf(seller).fulfillment.activate({ subscriptionId, planId }, {});
    await advance(2000);
    const occurredAt = new Date(nowMs - agoMs);
    const startDate = occurredAt.toISOString();
    await deliver('activated', { id: subscriptionId, occurredAt, term: { startDate }, ...fact });
    return subscriptionId;
  }

  async function advance(ms: number): Promise<void> {
    await control.advance(ms);
    nowMs += ms;
  }

  /** Reports usage of one dimension, `agoMs` ago. */
  const use = (subscriptionId: string, quantity: number, of: Partial<Usage> = {}) =>
    api.usage.report.mutate({
      records: [
        {
          eventId: of.eventId ?? randomUUID(),
          subscriptionId,
          dimension: of.dimension ?? 'reports',
          quantity,
          occurredAt: new Date(nowMs - (of.agoMs ?? 0)).toISOString(),
        },
      ],
    });

  const hours = async (
    filter: { subscriptionId?: string; state?: string; isTest?: boolean } = {},
  ) => (await api.usage.hours.query({ ...filter, limit: 200 })).items;

  /** The hours that match the filter, once they are as wanted. */
  const hoursWhen = (
    filter: Parameters<typeof hours>[0],
    isWanted: (found: Awaited<ReturnType<typeof hours>>) => boolean,
  ) =>
    until(`the hours of ${JSON.stringify(filter)} are as wanted`, async () => {
      const found = await hours(filter);
      return isWanted(found) && found;
    });

  /** The hours of a subscription, once each has its outcome. */
  const settled = (subscriptionId: string) =>
    hoursWhen(
      { subscriptionId },
      (all) => all.length > 0 && all.every(({ state }) => state !== 'closed' && isAtRest(state)),
    );

  /**
   * Waits until a whole round of the submitter has passed. Two marks are hours that a round closes: the round that closes
   * the second mark began after the round that closed the first one had ended.
   */
  const rounds = async () => {
    await store.kysely
      .insertInto('subscriptions')
      .values({ ...MARKED, version: 1, termStart: null, termEnd: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const _round of [1, 2]) {
      const dimension = randomUUID();
      const moment = {
        firstUsedAt: now(),
        lastUsedAt: now(),
        dueAt: new Date(0),
        hour: now(),
      };
      const mark = { ...moment, dimension, subscriptionId: MARKED.id, planId: '' };
      await store.kysely
        .insertInto('usageHours')
        .values({ ...mark, state: 'open' })
        .execute();
      await hoursWhen({ subscriptionId: MARKED.id, state: 'settled' }, (closed) =>
        closed.some((hour) => hour.dimension === dimension),
      );
    }
  };

  const running = stack.move();
  return {
    emulator,
    control,
    marketplace,
    database,
    nats,
    bus,
    store,
    api,
    env,
    now,
    advance,
    publish,
    deliver,
    subscribe,
    use,
    hours,
    hoursWhen,
    settled,
    rounds,
    startService,
    service,
    stopService: () => service[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The subscription of the marks. It belongs to no publisher and has nothing to report. */
const MARKED = {
  id: 'marked',
  publisherId: '',
  offerId: '',
  planId: '',
  status: 'Subscribed',
  suspendedAt: null,
  endedAt: null,
};

interface Usage {
  readonly eventId: string;
  readonly dimension: string;
  readonly agoMs: number;
}

function isAtRest(state: string): boolean {
  return state !== 'open' && state !== 'sending';
}

function dateOf(text: string): string {
  return new Date(text).toISOString();
}
