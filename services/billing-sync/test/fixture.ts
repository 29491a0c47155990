import { randomUUID } from 'node:crypto';
import { PATIENCE_MS } from '@landfall/config/patience';
import { subscriptionFactFor } from '@landfall/contracts/subjects';
import { streams } from '@landfall/contracts/streams';
import type {
  SubscriptionFact,
  SubscriptionFactKind,
} from '@landfall/contracts/subscription-facts';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { startEmulator } from '@landfall/emulator/emulator';
import type { SubscriptionView } from '@landfall/emulator/views';
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
import { type BillingTables, NO_TERM } from '../src/db/schema.ts';
import { start } from '../src/service.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Five past ten: the previous hour has just ended, and the running hour has most of its time left. */
const FIRST_MOMENT = Date.parse('2026-03-10T10:05:00Z');

export type Fixture = Awaited<ReturnType<typeof openFixture>>;

type Term = SubscriptionFact['subscription']['term'];

interface FactOptions {
  readonly id: string;
  readonly status?: string;
  readonly planId?: string;
  readonly version?: number;
  readonly messageId?: string;
  readonly occurredAt?: Date;
  readonly term?: Term;
  readonly isTest?: boolean;
  readonly purchasedAt?: Date;
}

/** Plans and dimensions of the emulator in which tests expect all usage to be billed. */
const METERED = [
  { offerId: 'analytics', planId: 'starter', dimensions: ['reports', 'api-calls'] },
  { offerId: 'analytics', planId: 'growth', dimensions: ['reports', 'api-calls'] },
  { offerId: 'ledger', planId: 'starter', dimensions: ['reports'] },
  { offerId: 'ledger', planId: 'practice', dimensions: ['reports'] },
];

/**
 * billing-sync on a fresh database, with a real nats-server and the emulator. The service and the emulator have the same
 * clock, which only moves by `advance`. Nothing is included in the plans, unless `included` says that Microsoft's
 * quantities apply.
 */
export async function openFixture(
  options: {
    readonly env?: Record<string, string>;
    readonly included?: 'nothing' | 'by-microsoft';
  } = {},
) {
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
    timeoutMs: PATIENCE_MS,
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
  const terms = new Map<string, Term>();

  /** The term of a fact: a given one, or what the last fact said, or what Microsoft has. `{}` is no term at all. */
  function termFor(seen: SubscriptionView, { id, term: given }: FactOptions): Term {
    const known = terms.get(id) ?? termOf(seen);
    if (!given) return known;
    if (Object.keys(given).length === 0) return {};
    terms.set(id, { ...known, ...given });
    return { ...(known.termUnit !== undefined && { termUnit: known.termUnit }), ...given };
  }

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
        term: termFor(seen, fact),
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

  /**
   * A subscription that has been active since `agoMs`, at Microsoft and in our records. Its first term begins then and
   * has no end, unless `term` says otherwise. Its plan has been read.
   */
  async function subscribe(
    order: Pick<FactOptions, 'planId' | 'term' | 'isTest' | 'purchasedAt'> & {
      readonly offerId?: string;
      readonly agoMs?: number;
      readonly termUnit?: string;
    } = {},
  ): Promise<string> {
    const { offerId = 'analytics', planId = 'starter', agoMs = 30 * HOUR, ...others } = order;
    const { termUnit = 'P1M', ...fact } = others;
    const beneficiary = identities.people[0]!.email;
    const { subscriptionId } = await control.purchase({ offerId, planId, termUnit, beneficiary });
    const seller = sellerOf(identities, offerId);
    await accessOf(seller).fulfillment.activate({ subscriptionId, planId }, {});
    await advance(2000);
    const occurredAt = new Date(nowMs - agoMs);
    const term = { startDate: occurredAt.toISOString(), termUnit };
    await deliver('activated', { id: subscriptionId, occurredAt, term, ...fact });
    // The first reading of a plan makes its held and refused hours due again, so it must not happen in the middle of a test.
    // During an outage, no plan is read.
    await until('the plan is read, or Microsoft does not answer', async () => {
      const readings = await plans();
      return readings.every(isTried) || readings.some(({ problem }) => problem !== null);
    });
    return subscriptionId;
  }

  const plans = () =>
    store.kysely
      .selectFrom('catalogueReadings')
      .select(['nextAt', 'leasedUntil', 'problem'])
      .execute();
  const isTried = (plan: { readonly nextAt: Date; readonly leasedUntil: Date | null }) =>
    plan.nextAt > now() && plan.leasedUntil === null;

  /**
   * Waits until Microsoft has been asked for every plan that is due. If a reading failed only after the clock was moved, the
   * next one would be postponed from the new time.
   */
  const untilPlansTried = () =>
    until('every plan has been tried', async () => (await plans()).every(isTried));

  /** Sets what a plan includes instead of Microsoft's quantity; null = unlimited. Without a term, for all of them. */
  const setIncluded = (of: {
    readonly included: string | number | null;
    readonly dimension?: string;
    readonly planId?: string;
    readonly offerId?: string;
    readonly termUnit?: string;
  }) =>
    api.overrides.put.mutate({
      offerId: 'analytics',
      planId: 'starter',
      dimension: 'reports',
      ...of,
    });

  async function advance(ms: number): Promise<void> {
    await control.advance(ms);
    nowMs += ms;
  }

  /** Reports usage of one dimension, `agoMs` ago. */
  const use = (subscriptionId: string, quantity: number | string, of: Partial<Usage> = {}) =>
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
   * Waits until the submitter has begun and completed a round at the present time. Two marks are hours that a round rates: the
   * round that takes the second mark began after the round that took the first one had ended. Both are due now, so a round
   * that read the clock before it was moved takes neither.
   */
  const rounds = async () => {
    await store.kysely
      .insertInto('subscriptions')
      .values({ ...MARKED, version: 1, termStart: null, termEnd: null, termUnit: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    for (const _round of [1, 2]) {
      const meter = randomUUID();
      const { id: subscriptionId, publisherId, planId } = MARKED;
      const moments = { firstUsedAt: now(), lastUsedAt: now(), dueAt: now() };
      const hour = { subscriptionId, meter, hour: now(), planId, termStart: NO_TERM };
      await store.kysely
        .insertInto('meterHours')
        .values({ ...hour, publisherId, termUnit: null, used: '0', ...moments })
        .execute();
      await until('a round takes the mark', async () => {
        const taken = await store.kysely
          .deleteFrom('meterHours')
          .where('meter', '=', meter)
          .where('state', '<>', 'open')
          .returning('meter')
          .execute();
        return taken.length > 0;
      });
    }
  };

  if (options.included !== 'by-microsoft') {
    for (const { dimensions, ...plan } of METERED) {
      for (const dimension of dimensions) await setIncluded({ ...plan, dimension, included: 0 });
    }
  }
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
    untilPlansTried,
    setIncluded,
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

/** The subscription of the marks. It belongs to no publisher and has no usage. */
const MARKED = {
  id: 'marked',
  publisherId: '',
  offerId: '',
  planId: '',
  status: 'Subscribed',
  suspendedAt: null,
  endedAt: null,
  isTest: true,
};

interface Usage {
  readonly eventId: string;
  readonly dimension: string;
  readonly agoMs: number;
}

function isAtRest(state: string): boolean {
  return state !== 'open' && state !== 'sending';
}

/** The term as Microsoft has it. */
function termOf({ termStart, termEnd, termUnit }: SubscriptionView): Term {
  return {
    ...(termStart !== null && { startDate: dateOf(termStart) }),
    ...(termEnd !== null && { endDate: dateOf(termEnd) }),
    termUnit,
  };
}

function dateOf(text: string): string {
  return new Date(text).toISOString();
}
