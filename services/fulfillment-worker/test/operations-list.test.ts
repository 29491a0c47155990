import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openFixture, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

type Filter = Parameters<Fixture['client']['operations']['list']['query']>[0];

const query = (text: string, values: unknown[] = []) => fixture.db.pool.query(text, values);

/** An operation that became known at this minute of an hour in the past. */
async function store(minute: number, columns: Readonly<Record<string, unknown>>): Promise<string> {
  const operationId = randomUUID();
  const createdAt = new Date(Date.UTC(2026, 0, 1, 12, minute));
  const all = {
    subscription_id: 'none',
    action: 'ChangePlan',
    ...columns,
    operation_id: operationId,
    created_at: createdAt,
  };
  const names = Object.keys(all);
  await query(
    `insert into operations (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(all),
  );
  return operationId;
}

const past = { until: '2026-01-02T00:00:00Z' };
const list = async (filter: Filter) =>
  (await fixture.client.operations.list.query({ ...past, ...filter })).items;
const idsOf = async (filter: Filter) => (await list(filter)).map(({ operationId }) => operationId);

test('operations of all subscriptions are found by what was decided, by outcome and by time', async () => {
  const deadline = new Date('2026-01-01T12:00:00Z');
  const later = new Date('2026-01-01T12:00:01Z');
  const open = await store(1, { action: 'Suspend' });
  const inTime = { decided_at: deadline, deadline_at: deadline };
  const refused = await store(2, {
    ...inTime,
    decision: 'refuse',
    reason: 'rule:no',
    rule_id: 'no',
    outcome: 'refused',
  });
  const late = await store(3, {
    decision: 'accept',
    reason: 'silence:timeout',
    decided_at: later,
    deadline_at: deadline,
    outcome: 'succeeded',
  });
  const other = await store(4, { subscription_id: 'other', outcome: 'overruled' });
  expect(await idsOf({})).toEqual([other, late, refused, open]);
  expect(await idsOf({ isOpen: true })).toEqual([open]);
  expect(await idsOf({ isOpen: false })).toEqual([other, late, refused]);
  expect(await idsOf({ outcome: 'overruled' })).toEqual([other]);
  expect(await idsOf({ decision: 'refuse' })).toEqual([refused]);
  expect(await idsOf({ decision: 'none' })).toEqual([other, open]);
  expect(await idsOf({ isLate: true })).toEqual([late]);
  expect(await idsOf({ isLate: false })).toEqual([refused]);
  expect(await idsOf({ isSilent: true })).toEqual([late]);
  expect(await idsOf({ ruleId: 'no' })).toEqual([refused]);
  expect(await idsOf({ action: 'Suspend' })).toEqual([open]);
  expect(await idsOf({ subscriptionId: 'OTHER' })).toEqual([other]);
  expect(await idsOf({ since: '2026-01-01T12:03:00Z' })).toEqual([other, late]);
  expect(await idsOf({ until: '2026-01-01T12:02:00Z' })).toEqual([open]);
  expect((await list({ isLate: true }))[0]).toMatchObject({
    isInTime: false,
    subscriptionId: 'none',
  });
});

test('operations are paged without gaps, even with the same id on two subscriptions', async () => {
  const operationId = randomUUID();
  const subscriptions = ['paged-a', 'paged-b', 'paged-c'];
  for (const subscriptionId of subscriptions) {
    await query(
      `insert into operations (subscription_id, operation_id, action, created_at)
       values ($1, $2, 'Renew', '2025-01-01T00:00:00Z')`,
      [subscriptionId, operationId],
    );
  }
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await fixture.client.operations.list.query({
      until: '2025-02-01T00:00:00Z',
      limit: 1,
      cursor,
    });
    found.push(...page.items.map(({ subscriptionId }) => subscriptionId));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(found).toEqual(subscriptions.toReversed());
});

test('differences of all runs are listed with what became of them', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  await fixture.control.changePlan(subscriptionId, 'growth');
  await fixture.control.advance(11_000);
  await fixture.control.clearFaults();
  const run = async (dryRun: boolean) => {
    const { runId } = await fixture.client.reconciliation.start.mutate({ dryRun });
    await until('the run is over', async () => {
      const { state } = await fixture.client.reconciliation.get.query({ runId });
      return state === 'completed';
    });
    return runId;
  };
  const [dry, real] = [await run(true), await run(false)];
  const { findings } = fixture.client.reconciliation;
  const { items } = await findings.query({ subscriptionId: subscriptionId.toUpperCase() });
  expect(items).toMatchObject([
    { runId: real, subscriptionId, state: 'healed' },
    { runId: dry, subscriptionId, state: 'reported' },
  ]);
  const kind = items[0]?.kind ?? '';
  expect((await findings.query({ state: 'healed', kind })).items).toEqual([items[0]]);
  expect((await findings.query({ runId: dry })).items).toEqual([items[1]]);
  const first = await findings.query({ limit: 1 });
  expect(first.items).toEqual([items[0]]);
  expect((await findings.query({ limit: 1, cursor: first.nextCursor })).items).toEqual([items[1]]);
});

test('the publishers are listed with their application and whether the credential works', async () => {
  const { publisher, fulfillmentApp } = fixture.emulator.identities;
  const items = await until('the credential was tried', async () => {
    const list = await fixture.client.publishers.list.query({});
    return list.items.every(({ credential }) => credential !== 'unknown') && list.items;
  });
  expect(items).toMatchObject([
    {
      tenantId: publisher.tenantId,
      clientId: fulfillmentApp.clientId,
      isDefault: true,
      credential: 'ok',
    },
  ]);
  expect(JSON.stringify(items)).not.toContain(fulfillmentApp.clientSecret);
});
