import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../start-process.ts';
import { effects, Scene, STARTER } from './scene.ts';

/** Gaps around JetStream: what is committed and what NATS knows of it are never the same moment. */

let scene: Scene;
let subscriptionId: string;
beforeAll(async () => void (scene = await Scene.open()), 120_000);
afterAll(() => scene?.[Symbol.asyncDispose]());
beforeEach(async () => void (subscriptionId = await scene.subscribed()), 60_000);

const suspendedOnce = { purchased: 1, activated: 1, suspended: 1 };
const DELIVERED = 'select 1 from ingest.notifications where operation_id = $1';

test(
  'ingest killed after its 200 and before it has published: the next one publishes',
  { timeout: 120_000 },
  async () => {
    const { nats } = scene.arena;
    await nats.kill();
    const { operationId } = await scene.control.suspend(subscriptionId);
    await answered(operationId);
    await scene.crash('webhook-ingest', [{ subscriptionId, release: () => nats.restart() }]);
    await expectSettled();
  },
);

test(
  'ingest killed while a notification is written: Microsoft repeats it, and it counts once',
  { timeout: 120_000 },
  async () => {
    await scene.control.addFault({ endpoint: 'webhook', delayMs: 1_000, subscriptionId, count: 1 });
    const { operationId } = await scene.control.suspend(subscriptionId);
    const held = await scene.lock(
      `insert into ingest.notifications (id, dedupe_key, action, body, problems, correlation_id,
         received_at, deliveries, last_delivered_at, verdict)
       values (gen_random_uuid(), $1, '', '', '[]', '', now(), 1, now(), 'accepted')`,
      [`${subscriptionId}:${operationId}:suspend`],
    );
    await held.reached();
    await scene.crash('webhook-ingest', [{ subscriptionId, release: held.release }]);
    await expectSettled();
  },
);

test(
  'ingest killed after it has published and before it has noted that: the worker acts once',
  { timeout: 120_000 },
  async () => {
    const deciding = await scene.hold({ endpoint: 'getOperation', subscriptionId });
    const { operationId } = await scene.control.changePlan(subscriptionId, 'growth');
    await deciding.reached();
    // Lets the verdict be written, but not the mark, which locks the row as a whole.
    const held = await scene.lock(`${DELIVERED} for key share`, [operationId]);
    await deciding.release();
    await held.reached();
    await scene.crash('webhook-ingest', [{ subscriptionId, release: held.release }]);
    await expectSettled({ purchased: 1, activated: 1, planChanged: 1 });
  },
);

test(
  'ingest killed while Microsoft waits for a decision: it is made once and kept',
  { timeout: 120_000 },
  async () => {
    const held = await scene.hold({ endpoint: 'getOperation', subscriptionId });
    await scene.control.changePlan(subscriptionId, 'growth');
    await held.reached();
    await scene.crash('webhook-ingest', [{ subscriptionId, release: held.release }]);
    await expectSettled({ purchased: 1, activated: 1, planChanged: 1 });
  },
);

test(
  'worker killed after a task is committed and before JetStream has its acknowledgement: once',
  { timeout: 120_000 },
  async () => {
    const { nats } = scene.arena;
    const lane = 'select 1 from fulfillment.lanes where subscription_id = $1 for update';
    const held = await scene.lock(lane, [subscriptionId]);
    await scene.control.suspend(subscriptionId);
    await held.reached();
    await nats.kill();
    await held.letGo();
    await eventually('the task is written', async () => {
      const text = `select 1 from fulfillment.tasks where subscription_id = $1 and kind = 'notification'`;
      return (await scene.rows(text, [subscriptionId])).length > 0 ? true : undefined;
    });
    await scene.crash('fulfillment-worker', [{ subscriptionId, release: () => nats.restart() }]);
    await expectSettled();
  },
);

test(
  'worker killed after a fact is published and before the outbox knows: billing gets it once',
  { timeout: 120_000 },
  async () => {
    const { nats } = scene.arena;
    const reading = await scene.hold({ endpoint: 'get', subscriptionId });
    await scene.control.suspend(subscriptionId);
    await reading.reached();
    await nats.kill();
    await reading.release();
    const written = `select id from fulfillment.outbox
      where body::jsonb->'subscription'->>'id' = $1 and published_at is null`;
    await eventually('the fact is in the outbox', async () =>
      (await scene.rows(written, [subscriptionId])).length > 0 ? true : undefined,
    );
    const held = await scene.lock(`${written} for update`, [subscriptionId]);
    await nats.restart();
    await held.reached();
    await scene.crash('fulfillment-worker', [{ subscriptionId, release: held.release }]);
    await expectSettled();
  },
);

test(
  'worker killed in the middle of a reconciliation: the next one heals all of it',
  { timeout: 120_000 },
  async () => {
    await scene.control.addFault({ endpoint: 'webhook', drop: true, subscriptionId, count: 1 });
    await scene.control.suspend(subscriptionId);
    const held = await scene.hold({ endpoint: 'list' });
    await scene.api.reconciliation.start.mutate({});
    await held.reached();
    await scene.crash('fulfillment-worker', [{ subscriptionId, release: held.release }]);
    // Two minutes later, without waiting for them.
    await scene.rows(`update fulfillment.reconciliation_runs set lease_until = now()
      where state = 'running'`);
    const run = await eventually('a run begins', () =>
      scene.api.reconciliation.start.mutate({}).catch(() => undefined),
    );
    await eventually('the run is over', async () => {
      const { state } = await scene.api.reconciliation.get.query({ runId: run.runId });
      return state === 'completed' ? true : undefined;
    });
    await expectSettled();
  },
);

test(
  'billing killed before it has written a fact that was delivered: it comes again, once',
  { timeout: 120_000 },
  async () => {
    const row = 'select 1 from billing.subscriptions where id = $1 for update';
    const held = await scene.lock(row, [subscriptionId]);
    await scene.control.suspend(subscriptionId);
    await held.reached();
    await scene.crash('billing-sync', [{ subscriptionId, release: held.release }]);
    await expectSettled();
  },
);

test(
  'landing killed after a confirmation is stored: the next one hands it over, once',
  { timeout: 120_000 },
  async () => {
    const { subscriptionId: id, landingUrl } = await scene.bought(STARTER);
    const page = await scene.visit(landingUrl);
    scene.ledger.opened.add(id);
    const held = await scene.lock(
      'select 1 from fulfillment.subscriptions where id = $1 for update',
      [id],
    );
    page.confirm();
    await held.reached();
    await scene.crash('landing', [{ subscriptionId: id, release: held.release }]);
    scene.ledger.activated.add(id);
    const outcome = await scene.settled();
    expect(outcome.breaches).toEqual([]);
    expect(effects(outcome, id)).toEqual({ purchased: 1, activated: 1 });
  },
);

async function expectSettled(expected: Record<string, number> = suspendedOnce): Promise<void> {
  const outcome = await scene.settled();
  expect(outcome.breaches).toEqual([]);
  expect(effects(outcome, subscriptionId)).toEqual(expected);
}

async function answered(operationId: string): Promise<void> {
  await eventually('the notification was answered 200', async () => {
    const all = await scene.control.deliveries(subscriptionId);
    const own = all.find((one) => one.operationId === operationId);
    return own?.attempts.some(({ status }) => status === 200) ? true : undefined;
  });
}
