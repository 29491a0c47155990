import { until } from '@landfall/servers/wait';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyMetered, reportUnanswered } from '../../src/chaos/usage-reporter.ts';
import { CrashFixture, unanswered } from './fixture.ts';

/** Gaps in billing: accepted usage is counted once, and counted usage is billed once. */

const TIMEOUT_MS = 120_000;
const HOUR_MS = 60 * 60 * 1000;

let fixture: CrashFixture;
let subscriptionIds: string[];
beforeAll(async () => {
  fixture = await CrashFixture.open();
  subscriptionIds = await buyMetered(fixture.chaos, fixture.ledger);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

test(
  'billing killed before usage is committed: after a second call it is counted once',
  { timeout: TIMEOUT_MS },
  async () => {
    const record = report(subscriptionIds[0]!);
    const held = await fixture.lock(
      `insert into billing.usage_records (event_id, content_hash, subscription_id, dimension, hour,
         quantity, occurred_at, taken_at)
       values ($1, '', '', '', now(), 0, now(), now())`,
      [record.eventId],
    );
    unanswered(send(record));
    await held.reached();
    const standing = { subscriptionId: record.subscriptionId, release: held.release };
    await fixture.crash('billing-sync', [standing]);
    await expectSettled();
  },
);

test(
  'billing killed after it claims an hour, before the call arrives: the hour is billed once',
  { timeout: TIMEOUT_MS },
  () => killedWhileSending(subscriptionIds[1]!, false),
);

test(
  'billing killed after Microsoft accepts an hour, before it knows: the hour is billed once',
  { timeout: TIMEOUT_MS },
  () => killedWhileSending(subscriptionIds[2]!, true),
);

test(
  'billing killed after the answer for an hour, before it is stored: the hour is billed once',
  { timeout: TIMEOUT_MS },
  async () => {
    const record = report(subscriptionIds[3]!);
    const { subscriptionId } = record;
    const call = await fixture.hold({ endpoint: 'batchUsageEvent', afterEffect: true });
    await send(record);
    await call.reached();
    const hours = 'select 1 from billing.usage_hours where subscription_id = $1 for update';
    const held = await fixture.lock(hours, [subscriptionId]);
    await call.release();
    await held.reached();
    await fixture.crash('billing-sync', [{ subscriptionId, release: held.release }]);
    await leaseEnded();
    await expectSettled();
  },
);

async function killedWhileSending(subscriptionId: string, afterEffect: boolean): Promise<void> {
  const call = await fixture.hold({ endpoint: 'batchUsageEvent', afterEffect });
  await send(report(subscriptionId));
  await call.reached();
  await fixture.crash('billing-sync', [{ subscriptionId, release: call.release }]);
  await leaseEnded();
  await expectSettled();
}

/** Ends the lease, as if two minutes had passed. */
async function leaseEnded(): Promise<void> {
  await fixture.rows(
    `update billing.usage_hours set next_attempt_at = now() where state = 'sending'`,
  );
}

function report(subscriptionId: string) {
  const record = {
    eventId: randomUUID(),
    subscriptionId,
    dimension: 'api-calls',
    quantity: 7,
    occurredAt: new Date(Date.now() - 3 * HOUR_MS).toISOString(),
  };
  fixture.ledger.usage.set(record.eventId, { ...record, isTaken: false });
  return record;
}

async function send(record: ReturnType<typeof report>): Promise<void> {
  await fixture.api.usage.report.mutate({ records: [record] });
}

/** Repeats the call that got no answer; then both sides must have every unit once. */
async function expectSettled(): Promise<void> {
  await until('every record is answered', async () => {
    await reportUnanswered(fixture.chaos, fixture.ledger, new AbortController().signal);
    return [...fixture.ledger.usage.values()].every(({ isTaken }) => isTaken);
  });
  const { breaches, evidence } = await fixture.settled();
  expect(breaches).toEqual([]);
  const billed = evidence.marketplace.usage.map(({ quantity }) => quantity);
  expect(billed).toEqual(billed.map(() => 7));
  expect(billed).toHaveLength(fixture.ledger.usage.size);
}
