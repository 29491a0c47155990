import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { offerSettings } from '@landfall/contracts/settings';
import { inTransaction } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import { addTask } from '../src/store/tasks.ts';
import {
  factKinds,
  kinds,
  openFixture,
  personOf,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

const DAY_MS = 86_400_000;

let fixture: Fixture;
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  fixture = await openFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

/** What machines wrote, such as the outbox, is kept by their own time. */
const machineNow = () => new Date();
const boot = () => fixture.boot({}, () => new Date(Date.now() + aheadMs), { machineNow });
const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

/** Moves the clock to this many days after the beginning, plus a second. */
const day = (days: number) => {
  aheadMs = days * DAY_MS + 1000;
};

async function timers(subscriptionId: string): Promise<string[]> {
  const rows = await fixture.db.kysely
    .selectFrom('timers')
    .select(['kind', 'step'])
    .where('subscriptionId', '=', subscriptionId)
    .where('kind', '!=', 'sourceOffers')
    .orderBy('dueAt')
    .execute();
  return rows.map(({ kind, step }) => `${kind} ${step}`);
}

/** Waits until nothing that is due by now is open. */
async function lookedAt(subscriptionId: string): Promise<void> {
  await until('every due timer is handled', async () => {
    const row = await fixture.db.kysely
      .selectFrom('timers')
      .select('id')
      .where('subscriptionId', '=', subscriptionId)
      .where('dueAt', '<=', new Date(Date.now() + aheadMs))
      .executeTakeFirst();
    return row === undefined;
  });
  await settled(fixture, subscriptionId);
}

const details = async (subscriptionId: string, kind: string) => {
  const page = await fixture.client.subscriptions.timeline.query({ subscriptionId, limit: 200 });
  return page.items.filter((entry) => entry.kind === kind).map((entry) => entry.details);
};

test('an unconfigured purchase gets its reminders on time, then is voided without a notification', async () => {
  await Promise.all([boot(), boot()]);
  const subscriptionId = await purchase(fixture);
  day(1);
  await lookedAt(subscriptionId);
  expect(await details(subscriptionId, 'configurationDue')).toMatchObject([{ day: 1 }]);
  // All workers were down for a while: of two missed reminders only the last one has an effect.
  day(25);
  await lookedAt(subscriptionId);
  day(29);
  await lookedAt(subscriptionId);
  expect(await details(subscriptionId, 'configurationDue')).toMatchObject([
    { day: 1 },
    { day: 25 },
    { day: 29 },
  ]);
  await fixture.control.advance(31 * DAY_MS);
  day(30);
  await lookedAt(subscriptionId);
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
  expect(await timers(subscriptionId)).toEqual(['retentionEnd 0']);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'configurationDue',
    'configurationDue',
    'configurationDue',
    'unsubscribed',
  ]);
});

test('a purchase that Microsoft has not voided after 30 days stays, and is read again the next day', async () => {
  await boot();
  const subscriptionId = await purchase(fixture);
  day(30);
  await lookedAt(subscriptionId);
  expect((await view(subscriptionId)).status).toBe('PendingFulfillmentStart');
  expect(await timers(subscriptionId)).toEqual(['configurationEnd 1']);
  await fixture.control.advance(32 * DAY_MS);
  day(31.1);
  await lookedAt(subscriptionId);
  expect((await view(subscriptionId)).status).toBe('Unsubscribed');
});

test("a configured purchase gets no reminders, even if only the reminder's reading noticed it", async () => {
  await boot();
  const activated = await subscribed(fixture);
  expect(await timers(activated)).toEqual([]);
  const unnoticed = await purchase(fixture);
  const call = { correlationId: unnoticed };
  await fixture.marketplace.activate({ subscriptionId: unnoticed, planId: 'starter' }, call);
  await until('active at Microsoft', async () => {
    return (await fixture.control.subscription(unnoticed)).status === 'Subscribed';
  });
  day(1);
  await until('noticed', async () => (await view(unnoticed)).status === 'Subscribed');
  await lookedAt(unnoticed);
  expect(await factKinds(fixture, unnoticed)).toEqual(['purchased', 'activated']);
  expect(await timers(unnoticed)).toEqual([]);
});

test('a suspension gets reminders before its end, is read at its end, and is cleared by a payment', async () => {
  await boot();
  const [unpaid, paid, silent] = await Promise.all([
    subscribed(fixture),
    subscribed(fixture),
    subscribed(fixture),
  ]);
  for (const id of [unpaid, paid, silent]) await fixture.control.suspend(id);
  await until('all suspended', async () => {
    const views = await Promise.all([unpaid, paid, silent].map((id) => view(id)));
    return views.every(({ status }) => status === 'Suspended');
  });
  expect(await timers(paid)).toEqual([
    'suspensionReminder 7',
    'suspensionReminder 1',
    'suspensionEnd 0',
  ]);
  await fixture.control.reinstate(paid);
  await until('reinstated', async () => (await view(paid)).status === 'Subscribed');
  expect(await timers(paid)).toEqual([]);
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  const { operationId } = await fixture.control.reinstate(silent);
  const call = { correlationId: silent };
  await fixture.marketplace.updateOperation(silent, operationId, 'Success', call);
  expect((await fixture.control.subscription(silent)).status).toBe('Subscribed');

  day(23);
  await Promise.all([unpaid, silent].map(lookedAt));
  expect((await view(silent)).status).toBe('Subscribed');
  expect(await details(silent, 'suspensionEnding')).toEqual([]);
  expect(await details(unpaid, 'suspensionEnding')).toMatchObject([{ daysLeft: 7 }]);
  day(29);
  await lookedAt(unpaid);
  expect((await view(unpaid)).deadlines).toMatchObject([{ kind: 'suspension' }]);
  await fixture.control.advance(30 * DAY_MS);
  day(30);
  await lookedAt(unpaid);
  expect((await view(unpaid)).status).toBe('Unsubscribed');
  const facts = await factKinds(fixture, unpaid);
  expect(facts.slice(-4)).toEqual([
    'suspended',
    'suspensionEnding',
    'suspensionEnding',
    'unsubscribed',
  ]);
});

test('personal data of an ended subscription is erased on time, and reconciliation brings none back', async () => {
  await boot();
  const settings = offerSettings.parse({ retentionDays: 10 });
  await fixture.client.settings.put.mutate({ offerId: 'analytics', settings });
  await fixture.client.destinations.create.mutate({ label: 'away', url: 'http://127.0.0.1:9/' });
  const subscriptionId = await purchase(fixture);
  const { objectId } = (await view(subscriptionId)).beneficiary;
  await fixture.client.subscriptions.activate.mutate({
    subscriptionId,
    claimedBy: { ...personOf(fixture), emailId: 'ada@fabrikam.example' },
    answers: { company: 'Fabrikam' },
  });
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  const approvedBy = 'ada@fabrikam.example';
  await fixture.client.subscriptions.cancel.mutate({ subscriptionId, approvedBy });
  await until('ended', async () => (await view(subscriptionId)).status === 'Unsubscribed');
  await settled(fixture, subscriptionId);

  day(9);
  await lookedAt(subscriptionId);
  expect((await view(subscriptionId)).beneficiary.emailId).toBe('ada@fabrikam.example');
  day(10.1);
  await lookedAt(subscriptionId);
  expect((await view(subscriptionId)).beneficiary.emailId).toBe('ada@fabrikam.example');
  expect((await factKinds(fixture, subscriptionId)).at(-1)).toBe('erasureDue');
  day(11.2);
  await lookedAt(subscriptionId);
  await fixture.client.reconciliation.start.mutate({});
  await fixture.intake.publish({ subscriptionId, action: 'Unsubscribe' });
  await settled(fixture, subscriptionId);

  const after = await view(subscriptionId);
  expect(after).toMatchObject({ status: 'Unsubscribed', planId: 'starter', name: '' });
  expect(after.claimedBy).toBeUndefined();
  expect(Object.keys(after.beneficiary)).toEqual(['tenantId']);
  expect((await factKinds(fixture, subscriptionId)).slice(-3)).toEqual([
    'unsubscribed',
    'erasureDue',
    'personalDataErased',
  ]);
  expect(objectId).toBeDefined();
  const records = ['subscriptions', 'changes', 'timeline', 'tasks', 'outbox', 'operations'];
  for (const table of [...records, 'product_events', 'deliveries']) {
    const { rows } = await fixture.db.pool.query(`select to_jsonb(t)::text as row from ${table} t`);
    expect(rows, table).not.toEqual([]);
    expect(JSON.stringify(rows), table).not.toMatch(/fabrikam|company/i);
    expect(JSON.stringify(rows), table).not.toContain(objectId);
  }
  expect(await timers(subscriptionId)).toEqual([]);
});

test('timers survive restarts, and have one effect even if their task runs twice', async () => {
  const first = await boot();
  const subscriptionId = await purchase(fixture);
  await lookedAt(subscriptionId);
  await first[Symbol.asyncDispose]();
  const timer = await fixture.db.kysely
    .selectFrom('timers')
    .select('id')
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('dueAt')
    .executeTakeFirstOrThrow();
  day(1);
  // As after a crash between the effect and the end of the task.
  for (const time of [1, 2]) {
    await inTransaction(fixture.db, (trx) =>
      addTask(trx, {
        subscriptionId,
        kind: 'timer',
        payload: { timerId: timer.id },
        correlationId: randomUUID(),
        dedupeKey: `again:${time}`,
      }),
    );
  }
  await Promise.all([boot(), boot()]);
  await lookedAt(subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'configurationDue']);
});

test('a timer that cannot be handled is retried the next day', async () => {
  const first = await boot();
  const subscriptionId = await purchase(fixture);
  await lookedAt(subscriptionId);
  await fixture.control.addFault({ endpoint: 'get', status: 400, subscriptionId });
  day(1);
  await until('given up', async () => {
    return (await kinds(fixture, subscriptionId)).includes('taskParked');
  });
  await fixture.control.clearFaults();
  expect(
    (await timers(subscriptionId)).filter((one) => one === 'configurationReminder 1'),
  ).toHaveLength(1);
  day(2.1);
  await lookedAt(subscriptionId);
  expect(await details(subscriptionId, 'configurationDue')).toMatchObject([{ day: 1 }]);
  await first[Symbol.asyncDispose]();
});
