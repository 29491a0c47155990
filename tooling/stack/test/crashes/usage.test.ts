import { until } from '@landfall/servers/wait';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkUsage } from '../../src/chaos/checks/usage.ts';
import { buyMetered } from '../../src/chaos/metered.ts';
import { reportUnanswered } from '../../src/chaos/usage-reporter.ts';
import { CrashFixture, unanswered, type Held } from './fixture.ts';

/** Gaps in billing: accepted usage is counted once, and counted usage is billed once. */

const HOUR_MS = 60 * 60 * 1000;
/** Scale includes no API calls, so Microsoft gets each quantity as it was reported. */
const QUANTITY = '7.1';
const DIMENSION = 'api-calls';

let fixture: CrashFixture;
let subscriptionId = '';
/** Each test has an hour of its own, counted back from this time, so that none is used twice if an hour begins meanwhile. */
const startedAt = Date.now();
let hoursAgo = 2;
beforeAll(async () => {
  fixture = await CrashFixture.open();
  const order = { planId: 'scale', termUnit: 'P1M' } as const;
  [subscriptionId = ''] = await buyMetered(fixture.chaos, fixture.ledger, [order]);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

test('billing killed before usage is committed: after a second call it is counted once', async () => {
  const record = report();
  const held = await fixture.lock(
    `insert into billing.usage_claims (publisher_id, event_id, content_hash, taken_at)
       select publisher_id, $2, '', now() from billing.subscriptions where id = $1`,
    [subscriptionId, record.eventId],
  );
  unanswered(send(record, fixture.api));
  await held.reached();
  await crash(held);
  await expectSettled();
});

test('billing killed while it rates an hour: the hour is rated and billed once', async () => {
  const held = await fixture.lock(
    `insert into billing.term_counters as counter
         (subscription_id, plan_id, kind, name, term_start)
       select id, plan_id, 'dimension', $2, term_start from billing.subscriptions where id = $1
       on conflict (subscription_id, plan_id, kind, name, term_start)
         do update set used = counter.used`,
    [subscriptionId, DIMENSION],
  );
  await send(report());
  await held.reached();
  await crash(held);
  await expectSettled();
});

test('billing killed after it claims an hour, before the call arrives: the hour is billed once', () =>
  killedWhileSending(false));

test('billing killed after Microsoft accepts an hour, before it knows: the hour is billed once', () =>
  killedWhileSending(true));

test('billing killed after the answer for an hour, before it is stored: the hour is billed once', async () => {
  const call = await fixture.hold({ endpoint: 'batchUsageEvent', afterEffect: true });
  await send(report());
  await call.reached();
  const hours = `select 1 from billing.usage_hours
      where subscription_id = $1 and state = 'sending' for update`;
  const held = await fixture.lock(hours, [subscriptionId]);
  await call.release();
  await held.reached();
  await crash(held);
  await leaseEnded();
  await expectSettled();
});

test('billing killed after a recurring quantity is counted, before its run is stored: it is counted once', async () => {
  const { eventId: id, isTaken: _isTaken, ...record } = report(randomUUID());
  const eventId = `recurring:${id}:${record.occurredAt}:${subscriptionId}`;
  fixture.ledger.usage.delete(id);
  fixture.ledger.usage.set(eventId, { ...record, eventId, isTaken: true });
  const held = await fixture.lock('lock table billing.recurring_runs in share mode', []);
  const { dimension, quantity, occurredAt: from } = record;
  const charge = { id, subscriptionId, dimension, quantity, from };
  await fixture.patientApi.recurring.put.mutate({ ...charge, every: 'once', label: 'Base fee' });
  await held.reached();
  await crash(held);
  await until('the run is stored', () =>
    exists('billing.recurring_runs where charge_id = $1', [id]),
  );
  await expectSettled();
});

test("billing killed while it reads Microsoft's report: the next run compares every day", async () => {
  await send(report());
  await expectSettled();
  const call = await fixture.hold({ endpoint: 'usageEvents' });
  await reportIsDue();
  await call.reached();
  await fixture.rows('update billing.read_back_runs set finished_at = null');
  await crash(call);
  await reportIsDue();
  await until(
    "every publisher's report is read",
    async () => !(await exists('billing.read_back_runs where finished_at is null')),
  );
  const days = await fixture.rows<{ verdict: string }>(
    'select verdict from billing.read_back_days',
  );
  expect(new Set(days.map(({ verdict }) => verdict))).toEqual(new Set(['processing']));
  await expectSettled();
});

test('billing loses its connection while it makes a month at its start: the month is made, and usage is billed', async () => {
  const months = await monthsOf('ledger_entries');
  await fixture.rows(`drop table billing.${months.at(-1)}`);
  const held = await fixture.lock(
    'lock table billing.ledger_entries in share update exclusive mode',
    [],
  );
  const restarted = fixture.crash('billing-sync');
  await held.reached();
  await held.release();
  await restarted;
  await until(
    'the month is made',
    async () => (await monthsOf('ledger_entries')).length === months.length,
  );
  await send(report());
  await expectSettled();
});

test('billing killed while it drops an old month: the month is dropped, and usage is billed', async () => {
  const months = await monthsOf('meter_hours');
  await fixture.rows(`create table billing.meter_hours_2020_01 partition of billing.meter_hours
      for values from ('2020-01-01T00:00Z') to ('2020-02-01T00:00Z')`);
  const [parent] = await fixture.rows<{ owner: string }>(
    `select tableowner as owner from pg_tables where schemaname = 'billing' and tablename = 'meter_hours'`,
  );
  await fixture.rows(`alter table billing.meter_hours_2020_01 owner to "${parent?.owner}"`);
  const held = await fixture.lock('lock table billing.meter_hours in access share mode', []);
  await fixture.crash('billing-sync');
  await held.reached();
  await crash(held);
  await until('the month is dropped', async () => {
    const left = await monthsOf('meter_hours');
    return left.join() === months.join();
  });
  await send(report());
  await expectSettled();
});

async function killedWhileSending(afterEffect: boolean): Promise<void> {
  const call = await fixture.hold({ endpoint: 'batchUsageEvent', afterEffect });
  await send(report());
  await call.reached();
  await crash(call);
  await leaseEnded();
  await expectSettled();
}

function crash({ release }: Held): Promise<void> {
  return fixture.crash('billing-sync', [{ subscriptionId, release }]);
}

/** Ends the lease, as if two minutes had passed. */
async function leaseEnded(): Promise<void> {
  await fixture.rows(
    `update billing.usage_hours set next_attempt_at = now() where state = 'sending'`,
  );
}

/** As if a day had passed since the last reading, or a quarter of an hour since it was interrupted. */
async function reportIsDue(): Promise<void> {
  await fixture.rows('update billing.read_back_runs set next_at = now()');
}

async function exists(where: string, values: readonly unknown[] = []): Promise<boolean> {
  return (await fixture.rows(`select 1 from ${where}`, values)).length > 0;
}

async function monthsOf(table: string): Promise<string[]> {
  const found = await fixture.rows<{ name: string }>(
    `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
     where nspname = 'billing' and relkind = 'r' and relname ~ $1 order by relname`,
    [`^${table}_\\d{4}_\\d{2}$`],
  );
  return found.map(({ name }) => name);
}

function report(eventId: string = randomUUID()) {
  hoursAgo += 1;
  const record = {
    eventId,
    subscriptionId,
    dimension: DIMENSION,
    quantity: QUANTITY,
    occurredAt: new Date(startedAt - hoursAgo * HOUR_MS).toISOString(),
    isTaken: false,
  };
  fixture.ledger.usage.set(record.eventId, record);
  return record;
}

async function send(
  { isTaken: _isTaken, ...record }: ReturnType<typeof report>,
  api = fixture.patientApi,
): Promise<void> {
  await api.usage.report.mutate({ records: [record] });
}

/** Repeats the call that got no answer; then both sides must have every unit once. */
async function expectSettled(): Promise<void> {
  await until('every record is answered', async () => {
    await reportUnanswered(fixture.chaos, fixture.ledger, new AbortController().signal);
    return [...fixture.ledger.usage.values()].every(({ isTaken }) => isTaken);
  });
  const { breaches, evidence } = await fixture.settled();
  expect(breaches).toEqual([]);
  expect(checkUsage(evidence)).toEqual([]);
  const billed = evidence.marketplace.usage.map(({ quantity }) => quantity);
  expect(billed).toEqual(billed.map(() => QUANTITY));
  expect(billed).toHaveLength(fixture.ledger.usage.size);
}
