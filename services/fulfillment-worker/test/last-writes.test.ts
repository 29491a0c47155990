import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeSubscription } from '@landfall/marketplace/subscription';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';
import { inTransaction, migrate, openDatabase } from '@landfall/service-kit/database';
import { migrations } from '../src/db/migrations.ts';
import type { Db, FulfillmentTables } from '../src/db/schema.ts';
import { observeSubscription, type Concluding } from '../src/observe-subscription.ts';
import { claimLanes } from '../src/store/lanes.ts';
import { findOperation, settleOperation } from '../src/store/operations.ts';
import { saveLast, type Guard, type LastWrites } from '../src/store/save-record.ts';
import { beginReading, findSubscription, noteReading } from '../src/store/subscriptions.ts';
import { addTask } from '../src/store/tasks.ts';
import { readTimeline } from '../src/store/timeline.ts';
import { log } from './fixture.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase({ services: ['fulfillment-worker'] });
  const url = database.urlFor('fulfillment-worker');
  db = await openDatabase<FulfillmentTables>({ url, service: 'fulfillment-worker', log });
  await migrate(db, migrations);
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const record = (id: string, status: string) =>
  decodeSubscription({
    id,
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    saasSubscriptionStatus: status,
    allowedCustomerOperations: ['Read'],
  });

const observed = async (
  id: string,
  status: string,
  conclude?: (news: Concluding) => Promise<boolean>,
) =>
  await observeSubscription(
    {
      db,
      fulfillment: { get: async () => record(id, status) },
      publisherId: undefined,
      log,
      now: () => new Date(),
    },
    id,
    {
      cause: 'notification',
      correlationId: id,
      operationId: `operation-of-${id}`,
      action: 'Suspend',
    },
    { write: (fn) => inTransaction(db, fn), conclude },
  );

type Ending = LastWrites & { readonly guard: Guard };

/** An active subscription whose lane is held, and the writes with which the task of its suspension ends. */
async function ending(): Promise<Ending> {
  const id = randomUUID();
  await observed(id, 'Subscribed');
  const task = {
    subscriptionId: id,
    kind: 'notification',
    payload: {},
    correlationId: id,
  } as const;
  await inTransaction(db, (trx) => addTask(trx, { ...task, dedupeKey: id }));
  const claim = { owner: 'test', leaseMs: 60_000, limit: 1 };
  const [claimed] = await claimLanes(db.kysely, claim);
  if (claimed?.lane.subscriptionId !== id) throw new Error('another lane was claimed');
  const guard = { fence: claimed.lane.fence, taskId: claimed.tasks[0]?.id ?? '' };
  const outcome = {
    operationId: `operation-of-${id}`,
    action: 'Suspend',
    outcome: 'succeeded',
    origin: 'marketplace',
    toPlanId: null,
    toQuantity: null,
    effectiveAt: new Date(),
  } as const;
  const found = Promise.withResolvers<Ending>();
  const stopped = observed(id, 'Suspended', async ({ writes, before }) => {
    found.resolve({ writes, before, outcome, guard });
    throw new Error('the writes are taken');
  });
  await expect(stopped).rejects.toThrow('the writes are taken');
  return await found.promise;
}

/** The parts of an ending that are in the database. */
async function writtenOf({ writes, outcome, guard }: Ending) {
  const { subscriptionId } = writes;
  const found = await findSubscription(db.kysely, subscriptionId);
  const entries = await readTimeline(db.kysely, subscriptionId, { after: undefined, limit: 10 });
  const about = `%${subscriptionId}%`;
  const facts = await db.kysely
    .selectFrom('outbox')
    .select('id')
    .where('body', 'like', about)
    .execute();
  const timers = await db.kysely
    .selectFrom('timers')
    .select('kind')
    .where('subscriptionId', '=', subscriptionId)
    .execute();
  const { operationId } = outcome;
  const operation = await findOperation(db.kysely, { subscriptionId, operationId });
  const task = await db.kysely
    .selectFrom('tasks')
    .select('doneAt')
    .where('id', '=', guard.taskId)
    .executeTakeFirstOrThrow();
  return {
    status: found?.state.status,
    timeline: entries.map(({ kind }) => kind),
    facts: facts.length,
    timers: timers.filter(({ kind }) => kind.startsWith('suspension')).length,
    outcome: operation?.outcome ?? null,
    isDone: task.doneAt !== null,
  };
}

const all = {
  status: 'Suspended',
  timeline: ['purchased', 'activated', 'suspended'],
  facts: 3,
  timers: 3,
  outcome: 'succeeded',
  isDone: true,
};
const nothing = {
  status: 'Subscribed',
  timeline: ['purchased', 'activated'],
  facts: 2,
  timers: 0,
  outcome: null,
  isDone: false,
};

test('a task ends with state, timeline, facts, timers and outcome at once', async () => {
  const first = await ending();
  const second = await ending();

  expect(await saveLast(db.kysely, [first, second])).toEqual([true, true]);

  expect(await writtenOf(first)).toEqual(all);
  expect(await writtenOf(second)).toEqual(all);
});

test.for<[string, (one: Ending) => Promise<unknown>, object]>([
  [
    'another worker took over the lane',
    ({ writes }) =>
      db.pool.query('update lanes set fence = fence + 1 where subscription_id = $1', [
        writes.subscriptionId,
      ]),
    {},
  ],
  [
    'the record has changed',
    ({ writes }) => observed(writes.subscriptionId, 'Unsubscribed'),
    { status: 'Unsubscribed', timeline: ['purchased', 'activated', 'unsubscribed'], facts: 3 },
  ],
  [
    'a later reading found nothing new',
    async ({ writes }) => {
      const { begunAt } = await beginReading(db.kysely, writes.subscriptionId);
      const later = new Date(begunAt.getTime() + 1);
      await inTransaction(db, (trx) => noteReading(trx, writes.subscriptionId, later));
    },
    {},
  ],
  [
    'the operation has an outcome',
    ({ writes: { subscriptionId }, outcome: { operationId } }) =>
      inTransaction(db, (trx) =>
        settleOperation(
          trx,
          { subscriptionId, operationId },
          {
            action: 'Suspend',
            outcome: 'failed',
            origin: 'marketplace',
            target: { planId: undefined, quantity: null },
            at: new Date(),
          },
        ),
      ),
    { outcome: 'failed' },
  ],
  [
    'the operation was refused',
    ({ writes: { subscriptionId }, outcome: { operationId } }) =>
      db.pool.query(
        `insert into operations (subscription_id, operation_id, action, decision, reason)
         values ($1, $2, 'ChangePlan', 'refuse', 'rule')`,
        [subscriptionId, operationId],
      ),
    {},
  ],
])(
  'nothing of an ending is written if %s, but the others in its group are',
  async ([, happens, differs]) => {
    const stale = await ending();
    const fresh = await ending();
    await happens(stale);

    expect(await saveLast(db.kysely, [stale, fresh])).toEqual([false, true]);

    expect(await writtenOf(stale)).toEqual({ ...nothing, ...differs });
    expect(await writtenOf(fresh)).toEqual(all);
  },
);

test.for(['lanes', 'subscriptions'] as const)(
  'a locked row of %s does not hold up other tasks',
  async (table) => {
    const locked = await ending();
    const free = await ending();
    const key = table === 'lanes' ? 'subscription_id' : 'id';
    const holder = await db.pool.connect();
    try {
      await holder.query('begin');
      await holder.query(`select from ${table} where ${key} = $1 for update`, [
        locked.writes.subscriptionId,
      ]);

      expect(await saveLast(db.kysely, [locked, free])).toEqual([false, true]);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(await writtenOf(locked)).toEqual(nothing);
  },
);
