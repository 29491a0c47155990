import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { inTransaction } from '@landfall/service-kit/database';
import { until } from '@landfall/servers/wait';
import type { Db } from '../src/db/schema.ts';
import { startLanes, type LaneOptions, type Lanes } from '../src/lanes/engine.ts';
import { fixedPlaces } from '../src/lanes/places.ts';
import {
  claimLanes,
  inLane,
  LaneLost,
  renewLeases,
  writeStep,
  writeSteps,
} from '../src/store/lanes.ts';
import { countLanes } from '../src/store/readings.ts';
import { retryIn, DONE, type TaskHandler } from '../src/lanes/task.ts';
import { taskKinds, type NewTask, addTask, addTasks } from '../src/store/tasks.ts';
import { recordParked } from '../src/tasks/parked.ts';
import { log } from './fixture.ts';
import { openWorkerDatabase, type WorkerDatabase } from './worker-database.ts';

let database: WorkerDatabase;
let db: Db;
beforeAll(async () => {
  database = await openWorkerDatabase();
  ({ db } = database);
});
// Otherwise the workers of the next test would take the lanes that a test leaves due.
afterEach(() => db.pool.query('truncate tasks, lanes'));
afterAll(() => database[Symbol.asyncDispose]());

/** Longer than any pause of a live worker on a busy machine. A test that needs the end of a lease ends it itself. */
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A worker with one handler for every kind of task. */
function lanes(handler: TaskHandler, options: Partial<LaneOptions> = {}): Lanes {
  const handlers = Object.fromEntries(taskKinds.map((kind) => [kind, handler]));
  return startLanes({
    db,
    handlers: handlers as LaneOptions['handlers'],
    log,
    owner: randomUUID(),
    places: fixedPlaces(32),
    leaseMs: LEASE_MS,
    onCommit: () => undefined,
    onParked: (trx, parked, reason) =>
      recordParked({ now: () => new Date(), log }, trx, { task: parked, reason }),
    ...options,
  });
}

function task(subscriptionId: string, rest: Partial<NewTask> = {}): NewTask {
  return {
    subscriptionId,
    kind: 'converge',
    payload: {},
    correlationId: randomUUID(),
    dedupeKey: randomUUID(),
    ...rest,
  };
}

const add = (tasks: readonly NewTask[]) => inTransaction(db, (trx) => addTasks(trx, tasks));

async function rowsOf(subscriptionId: string) {
  return await db.kysely
    .selectFrom('tasks')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('id')
    .execute();
}

const done = (subscriptionId: string) =>
  until(`every task of ${subscriptionId} is over`, async () => {
    const rows = await rowsOf(subscriptionId);
    return rows.every((row) => row.doneAt !== null || row.deadAt !== null) && rows;
  });

/** Ends the lease, as if its holder were gone or paused. */
const expire = (subscriptionId: string) =>
  db.kysely
    .updateTable('lanes')
    .set({ leaseUntil: new Date(0) })
    .where('subscriptionId', '=', subscriptionId)
    .execute();

test('with several workers, a lane has one holder at a time and its tasks run in order', async () => {
  const ids = Array.from({ length: 20 }, () => randomUUID());
  const seen = new Map<string, number[]>(ids.map((id) => [id, []]));
  const busy = new Set<string>();
  let overlaps = 0;
  const handler: TaskHandler = async ({ subscriptionId, payload }) => {
    if (busy.has(subscriptionId)) overlaps += 1;
    busy.add(subscriptionId);
    await new Promise((resolve) => setTimeout(resolve, 2));
    busy.delete(subscriptionId);
    seen.get(subscriptionId)?.push(Number(payload['n']));
    return DONE;
  };
  await using _one = lanes(handler);
  await using _two = lanes(handler);
  await using _three = lanes(handler);
  const count = 10;
  for (let n = 0; n < count; n += 1) {
    await add(ids.map((id) => task(id, { payload: { n } })));
  }
  for (const id of ids) await done(id);
  expect(overlaps).toBe(0);
  for (const order of seen.values()) {
    expect(order).toEqual(Array.from({ length: count }, (_, n) => n));
  }
});

test('a lane counts as waiting until a worker takes it, and not before its task is due', async () => {
  const waiting = async () => (await countLanes(db.kysely))?.waiting;
  const before = (await waiting()) ?? 0;
  const [id, later] = [randomUUID(), randomUUID()];
  await add([task(id), task(later, { delayMs: 3_600_000 })]);
  expect(await waiting()).toBe(before + 1);

  await using _worker = lanes(async () => DONE);
  await done(id);
  expect(await waiting()).toBe(0);
});

test('a holder that lost its lane can write nothing', async () => {
  const id = randomUUID();
  await add([task(id)]);
  const claim = { leaseMs: 60_000, limit: 100 };
  const first = (await claimLanes(db.kysely, { owner: 'first', ...claim })).find(
    ({ lane }) => lane.subscriptionId === id,
  )!.lane;
  expect(await claimLanes(db.kysely, { owner: 'second', ...claim })).toEqual([]);
  await expire(id);
  const [claimed] = await claimLanes(db.kysely, { owner: 'second', ...claim });
  const second = claimed?.lane;
  expect(second?.subscriptionId).toBe(id);
  expect(Number(second?.fence)).toBeGreaterThan(Number(first.fence));

  const write = inLane(db, first, async (trx) => await addTask(trx, task(id)));
  await expect(write).rejects.toBeInstanceOf(LaneLost);
  await expect(writeStep(db.kysely, { lane: first, isLast: true })).rejects.toBeInstanceOf(
    LaneLost,
  );
  expect(await rowsOf(id)).toHaveLength(1);
  await inLane(db, second!, async (trx) => await addTask(trx, task(id)));
  expect(await rowsOf(id)).toHaveLength(2);
});

test('a lane that is being written delays no other lease and is not claimed', async () => {
  const ids: string[] = [randomUUID(), randomUUID()].toSorted();
  await add(ids.map((id) => task(id)));
  const claim = { owner: 'first', leaseMs: 60_000, limit: 100 };
  const held = (await claimLanes(db.kysely, claim))
    .map(({ lane }) => lane)
    .filter(({ subscriptionId }) => ids.includes(subscriptionId))
    .toSorted((left, right) => (left.subscriptionId < right.subscriptionId ? -1 : 1));
  const [written] = held;
  await inLane(db, written!, async () => {
    await renewLeases(db.kysely, held, 3_600_000);
    const rows = await db.kysely
      .selectFrom('lanes')
      .select(['subscriptionId', 'leaseUntil'])
      .where('subscriptionId', 'in', ids)
      .orderBy('subscriptionId')
      .execute();
    const minutesLeft = rows.map(({ leaseUntil }) => (leaseUntil!.getTime() - Date.now()) / 60_000);
    expect(minutesLeft[0]).toBeLessThan(2);
    expect(minutesLeft[1]).toBeGreaterThan(50);
    const claimed = await claimLanes(db.kysely, { ...claim, owner: 'second', leaseMs: 1_000 });
    expect(claimed.map(({ lane }) => lane.subscriptionId)).not.toContain(ids[0]);
  });
});

test('steps of many lanes are written together, without the lanes that are locked or lost', async () => {
  const ids: string[] = Array.from({ length: 4 }, () => randomUUID()).toSorted();
  await add(ids.flatMap((id) => [task(id), task(id, { delayMs: HOUR_MS })]));
  const claim = { owner: 'first', leaseMs: 60_000, limit: 100 };
  const claimed = (await claimLanes(db.kysely, claim))
    .filter(({ lane }) => ids.includes(lane.subscriptionId))
    .toSorted((left, right) => (left.lane.subscriptionId < right.lane.subscriptionId ? -1 : 1));
  const [locked, lost] = claimed;
  await expire(lost!.lane.subscriptionId);
  await claimLanes(db.kysely, { ...claim, owner: 'second' });
  const steps = claimed.map(({ lane, tasks }) => {
    return { lane, end: { task: tasks[0]!, isDone: true }, isLast: true } as const;
  });

  const written = await inLane(db, locked!.lane, async () => await writeSteps(db.kysely, steps));

  expect(written.map((step) => step !== undefined)).toEqual([false, false, true, true]);
  expect(written.at(-1)?.dueInMs).toBeGreaterThan(HOUR_MS / 2);
  const open = async (id: string) => (await rowsOf(id)).filter(({ doneAt }) => !doneAt).length;
  expect(await Promise.all(ids.map(open))).toEqual([2, 2, 1, 1]);
  await expect(writeStep(db.kysely, steps[1]!)).rejects.toBeInstanceOf(LaneLost);
  expect(await open(ids[1]!)).toBe(2);
  await writeStep(db.kysely, steps[0]!);
  expect(await open(ids[0]!)).toBe(1);
});

test('a lane that is released with a postponed task is due at the time of that task', async () => {
  const id = randomUUID();
  await add([task(id)]);
  const claim = { owner: 'first', leaseMs: 60_000, limit: 100 };
  const claimed = await claimLanes(db.kysely, claim);
  const { lane, tasks } = claimed.find((one) => one.lane.subscriptionId === id)!;
  const end = { task: tasks[0]!, isDone: false, delayMs: 3_600_000, failure: 'test.away' } as const;

  const { dueInMs } = await writeStep(db.kysely, { lane, end, isLast: true });

  expect(dueInMs).toBeGreaterThan(3_500_000);
  const [row] = await rowsOf(id);
  expect(row).toMatchObject({ attempts: 1, rounds: 0, lastError: 'test.away', doneAt: null });
  expect(row!.runAt.getTime() - Date.now()).toBeGreaterThan(3_500_000);
  expect(await claimLanes(db.kysely, claim)).toEqual([]);
});

test('a worker that is paused past its lease writes nothing, and its successor does the work', async () => {
  const id = randomUUID();
  const effects: string[] = [];
  const gate = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<unknown>();
  const paused: TaskHandler = async (_task, write) => {
    await gate.promise;
    try {
      await write(async () => void effects.push('paused'));
    } catch (error: unknown) {
      refused.resolve(error);
      throw error;
    }
    return DONE;
  };
  // A lease that is not renewed in time, as when a process is stopped.
  await using _paused = lanes(paused, { leaseMs: 3_600_000 });
  await add([task(id)]);
  await until('the lane is held', async () => {
    const lane = await db.kysely
      .selectFrom('lanes')
      .select('leaseOwner')
      .where('subscriptionId', '=', id)
      .executeTakeFirst();
    return lane?.leaseOwner;
  });
  await expire(id);
  await using _successor = lanes(async (_task, write) => {
    await write(async () => void effects.push('successor'));
    return DONE;
  });
  await done(id);
  gate.resolve();
  expect(await refused.promise).toBeInstanceOf(LaneLost);
  expect(effects).toEqual(['successor']);
});

test('a task that waits for its time does not delay the others', async () => {
  const id = randomUUID();
  const seen: string[] = [];
  await using engine = lanes(async ({ payload }) => {
    seen.push(String(payload['name']));
    return DONE;
  });
  await add([
    task(id, { payload: { name: 'later' }, delayMs: HOUR_MS }),
    task(id, { payload: { name: 'now' } }),
  ]);
  engine.wake();
  await until('the other one has run', async () => {
    const [, other] = await rowsOf(id);
    return other?.doneAt;
  });
  expect(seen).toEqual(['now']);

  await db.pool.query('update tasks set run_at = now() where subscription_id = $1', [id]);
  await db.pool.query('update lanes set due_at = now() where subscription_id = $1', [id]);
  engine.wake();
  await done(id);
  expect(seen).toEqual(['now', 'later']);
});

test('another run counts as a poll, and the next failure starts its schedule again', async () => {
  const id = randomUUID();
  const seen: { polls: number; attempts: number }[] = [];
  await using _lanes = lanes(async ({ polls, attempts }) => {
    seen.push({ polls, attempts });
    if (seen.length === 2) throw new Fault('test.away', 'away', { retry: 'later' });
    return seen.length < 4 ? retryIn(10) : DONE;
  });
  await add([task(id)]);
  await done(id);
  expect(seen).toEqual([
    { polls: 0, attempts: 0 },
    { polls: 1, attempts: 0 },
    { polls: 1, attempts: 1 },
    { polls: 2, attempts: 0 },
  ]);
});

test('a task that can never succeed is parked with its reason, and the others continue', async () => {
  const id = randomUUID();
  await using _lanes = lanes(async ({ payload }) => {
    if (payload['fate'] === 'never') throw new Fault('test.no', 'no', { retry: 'never' });
    if (payload['fate'] === 'bug') throw new TypeError('a bug');
    return DONE;
  });
  await add([
    task(id, { payload: { fate: 'never' } }),
    task(id, { payload: { fate: 'bug' } }),
    task(id),
  ]);
  const rows = await done(id);
  expect(rows.map((row) => row.lastError)).toEqual(['test.no', 'bug', null]);
  expect(rows.map((row) => row.deadAt !== null)).toEqual([true, true, false]);
  const timeline = await db.kysely
    .selectFrom('timeline')
    .select(['kind', 'details'])
    .where('subscriptionId', '=', id)
    .execute();
  expect(timeline.map(({ kind }) => kind)).toEqual(['taskParked', 'taskParked']);
});

test('a pause that the other side requests is respected', async () => {
  const id = randomUUID();
  let failed = false;
  await using _lanes = lanes(async () => {
    if (failed) return DONE;
    failed = true;
    throw new Fault('test.throttled', 'slow', { retry: 'later', retryAfterMs: 3_600_000 });
  });
  await add([task(id)]);
  const row = await until('postponed', async () => {
    const [first] = await rowsOf(id);
    return first?.attempts === 1 && first;
  });
  expect(row.runAt.getTime() - Date.now()).toBeGreaterThan(3_500_000);
});

test('the same task is added once', async () => {
  const id = randomUUID();
  const one = task(id, { delayMs: 3_600_000 });
  await Promise.all(Array.from({ length: 10 }, () => add([one])));
  expect(await rowsOf(id)).toHaveLength(1);
});

test('a task that is added while its lane is being released is not forgotten', async () => {
  const id = randomUUID();
  let runs = 0;
  await using engine = lanes(async () => {
    runs += 1;
    return DONE;
  });
  const rounds = 60;
  for (let n = 0; n < rounds; n += 1) {
    await add([task(id)]);
    engine.wake();
  }
  await done(id);
  expect(runs).toBe(rounds);
});

test('closing finishes the running task and leaves the rest to others at once', async () => {
  const id = randomUUID();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lanes(
    async ({ payload }) => {
      seen.push(`first ${String(payload['n'])}`);
      await gate.promise;
      return DONE;
    },
    { leaseMs: 3_600_000 },
  );
  await add([task(id, { payload: { n: 1 } }), task(id, { payload: { n: 2 } })]);
  await until('begun', () => seen.length === 1);
  const closed = first[Symbol.asyncDispose]();
  gate.resolve();
  await closed;
  await using _second = lanes(async ({ payload }) => {
    seen.push(`second ${String(payload['n'])}`);
    return DONE;
  });
  await done(id);
  expect(seen).toEqual(['first 1', 'second 2']);
});
