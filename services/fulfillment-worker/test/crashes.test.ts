import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { offerSettings } from '@landfall/contracts/settings';
import { inTransaction } from '@landfall/service-kit/database';
import { operatorKey } from '@landfall/servers/test-caller';
import { until } from '@landfall/servers/wait';
import { startLanes } from '../src/lanes/engine.ts';
import { fixedPlaces } from '../src/lanes/places.ts';
import { addTask } from '../src/store/tasks.ts';
import { activateProcedure } from '../src/procedures/activate.ts';
import { provisioningProcedures } from '../src/procedures/provisioning.ts';
import { changeProcedures } from '../src/procedures/request-change.ts';
import { taskHandlers } from '../src/tasks/handlers.ts';
import { recordParked } from '../src/tasks/parked.ts';
import {
  factKinds,
  log,
  openFixture,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

/**
 * Every write lies between two calls, so stopping before and after each call covers every gap between two
 * steps.
 */
const CALLS = 5;
const stops = Array.from({ length: CALLS }, (_, n) => [
  { call: n + 1, after: false },
  { call: n + 1, after: true },
]).flat();
type Stop = (typeof stops)[number];

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** Passes calls for a subscription until its stop. After that nothing returns until the gate opens. */
function stopping(
  fulfillment: Fulfillment,
  stopOf: ReadonlyMap<string, Stop>,
  halted: { readonly stopped: Set<string>; readonly gate: Promise<void> },
): Fulfillment {
  const counts = new Map<string, number>();
  return new Proxy(fulfillment, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const [first] = args as [string | { subscriptionId: string }];
        const id = typeof first === 'string' ? first : first.subscriptionId;
        const count = (counts.get(id) ?? 0) + 1;
        counts.set(id, count);
        const stop = stopOf.get(id);
        const isHere = stop?.call === count;
        const halt = async () => {
          halted.stopped.add(id);
          await halted.gate;
        };
        if (isHere && !stop.after) await halt();
        const answer = await method(...args);
        if (isHere && stop.after) await halt();
        return answer;
      };
    },
  });
}

const notified = async (started: Promise<{ operationId: string }>, id: string, action: string) => {
  const { operationId } = await started;
  await inTransaction(fixture.db, (trx) =>
    addTask(trx, {
      subscriptionId: id,
      kind: 'notification',
      payload: { operationId, action },
      correlationId: randomUUID(),
      dedupeKey: randomUUID(),
    }),
  );
};

/** Makes the first reminder of an open purchase due. */
const reminded = async (subscriptionId: string) => {
  const timer = await fixture.db.kysely
    .selectFrom('timers')
    .select('id')
    .where('subscriptionId', '=', subscriptionId)
    .where('kind', '=', 'configurationReminder')
    .orderBy('dueAt')
    .executeTakeFirstOrThrow();
  const task = { subscriptionId, kind: 'timer', payload: { timerId: timer.id } } as const;
  await inTransaction(fixture.db, (trx) =>
    addTask(trx, { ...task, correlationId: randomUUID(), dedupeKey: randomUUID() }),
  );
};

interface Scenario {
  readonly prepare: () => Promise<string>;
  readonly begin: (id: string) => Promise<unknown>;
  readonly facts: readonly string[];
  readonly ends: Readonly<Record<string, unknown>>;
  /** The number of Microsoft's operations that result. */
  readonly operations: number;
}

/** No worker runs during the commands: the procedures are called directly. */
const depsOf = () => ({
  db: fixture.db,
  fulfillment: fixture.marketplace,
  publisherId: undefined,
  log,
  now: () => new Date(),
  wakeLanes: () => undefined,
  wakeRelay: () => undefined,
});
const call = {
  caller: operatorKey,
  correlationId: randomUUID(),
  deadline: new Date(8.64e15),
  signal: new AbortController().signal,
} as const;

const approvedBy = 'the customer';
const scenarios: Readonly<Record<string, Scenario>> = {
  activation: {
    prepare: () => purchase(fixture),
    begin: async (subscriptionId) => await activateProcedure(depsOf())({ subscriptionId }, call),
    facts: ['purchased', 'activated'],
    ends: { status: 'Subscribed' },
    operations: 0,
  },
  provisioned: {
    prepare: () => purchase(fixture, { offerId: 'pulse', planId: 'starter' }),
    begin: async (subscriptionId) => {
      const product = provisioningProcedures(depsOf());
      await activateProcedure(depsOf())({ subscriptionId }, call);
      await product.confirmProvisioned({ subscriptionId }, call);
    },
    facts: ['purchased', 'provisioningRequested', 'activated'],
    ends: { status: 'Subscribed' },
    operations: 0,
  },
  reminded: {
    prepare: () => purchase(fixture),
    begin: (id) => reminded(id),
    facts: ['purchased', 'configurationDue'],
    ends: { status: 'PendingFulfillmentStart' },
    operations: 0,
  },
  accepted: {
    prepare: () => subscribed(fixture),
    begin: (id) => notified(fixture.control.changePlan(id, 'growth'), id, 'ChangePlan'),
    facts: ['purchased', 'activated', 'planChanged'],
    ends: { planId: 'growth' },
    operations: 1,
  },
  refused: {
    prepare: () => subscribed(fixture, { planId: 'growth' }),
    begin: (id) => notified(fixture.control.changePlan(id, 'starter'), id, 'ChangePlan'),
    facts: ['purchased', 'activated', 'changeRefused'],
    ends: { planId: 'growth' },
    operations: 1,
  },
  publisher: {
    prepare: () => subscribed(fixture, { offerId: 'teamdesk', planId: 'basic', quantity: 5 }),
    begin: async (subscriptionId) =>
      await changeProcedures(depsOf()).changeQuantity(
        { subscriptionId, quantity: 7, approvedBy },
        call,
      ),
    facts: ['purchased', 'activated', 'quantityChanged'],
    ends: { quantity: 7 },
    operations: 1,
  },
  cancelled: {
    prepare: () => subscribed(fixture),
    begin: (id) => notified(fixture.control.cancel(id), id, 'Unsubscribe'),
    facts: ['purchased', 'activated', 'unsubscribed'],
    ends: { status: 'Unsubscribed' },
    operations: 1,
  },
};

interface Case {
  readonly id: string;
  readonly stop: Stop;
  readonly name: string;
  readonly scenario: Scenario;
}

/** Lanes with a holder that stops for good at the given call; `open` lets the rest of it continue. */
function doomedLanes(cases: readonly Case[]) {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const stopped = new Set<string>();
  const stopOf = new Map(cases.map(({ id, stop }) => [id, stop]));
  const fulfillment = stopping(fixture.marketplace, stopOf, { stopped, gate: promise });
  const deps = { ...depsOf(), fulfillment };
  const lanes = startLanes({
    db: fixture.db,
    handlers: taskHandlers(deps),
    log,
    owner: 'doomed',
    places: fixedPlaces(cases.length),
    leaseMs: 3_600_000,
    onCommit: () => undefined,
    onParked: (trx, task, reason) => recordParked(deps, trx, { task, reason }),
  });
  return { lanes, stopped, open };
}

async function withOpenTasks(): Promise<string[]> {
  const rows = await fixture.db.kysely
    .selectFrom('tasks')
    .select('subscriptionId')
    .distinct()
    .where('doneAt', 'is', null)
    .where('deadAt', 'is', null)
    .execute();
  return rows.map((row) => row.subscriptionId);
}

/** Short enough that Microsoft accepts no change because of silence. */
const STEP_MS = 10;

async function expectOnce({ id, stop, name, scenario }: Case): Promise<void> {
  const where = `${name}, stopped ${stop.after ? 'after' : 'before'} call ${stop.call}`;
  const view = await fixture.client.subscriptions.get.query({ subscriptionId: id });
  expect(view, where).toMatchObject(scenario.ends);
  expect(view.pendingChange, where).toBeUndefined();
  expect(await fixture.control.subscription(id), where).toMatchObject(scenario.ends);
  expect(await fixture.control.operations(id), where).toHaveLength(scenario.operations);
  expect(await factKinds(fixture, id), where).toEqual(scenario.facts);
}

test('a worker that stops between any two steps leaves one effect, one fact and one record', async () => {
  const first = await fixture.boot({ LANE_CONCURRENCY: 64 });
  const settings = offerSettings.parse({ waitForProduct: true });
  await fixture.client.settings.put.mutate({ offerId: 'pulse', settings });
  await fixture.client.policies.put.mutate({
    rules: [
      { id: 'no', when: { action: 'ChangePlan', toPlanIds: ['starter'] }, decision: 'refuse' },
    ],
  });
  const prepared = Object.entries(scenarios).flatMap(([name, scenario]) =>
    stops.map(async (stop) => ({ id: await scenario.prepare(), stop, name, scenario })),
  );
  const cases: readonly Case[] = await Promise.all(prepared);
  await Promise.all(cases.map(({ id }) => settled(fixture, id)));
  await first[Symbol.asyncDispose]();
  await fixture.control.addFault({ endpoint: 'webhook', drop: true });
  await fixture.control.updateSettings({ oddities: { partnerWebhook: 'measured' } });
  await fixture.control.setClock({ frozen: true });

  await Promise.all(cases.map(({ id, scenario }) => scenario.begin(id)));
  const { lanes, stopped, open } = doomedLanes(cases);
  await until('every lane has stopped or finished', async () => {
    await fixture.control.advance(STEP_MS);
    return (await withOpenTasks()).every((id) => stopped.has(id));
  });
  expect(stopped.size).toBeGreaterThan(stops.length * 3);
  const closed = lanes[Symbol.asyncDispose]();
  await fixture.db.pool.query(
    `update lanes set lease_until = 'epoch' where lease_until is not null`,
  );

  await fixture.boot({ LANE_CONCURRENCY: 64 });
  await until('the next worker has finished', async () => {
    await fixture.control.advance(STEP_MS);
    return (await withOpenTasks()).length === 0;
  });
  for (const one of cases) await expectOnce(one);
  // The stopped work continues much later, and finds that it lost its lane.
  open();
  await closed;
  for (const one of cases) await expectOnce(one);
});
