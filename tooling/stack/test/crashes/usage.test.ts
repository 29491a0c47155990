import { until } from '@landfall/servers/wait';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyMetered, reportUnanswered } from '../../src/chaos/usage-reporter.ts';
import { Scene, unanswered } from './scene.ts';

/** Gaps of billing: what is taken is counted once, what is counted is billed once. */

const TIMEOUT_MS = 120_000;
const HOUR_MS = 60 * 60 * 1000;

let scene: Scene;
let subscriptionIds: string[];
beforeAll(async () => {
  scene = await Scene.open();
  subscriptionIds = await buyMetered(scene.arena, scene.ledger);
});
afterAll(() => scene?.[Symbol.asyncDispose]());

test(
  'billing killed before usage is committed: sent again, it is counted once',
  { timeout: TIMEOUT_MS },
  async () => {
    const record = report(subscriptionIds[0]!);
    const held = await scene.lock(
      `insert into billing.usage_records (event_id, content_hash, subscription_id, dimension, hour,
         quantity, occurred_at, taken_at)
       values ($1, '', '', '', now(), 0, now(), now())`,
      [record.eventId],
    );
    unanswered(send(record));
    await held.reached();
    const standing = { subscriptionId: record.subscriptionId, release: held.release };
    await scene.crash('billing-sync', [standing]);
    await expectSettled();
  },
);

test(
  'billing killed after an hour is claimed, before the call arrives: it is billed once',
  { timeout: TIMEOUT_MS },
  () => killedWhileSending(subscriptionIds[1]!, false),
);

test(
  'billing killed after Microsoft has taken an hour, before it knows: it is billed once',
  { timeout: TIMEOUT_MS },
  () => killedWhileSending(subscriptionIds[2]!, true),
);

test(
  'billing killed after the answer for an hour, before it is written: it is billed once',
  { timeout: TIMEOUT_MS },
  async () => {
    const record = report(subscriptionIds[3]!);
    const { subscriptionId } = record;
    const call = await scene.hold({ endpoint: 'batchUsageEvent', afterEffect: true });
    await send(record);
    await call.reached();
    const hours = 'select 1 from billing.usage_hours where subscription_id = $1 for update';
    const held = await scene.lock(hours, [subscriptionId]);
    await call.release();
    await held.reached();
    await scene.crash('billing-sync', [{ subscriptionId, release: held.release }]);
    await leaseEnded();
    await expectSettled();
  },
);

async function killedWhileSending(subscriptionId: string, afterEffect: boolean): Promise<void> {
  const call = await scene.hold({ endpoint: 'batchUsageEvent', afterEffect });
  await send(report(subscriptionId));
  await call.reached();
  await scene.crash('billing-sync', [{ subscriptionId, release: call.release }]);
  await leaseEnded();
  await expectSettled();
}

/** Two minutes later, without waiting for them. */
async function leaseEnded(): Promise<void> {
  await scene.rows(
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
  scene.ledger.usage.set(record.eventId, { ...record, isTaken: false });
  return record;
}

async function send(record: ReturnType<typeof report>): Promise<void> {
  await scene.api.usage.report.mutate({ records: [record] });
}

/** Whoever got no answer sends again; then both sides have every unit once. */
async function expectSettled(): Promise<void> {
  await until('every record is answered', async () => {
    await reportUnanswered(scene.arena, scene.ledger, new AbortController().signal);
    return [...scene.ledger.usage.values()].every(({ isTaken }) => isTaken);
  });
  const { breaches, evidence } = await scene.settled();
  expect(breaches).toEqual([]);
  const billed = evidence.marketplace.usage.map(({ quantity }) => quantity);
  expect(billed).toEqual(billed.map(() => 7));
  expect(billed).toHaveLength(scene.ledger.usage.size);
}
