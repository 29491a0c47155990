import type { Client } from 'pg';
import { MAX_USAGE_BATCH } from '@landfall/contracts/usage-procedures';
import type { BenchFixture } from './fixture.ts';

/** Parallel calls, as from a few programs that report usage. */
export const CALLS = 4;
const HOUR_MS = 60 * 60 * 1000;
/** Each subscription uses something in each of these hours. */
export const HOURS = 20;
/** The id of the n-th subscription, in SQL. */
const ID = `'5a5a5a5a-0000-4000-8000-' || lpad(to_hex(n), 12, '0')`;

export interface UsageRecord {
  readonly eventId: string;
  readonly subscriptionId: string;
  readonly dimension: string;
  readonly quantity: string;
  readonly occurredAt: string;
}

/** Subscriptions of a plan that includes nothing, so that every hour is billed. */
export async function seedUsers(database: Client, subscriptions: number): Promise<void> {
  await database.query(
    `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, term_start, term_unit, version)
     select id, 'contoso', 'bench', 'metered', 'Subscribed', $2, 'P1M', 1
     from (select ${ID} as id from generate_series(0, $1 - 1) n) as given`,
    [subscriptions, new Date(Date.now() - 48 * HOUR_MS)],
  );
  await database.query(
    `insert into subscription_versions
       (subscription_id, version, occurred_at, plan_id, status, term_start, term_unit)
     select id, 1, term_start, plan_id, status, term_start, term_unit from subscriptions`,
  );
  const content = {
    isPrivate: false,
    isPricePerSeat: false,
    terms: [{ termUnit: 'P1M', included: { calls: '0' } }],
    dimensions: [{ id: 'calls' }],
  };
  await database.query(
    `insert into catalogue_plans (publisher_id, offer_id, plan_id, version, content, since, read_at)
     values ('contoso', 'bench', 'metered', 1, $1, now(), now())`,
    [JSON.stringify(content)],
  );
  await database.query('vacuum analyze');
}

/** Returns the records of this many subscriptions by index: an hour of all of them, then the next hour. The last full hour is left out. */
export function recordsOf(subscriptions: number): (index: number) => UsageRecord {
  const base = Math.floor(Date.now() / HOUR_MS - HOURS - 1) * HOUR_MS;
  return (index) => {
    const hour = Math.floor(index / subscriptions) % HOURS;
    return {
      eventId: idOf('e0e0e0e0', index),
      subscriptionId: idOf('5a5a5a5a', index % subscriptions),
      dimension: 'calls',
      quantity: '1',
      occurredAt: new Date(base + hour * HOUR_MS + (index % 3599) * 1000).toISOString(),
    };
  };
}

function idOf(prefix: string, index: number): string {
  return `${prefix}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Sends records in the largest batches, a few at a time. */
export async function inBatches(
  records: {
    readonly from: number;
    readonly count: number;
    readonly at: (index: number) => UsageRecord;
  },
  send: (batch: readonly UsageRecord[], call: number) => Promise<void>,
): Promise<void> {
  const end = records.from + records.count;
  let next = records.from;
  const work = async (call: number): Promise<void> => {
    while (next < end) {
      const from = next;
      next += MAX_USAGE_BATCH;
      const size = Math.min(MAX_USAGE_BATCH, end - from);
      const batch = Array.from({ length: size }, (_, index) => records.at(from + index));
      await send(batch, call);
    }
  };
  await Promise.all(Array.from({ length: CALLS }, (_, call) => work(call)));
}

/** Reports a batch, and throws unless every record was taken. */
export async function report(
  client: BenchFixture<'billing-sync'>['client'],
  batch: readonly UsageRecord[],
): Promise<void> {
  const { results } = await client.usage.report.mutate({ records: [...batch] });
  const refused = results.find(({ outcome }) => outcome !== 'taken');
  if (refused) throw new Error(`not taken: ${JSON.stringify(refused)}`);
}
