import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeSubscription } from '@landfall/marketplace/subscription';
import { until } from '@landfall/servers/wait';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../src/db/schema.ts';
import { observeSubscription, type Concluding } from '../src/observe-subscription.ts';
import { startLanes } from '../src/lanes/engine.ts';
import { fixedPlaces } from '../src/lanes/places.ts';
import { DONE, type TaskHandler, type TaskHandlers } from '../src/lanes/task.ts';
import { claimLanes, renewLeases } from '../src/store/lanes.ts';
import { findOperation, settleOperation } from '../src/store/operations.ts';
import { saveLast, type Guard, type LastWrites } from '../src/store/save-record.ts';
import { beginReading, findSubscription, noteReading } from '../src/store/subscriptions.ts';
import { addTask, type NewTask } from '../src/store/tasks.ts';
import { readTimeline } from '../src/store/timeline.ts';
import { log } from './fixture.ts';
import { openWorkerDatabase, type WorkerDatabase } from './worker-database.ts';

let database: WorkerDatabase;
let db: Db;
beforeAll(async () => {
  database = await openWorkerDatabase();
  ({ db } = database);
});
afterAll(() => database[Symbol.asyncDispose]());

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
  await inTransaction(db, (trx) => addTask(trx, taskOf(id)));
  const claim = { owner: 'test', leaseMs: 60_000, limit: 1 };
  const [claimed] = await claimLanes(db.kysely, claim);
  if (claimed?.lane.subscriptionId !== id) throw new Error('another lane was claimed');
  const taskId = claimed.tasks[0]?.id ?? '';
  const guard = { fence: claimed.lane.fence, taskId, isLast: false };
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

function taskOf(subscriptionId: string): NewTask {
  const kind = 'notification';
  const correlationId = subscriptionId;
  return { subscriptionId, kind, payload: {}, correlationId, dedupeKey: randomUUID() };
}

/** The same ending, after which the lane has no other claimed task. */
function lastOf(one: Ending): Ending {
  return { ...one, guard: { ...one.guard, isLast: true } };
}

const laneOf = ({ writes: { subscriptionId } }: Ending) =>
  db.kysely
    .selectFrom('lanes')
    .select(['leaseOwner', 'leaseUntil'])
    .where('subscriptionId', '=', subscriptionId)
    .executeTakeFirstOrThrow();

/** Gives up a held lane, so that it can be claimed at once. */
const free = (subscriptionId: string) =>
  db.pool.query(
    'update lanes set lease_owner = null, lease_until = null, due_at = now() where subscription_id = $1',
    [subscriptionId],
  );

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

  expect(await saveLast(db.kysely, [first, second])).toEqual([{}, {}]);

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
    'the record has changed without a reading',
    ({ writes }) =>
      db.pool.query('update subscriptions set version = version + 1 where id = $1', [
        writes.subscriptionId,
      ]),
    {},
  ],
  [
    'Microsoft does not know the subscription any more',
    ({ writes }) =>
      db.pool.query('update subscriptions set missing_at = now() where id = $1', [
        writes.subscriptionId,
      ]),
    {},
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

    expect(await saveLast(db.kysely, [stale, fresh])).toEqual([undefined, {}]);

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

      expect(await saveLast(db.kysely, [locked, free])).toEqual([undefined, {}]);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(await writtenOf(locked)).toEqual(nothing);
  },
);

test('the last task of a lane releases it in the same statement, due with its next task', async () => {
  const one = await ending();
  const { subscriptionId } = one.writes;
  await inTransaction(db, (trx) => addTask(trx, { ...taskOf(subscriptionId), delayMs: 3_600_000 }));

  const [written] = await saveLast(db.kysely, [lastOf(one)]);

  expect(written?.dueInMs).toBeGreaterThan(3_500_000);
  expect(await writtenOf(one)).toEqual(all);
  expect(await laneOf(one)).toMatchObject({ leaseOwner: null, leaseUntil: null });
});

test('a lane whose last write fails stays with its holder', async () => {
  const one = await ending();
  await observed(one.writes.subscriptionId, 'Unsubscribed');

  expect(await saveLast(db.kysely, [lastOf(one)])).toEqual([undefined]);

  expect(await laneOf(one)).toMatchObject({ leaseOwner: 'test' });
});

test('a renewal of leases does not take a released lane again', async () => {
  const one = await ending();
  const { subscriptionId } = one.writes;
  await saveLast(db.kysely, [lastOf(one)]);

  await renewLeases(db.kysely, [{ subscriptionId, fence: one.guard.fence }], 60_000);

  expect(await laneOf(one)).toMatchObject({ leaseUntil: null });
});

test('a lane is free before the handler of its last task returns, but not before the others', async () => {
  const two = [await ending(), await ending()] as const;
  const [only, first] = two;
  for (const { writes } of two) await free(writes.subscriptionId);
  await inTransaction(db, (trx) => addTask(trx, taskOf(first.writes.subscriptionId)));
  const gate = Promise.withResolvers<void>();
  const ended = new Set<string>();
  const notification: TaskHandler = async ({ id, subscriptionId }, write) => {
    const found = two.find((one) => one.guard.taskId === id);
    if (!found) return DONE;
    expect(await write.last?.(found)).toBe(true);
    ended.add(subscriptionId);
    await gate.promise;
    return DONE;
  };
  await using _engine = startLanes({
    db,
    handlers: { notification } as unknown as TaskHandlers,
    log,
    owner: 'engine',
    places: fixedPlaces(2),
    leaseMs: 60_000,
    onCommit: () => undefined,
    onParked: () => Promise.resolve(),
  });
  using _ = { [Symbol.dispose]: () => gate.resolve() };
  await until('both tasks have ended', () => ended.size === 2);

  expect(await laneOf(only)).toMatchObject({ leaseOwner: null, leaseUntil: null });
  expect(await laneOf(first)).toMatchObject({ leaseOwner: 'engine' });

  gate.resolve();
  await until('the other lane is free too', async () => (await laneOf(first)).leaseOwner === null);
});

test('a refusal that commits while the last write is under way leaves the task open, which then settles the operation', async () => {
  const one = await ending();
  const { subscriptionId } = one.writes;
  const { operationId } = one.outcome;
  const refusing = await db.pool.connect();
  try {
    await refusing.query('begin');
    // The last write cannot see this row yet and waits for it, because it inserts the same operation.
    await refusing.query(
      `insert into operations (subscription_id, operation_id, action, decision, reason)
       values ($1, $2, 'ChangePlan', 'refuse', 'rule')`,
      [subscriptionId, operationId],
    );
    const { rows } = await refusing.query<{ pid: number }>('select pg_backend_pid() as pid');
    const saving = saveLast(db.kysely, [one]);
    await until('the last write waits for the refusal', async () => {
      const waiting = await db.pool.query(
        'select from pg_stat_activity where $1::int = any (pg_blocking_pids(pid))',
        [rows[0]?.pid],
      );
      return waiting.rowCount === 1;
    });
    await refusing.query('commit');

    expect(await saving).toEqual([undefined]);
  } finally {
    refusing.release();
  }
  expect(await writtenOf(one)).toEqual({ ...all, outcome: null, isDone: false });
});
