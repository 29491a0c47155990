import { until } from '@landfall/servers/wait';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlayedGap } from './gaps.ts';
import { reconciliationGaps } from './reconciliation-gaps.ts';
import { effects, CrashFixture, STARTER, unanswered, type Outcome } from './fixture.ts';
import { due } from './timers.ts';

/**
 * Gaps around JetStream, and gaps of the services other than the worker. The crashes happen one
 * after the other, each with its own subscription; then all are checked together.
 */

const suspended = { purchased: 1, activated: 1, suspended: 1 };
const moved = { purchased: 1, activated: 1, planChanged: 1 };
const LANE = 'select 1 from fulfillment.lanes where subscription_id = $1 for update';

const gaps: readonly PlayedGap[] = [
  ...reconciliationGaps,
  {
    title: 'ingest killed after its 200, before it publishes: the restarted process publishes',
    effects: suspended,
    async play(fixture, subscriptionId) {
      const { nats } = fixture.chaos;
      await nats.kill();
      const { operationId } = await fixture.control.suspend(subscriptionId);
      await until('the notification was answered 200', async () => {
        const all = await fixture.control.deliveries(subscriptionId);
        const own = all.find((one) => one.operationId === operationId);
        return own?.attempts.some(({ status }) => status === 200);
      });
      await fixture.crash('webhook-ingest', [{ subscriptionId, release: () => nats.restart() }]);
    },
  },
  {
    title: 'ingest killed while it stores a notification: Microsoft repeats it, and it counts once',
    effects: suspended,
    async play(fixture, subscriptionId) {
      const { control } = fixture;
      // The notification is sent when the clock runs again.
      await control.addFault({ endpoint: 'webhook', delayMs: 1_000, subscriptionId, count: 1 });
      await control.setClock({ frozen: true });
      const { operationId } = await control.suspend(subscriptionId);
      // A second insert of the same key waits for the outcome of the first transaction.
      const held = await fixture.lock(
        `insert into ingest.notifications (id, dedupe_key, action, body, problems, correlation_id,
           received_at, deliveries, last_delivered_at, verdict)
         values (gen_random_uuid(), $1, '', '', '[]', '', now(), 1, now(), 'accepted')`,
        [`${fixture.publisherId}:${subscriptionId}:${operationId}:suspend`],
      );
      await control.setClock({ frozen: false });
      await held.reached();
      await fixture.crash('webhook-ingest', [{ subscriptionId, release: held.release }]);
    },
  },
  {
    title: 'ingest killed after it publishes, before it records that: the worker acts once',
    effects: moved,
    async play(fixture, subscriptionId) {
      const deciding = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
      await deciding.reached();
      // Allows the verdict to be written, but not the mark.
      const held = await fixture.lock(
        `select 1 from ingest.publications join ingest.notifications
           on publications.id = publication_id where operation_id = $1 for update of publications`,
        [operationId],
      );
      await deciding.release();
      await held.reached();
      await fixture.crash('webhook-ingest', [{ subscriptionId, release: held.release }]);
    },
  },
  {
    title: 'ingest killed while Microsoft waits for a decision: the decision is made once and kept',
    effects: moved,
    async play(fixture, subscriptionId) {
      const held = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await fixture.control.changePlan(subscriptionId, 'growth');
      await held.reached();
      await fixture.crash('webhook-ingest', [{ subscriptionId, release: held.release }]);
    },
  },
  {
    title:
      'worker killed after a task is committed, before JetStream gets the ack: there is one task',
    effects: suspended,
    async play(fixture, subscriptionId) {
      const { nats } = fixture.chaos;
      const held = await fixture.lock(LANE, [subscriptionId]);
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      await nats.kill();
      await held.unlock();
      await until('the task is written', async () => {
        const text = `select 1 from fulfillment.tasks where subscription_id = $1 and kind = 'notification'`;
        return (await fixture.rows(text, [subscriptionId])).length > 0;
      });
      await fixture.crash('fulfillment-worker', [
        { subscriptionId, release: () => nats.restart() },
      ]);
    },
  },
  {
    title:
      'worker killed after a fact is published, before the outbox records it: billing has it once',
    effects: suspended,
    async play(fixture, subscriptionId) {
      const { nats } = fixture.chaos;
      const reading = await fixture.hold({ endpoint: 'get', subscriptionId });
      await fixture.control.suspend(subscriptionId);
      await reading.reached();
      await nats.kill();
      await reading.release();
      const written = `select id from fulfillment.outbox
        where body::jsonb->'subscription'->>'id' = $1 and published_at is null`;
      await until(
        'the fact is in the outbox',
        async () => (await fixture.rows(written, [subscriptionId])).length > 0,
      );
      const held = await fixture.lock(`${written} for update`, [subscriptionId]);
      await nats.restart();
      await held.reached();
      await fixture.crash('fulfillment-worker', [{ subscriptionId, release: held.release }]);
    },
  },
  {
    title:
      'worker killed after a decision is stored, before the webhook gets it: the decision stays',
    effects: moved,
    async play(fixture, subscriptionId) {
      const { nats } = fixture.chaos;
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      await fixture.control.changePlan(subscriptionId, 'growth');
      await reading.reached();
      await nats.kill();
      await reading.release();
      await until('the decision is stored', async () => {
        const text = `select 1 from fulfillment.operations
          where subscription_id = $1 and decided_at is not null`;
        return (await fixture.rows(text, [subscriptionId])).length > 0;
      });
      await fixture.crash('fulfillment-worker', [
        { subscriptionId, release: () => nats.restart() },
      ]);
    },
  },
  {
    title:
      'ingest killed before a replay is stored: after a second request it is published and changes nothing',
    effects: suspended,
    async play(fixture, subscriptionId) {
      await fixture.control.suspend(subscriptionId);
      const [published] = await until('the notification is published', async () => {
        const text = `select notifications.id from ingest.notifications join ingest.publications
            on publications.id = publication_id
          where subscription_id = $1 and publications.published_at is not null`;
        const rows = await fixture.rows<{ id: string }>(text, [subscriptionId]);
        return rows.length > 0 ? rows : undefined;
      });
      const notificationId = published?.id ?? '';
      const row = 'select 1 from ingest.notifications where id = $1 for update';
      const held = await fixture.lock(row, [notificationId]);
      const wanted = { notificationId, requestedBy: 'test', dryRun: false };
      const replay = () => fixture.api.notifications.replay.mutate(wanted);
      unanswered(replay());
      await held.reached();
      const standing = { subscriptionId, release: held.release, again: replay };
      await fixture.crash('webhook-ingest', [standing]);
    },
  },
  {
    title:
      'billing killed before it stores a delivered fact: the fact is redelivered and counts once',
    effects: suspended,
    async play(fixture, subscriptionId) {
      const row = 'select 1 from billing.subscriptions where id = $1 for update';
      const held = await fixture.lock(row, [subscriptionId]);
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      await fixture.crash('billing-sync', [{ subscriptionId, release: held.release }]);
    },
  },
];

describe('a service that is killed between two steps continues after its restart', () => {
  let fixture: CrashFixture;
  let subscriptionIds: readonly string[];
  let outcome: Outcome;
  let confirmed: string;
  let erased: string;

  beforeAll(async () => {
    fixture = await CrashFixture.open();
    subscriptionIds = await Promise.all(gaps.map(() => fixture.subscribed()));
    for (const [index, gap] of gaps.entries()) await gap.play(fixture, subscriptionIds[index]!);
    confirmed = await killLanding(fixture);
    erased = await killErasing(fixture);
    outcome = await fixture.settled();
  });
  afterAll(() => fixture?.[Symbol.asyncDispose]());

  for (const [index, gap] of gaps.entries()) {
    test(gap.title, () => expectHeld(subscriptionIds[index]!, gap.effects));
  }

  test('landing killed after a confirmation is stored: it is sent to the worker once', () =>
    expectHeld(confirmed, { purchased: 1, activated: 1 }));

  test('landing and ingest killed during an erasure get the fact again, and erase', async () => {
    expectHeld(erased, {
      purchased: 1,
      activated: 1,
      unsubscribed: 1,
      erasureDue: 1,
      personalDataErased: 1,
    });
    const visits = 'select 1 from landing.visits where subscription_id = $1';
    expect(await fixture.rows(visits, [erased])).toEqual([]);
    const bodies = await fixture.rows<{ body: string }>(
      'select body from ingest.notifications where subscription_id = $1',
      [erased],
    );
    expect(bodies).toHaveLength(1);
    expect(JSON.stringify(bodies)).not.toContain(fixture.chaos.client.person('ada').email);
  });

  test('no other guarantee is broken', () => {
    expect(outcome.breaches).toEqual([]);
  });

  function expectHeld(subscriptionId: string, expected: PlayedGap['effects']): void {
    const broken = outcome.breaches.filter((breach) => breach.subscriptionId === subscriptionId);
    expect(broken).toEqual([]);
    expect(effects(outcome, subscriptionId)).toEqual(expected);
  }
});

async function killLanding(fixture: CrashFixture): Promise<string> {
  const { subscriptionId, landingUrl } = await fixture.bought(STARTER);
  const page = await fixture.visit(landingUrl);
  fixture.ledger.opened.add(subscriptionId);
  const row = 'select 1 from fulfillment.subscriptions where id = $1 for update';
  const held = await fixture.lock(row, [subscriptionId]);
  page.confirm();
  await held.reached();
  await fixture.crash('landing', [{ subscriptionId, release: held.release }]);
  fixture.ledger.activated.add(subscriptionId);
  return subscriptionId;
}

/** A buyer who used the page has left. Landing and ingest are stopped while they erase. */
async function killErasing(fixture: CrashFixture): Promise<string> {
  const { subscriptionId, landingUrl } = await fixture.bought(STARTER);
  const page = await fixture.visit(landingUrl);
  fixture.ledger.opened.add(subscriptionId);
  page.confirm();
  fixture.ledger.activated.add(subscriptionId);
  await until('it is in force', async () => {
    const { status } = await fixture.patientApi.subscriptions.get.query({ subscriptionId });
    return status === 'Subscribed';
  });
  await fixture.control.cancel(subscriptionId);
  await due(fixture, subscriptionId, 'retentionEnd');
  const visits = 'select 1 from landing.visits where subscription_id = $1 for update';
  const notifications = 'select 1 from ingest.notifications where subscription_id = $1 for update';
  const landing = await fixture.lock(visits, [subscriptionId]);
  const ingest = await fixture.lock(notifications, [subscriptionId]);
  await due(fixture, subscriptionId, 'erasure');
  await landing.reached();
  await ingest.reached();
  await fixture.crash('landing', [{ subscriptionId, release: landing.release }]);
  await fixture.crash('webhook-ingest', [{ subscriptionId, release: ingest.release }]);
  return subscriptionId;
}
