import { randomUUID } from 'node:crypto';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { testDatabase } from '@landfall/servers/testing';
import { inTransaction, migrate, openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { migrations } from '../src/db/migrations.ts';
import type { BillingTables, PlanContent } from '../src/db/schema.ts';
import { reassignUsage } from '../src/intake/reassign-usage.ts';
import { takeRecords } from '../src/intake/take-records.ts';
import { insertVersion, saveSubscription } from '../src/store/subscriptions.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const log = createLogger('test', 'fatal');

/** The tables of billing-sync with a clock that only moves by `advance`; no service runs on them. */
export async function openStore(options: { readonly now?: string } = {}) {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase({ services: ['billing-sync'] }));
  const url = database.urlFor('billing-sync');
  const open = () => openDatabase<BillingTables>({ url, service: 'billing-sync', log });
  const db = stack.use(await open());
  await migrate(db, migrations);
  let nowMs = Date.parse(options.now ?? '2026-03-10T10:05:00Z');
  const now = () => new Date(nowMs);
  const ago = (ms: number) => new Date(nowMs - ms).toISOString();
  const versions = new Map<string, number>();

  /** Saves a version of a subscription, like the consumer of facts. Without an id: a new subscription. */
  async function save(of: Version = {}): Promise<string> {
    const id = of.id ?? randomUUID();
    const version = of.version ?? (versions.get(id) ?? 0) + 1;
    versions.set(id, version);
    const fact = {
      occurredAt: of.at ?? ago(30 * HOUR),
      subscription: {
        id,
        publisherId: of.publisherId ?? 'contoso',
        offerId: 'analytics',
        planId: of.planId ?? 'starter',
        status: of.status ?? 'Subscribed',
        term: of.term ?? { startDate: ago(30 * HOUR), termUnit: 'P1M' },
        version,
      },
    } as SubscriptionFact;
    await inTransaction(db, async (trx) => {
      await insertVersion(trx, fact);
      await saveSubscription(trx, fact);
      await reassignUsage(trx, id, new Date(ago(48 * HOUR)));
    });
    return id;
  }

  /** Says that a plan has these dimensions. */
  async function catalogue(planId: string, dimensions: readonly string[]): Promise<void> {
    const content: PlanContent = {
      isPrivate: false,
      isPricePerSeat: false,
      terms: [{ termUnit: 'P1M', included: {} }],
      dimensions: dimensions.map((id) => ({ id })),
    };
    const key = { publisherId: 'contoso', offerId: 'analytics', planId, market: '', version: 1 };
    await db.kysely
      .insertInto('cataloguePlans')
      .values({ ...key, content: JSON.stringify(content), since: now(), readAt: now() })
      .execute();
  }

  const record = (over: object = {}) => ({
    eventId: randomUUID(),
    subscriptionId: '',
    dimension: 'reports',
    quantity: '1',
    occurredAt: ago(0),
    ...over,
  });
  const take = (
    records: readonly unknown[],
    given: { readonly publisherId?: string; readonly dryRun?: boolean } = {},
  ) => takeRecords({ db, log, now, graceMs: 2 * MINUTE }, { records, ...given });
  const meterHours = (subscriptionId: string) =>
    db.kysely
      .selectFrom('meterHours')
      .selectAll()
      .where('subscriptionId', '=', subscriptionId)
      .orderBy('hour')
      .orderBy('meter')
      .orderBy('planId')
      .orderBy('termStart')
      .execute();

  const opened = stack.move();
  return {
    db,
    log,
    now,
    ago,
    save,
    catalogue,
    record,
    take,
    meterHours,
    /** Another pool, like another process. */
    another: open,
    advance: (ms: number) => {
      nowMs += ms;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export type StoreFixture = Awaited<ReturnType<typeof openStore>>;

interface Version {
  readonly id?: string;
  readonly version?: number;
  readonly publisherId?: string;
  readonly planId?: string;
  readonly status?: string;
  /** ISO 8601. */
  readonly at?: string;
  readonly term?: SubscriptionFact['subscription']['term'];
}
