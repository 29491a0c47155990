import { randomUUID } from 'node:crypto';
import { PATIENCE_MS } from '@landfall/config/patience';
import { vi } from 'vitest';
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
import { operatorKey } from '@landfall/servers/test-caller';
import { configSchema } from '../src/config.ts';
import type { BillingTables } from '../src/db/schema.ts';
import { start } from '../src/service.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Five past ten: the hour before has just ended, and the one that runs has most of its time left. */
const FIRST_MOMENT = Date.parse('2026-03-10T10:05:00Z');

export type World = Awaited<ReturnType<typeof startWorld>>;

interface Told {
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
 * billing-sync on a fresh database with a real nats-server and the emulator, whose clock and the
 * service's are one and stand still but for `advance`.
 */
export async function startWorld(options: { readonly env?: Record<string, string> } = {}) {
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
      camelCase: true,
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

  /** Publishes a fact as the fulfillment worker does; resolves with its message id. */
  async function publish(kind: SubscriptionFactKind, told: Told): Promise<string> {
    const seen = await control.subscription(told.id);
    const version = told.version ?? (versions.get(told.id) ?? 0) + 1;
    versions.set(told.id, Math.max(version, versions.get(told.id) ?? 0));
    const messageId = told.messageId ?? randomUUID();
    const occurredAt = told.occurredAt ?? now();
    const payload: SubscriptionFact = {
      eventId: messageId,
      kind,
      occurredAt: occurredAt.toISOString(),
      subscription: {
        id: told.id,
        publisherId: sellerOf(identities, seen.offerId).publisherId,
        offerId: seen.offerId,
        planId: told.planId ?? seen.planId,
        quantity: seen.quantity,
        status: told.status ?? seen.status,
        term: told.term ?? { ...(seen.termStart && { startDate: dateOf(seen.termStart) }) },
        isFreeTrial: seen.isFreeTrial,
        isTest: told.isTest,
        purchasedAt: told.purchasedAt?.toISOString(),
        version,
      },
    };
    const correlationId = randomUUID();
    await bus.publish(subscriptionFactFor(kind), payload, { messageId, correlationId, occurredAt });
    return messageId;
  }

  /** The same, and waits until it is taken. */
  async function tell(kind: SubscriptionFactKind, told: Told): Promise<void> {
    const messageId = await publish(kind, told);
    await vi.waitFor(async () => {
      const taken = await store.kysely
        .selectFrom('inbox')
        .select('messageId')
        .where('messageId', '=', messageId)
        .execute();
      if (taken.length === 0) throw new Error('the fact is not taken yet');
    }, PATIENCE_MS);
  }

  /** A subscription that both Microsoft and we know as active since `agoMs`. */
  async function subscribe(
    order: Pick<Told, 'planId' | 'term' | 'isTest' | 'purchasedAt'> & {
      readonly offerId?: string;
      readonly agoMs?: number;
    } = {},
  ): Promise<string> {
    const { offerId = 'analytics', planId = 'starter', agoMs = 30 * HOUR, ...told } = order;
    const beneficiary = identities.people[0]!.email;
    const { subscriptionId } = await control.purchase({ offerId, planId, beneficiary });
    const seller = sellerOf(identities, offerId);
    await accessOf(seller).fulfillment.activate({ subscriptionId, planId }, {});
    await advance(2000);
    const occurredAt = new Date(nowMs - agoMs);
    const startDate = occurredAt.toISOString();
    await tell('activated', { id: subscriptionId, occurredAt, term: { startDate }, ...told });
    return subscriptionId;
  }

  async function advance(ms: number): Promise<void> {
    await control.advance(ms);
    nowMs += ms;
  }

  /** Usage of one dimension, `agoMs` ago. */
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

  /** Resolves when the service has come to rest on what is asked. */
  const until = <T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> =>
    vi.waitFor(
      async () => {
        const answer = await ask();
        if (!isRight(answer)) throw new Error(`not yet: ${JSON.stringify(answer)}`);
        return answer;
      },
      { timeout: PATIENCE_MS, interval: 25 },
    );

  /** The hours of a subscription once none of them is on its way any more. */
  const settled = (subscriptionId: string) =>
    until(
      () => hours({ subscriptionId }),
      (all) => all.length > 0 && all.every(({ state }) => state !== 'closed' && isAtRest(state)),
    );

  /**
   * Resolves when whole rounds have passed, by marks that a round closes: the one that closes the
   * second mark began after the one that closed the first had ended.
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
      await until(
        () => hours({ subscriptionId: MARKED.id, state: 'settled' }),
        (closed) => closed.some((hour) => hour.dimension === dimension),
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
    tell,
    subscribe,
    use,
    hours,
    until,
    settled,
    rounds,
    startService,
    service,
    stopService: () => service[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A subscription of nobody, whose hours have nothing to report. */
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
