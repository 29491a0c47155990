import { until } from '@landfall/servers/wait';
import { killWorkerIn, type Gap } from './gaps.ts';
import { type CrashFixture, STARTER, unanswered } from './fixture.ts';
import { due } from './timers.ts';

/**
 * Gaps in the worker's own jobs and in those for operators: timers, erasure, repair, releasing
 * lanes.
 */

const bought = { purchased: 1, activated: 1 };
const reminded = { purchased: 1, configurationDue: 1 };
const erased = { ...bought, unsubscribed: 1, erasureDue: 1, personalDataErased: 1 };
const LANE = 'select 1 from fulfillment.lanes where subscription_id = $1 for update';

const gaps: readonly Gap[] = [
  {
    title: 'timer: in its lane, the subscription not read yet',
    effects: reminded,
    async reach(fixture) {
      const { subscriptionId, held } = await reminding(fixture);
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'timer: the subscription is read, the result not stored yet',
    effects: reminded,
    async reach(fixture) {
      const { subscriptionId, held } = await reminding(fixture);
      const text = `select 1 from fulfillment.timers
        where subscription_id = $1 and queued_at is not null for update`;
      const writing = await fixture.lock(text, [subscriptionId]);
      await held.release();
      await writing.reached();
      return { subscriptionId, release: writing.release };
    },
  },
  {
    title: 'timer: the result is stored, its task not marked as done yet',
    effects: reminded,
    async reach(fixture) {
      const { subscriptionId, held } = await reminding(fixture);
      const text = `select 1 from fulfillment.tasks
        where subscription_id = $1 and kind = 'timer' and done_at is null for update`;
      const marking = await fixture.lock(text, [subscriptionId]);
      await held.release();
      await marking.reached();
      return { subscriptionId, release: marking.release };
    },
  },
  {
    title: 'timer: due and claimed, not in its lane yet',
    effects: reminded,
    async reach(fixture) {
      const subscriptionId = await fixture.opened(STARTER);
      await rested(fixture, subscriptionId);
      // The sweep then waits here with everything that is due.
      return async () => {
        const held = await fixture.lock(LANE, [subscriptionId]);
        await due(fixture, subscriptionId, 'configurationReminder');
        await held.reached();
        return { subscriptionId, release: held.release };
      };
    },
  },
  {
    title: 'erasure: announced, its task not stored yet; the data is erased anyway',
    effects: erased,
    async reach(fixture) {
      const subscriptionId = await ended(fixture);
      const text = 'select 1 from fulfillment.subscriptions where id = $1 for update';
      const held = await fixture.lock(text, [subscriptionId]);
      await due(fixture, subscriptionId, 'erasure');
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'erasure: recorded, the stored events still contain names',
    effects: erased,
    async reach(fixture) {
      const subscriptionId = await ended(fixture);
      const text = `select 1 from fulfillment.product_events where id in (
        select event_id from fulfillment.deliveries where subscription_id = $1) for update`;
      const held = await fixture.lock(text, [subscriptionId]);
      await due(fixture, subscriptionId, 'erasure');
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title:
      'replay of parked work: not stored yet; after a second request it runs and changes nothing',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await parked(fixture);
      const held = await fixture.lock(LANE, [subscriptionId]);
      const replay = async () => {
        const wanted = { subscriptionId, requestedBy: 'test', dryRun: false };
        const { replayed } = await fixture.api.parkedTasks.replay.mutate(wanted);
        if (replayed !== 1) throw new Error(`${replayed} tasks were replayed`);
      };
      unanswered(replay());
      await held.reached();
      return { subscriptionId, release: held.release, again: replay };
    },
  },
  {
    title: 'replay of parked work: run again, its task not marked as done yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await parked(fixture);
      const reading = await fixture.hold({ endpoint: 'getOperation', subscriptionId });
      const wanted = { subscriptionId, requestedBy: 'test', dryRun: false };
      await fixture.patientApi.parkedTasks.replay.mutate(wanted);
      await reading.reached();
      const text = `select 1 from fulfillment.tasks
        where subscription_id = $1 and done_at is null for update`;
      const held = await fixture.lock(text, [subscriptionId]);
      await reading.release();
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
  {
    title: 'lane: its task is done, the lane not released yet',
    effects: { ...bought, suspended: 1 },
    async reach(fixture) {
      const subscriptionId = await fixture.subscribed();
      await rested(fixture, subscriptionId);
      const held = await fixture.bar(subscriptionId);
      await fixture.control.suspend(subscriptionId);
      await held.reached();
      return { subscriptionId, release: held.release };
    },
  },
];

killWorkerIn(
  gaps,
  'a worker that is killed in its own jobs omits nothing and repeats nothing',
  (fixture) => fixture.watchReleases(),
);

/** Resolves when the subscription has no due, held or running task. */
async function rested(fixture: CrashFixture, subscriptionId: string): Promise<void> {
  const busy = `select 1 from fulfillment.tasks where subscription_id = $1 and done_at is null
      and dead_at is null
    union all select 1 from fulfillment.lanes where subscription_id = $1 and lease_until is not null
    union all select 1 from fulfillment.timers where subscription_id = $1 and due_at <= now()`;
  await until(
    `${subscriptionId} has no open tasks`,
    async () => (await fixture.rows(busy, [subscriptionId])).length === 0,
  );
}

/** A reminder of an open purchase that is about to read Microsoft's record. */
async function reminding(fixture: CrashFixture) {
  const subscriptionId = await fixture.opened(STARTER);
  await rested(fixture, subscriptionId);
  const held = await fixture.hold({ endpoint: 'get', subscriptionId });
  await due(fixture, subscriptionId, 'configurationReminder');
  await held.reached();
  return { subscriptionId, held };
}

/** An ended subscription whose data the product must erase. */
async function ended(fixture: CrashFixture): Promise<string> {
  const subscriptionId = await fixture.subscribed();
  await fixture.control.cancel(subscriptionId);
  await due(fixture, subscriptionId, 'retentionEnd');
  await until('erasure is due', async () => {
    const text = `select 1 from fulfillment.deliveries
      where subscription_id = $1 and type = 'subscription.erasureDue' and state = 'delivered'`;
    return (await fixture.rows(text, [subscriptionId])).length > 0;
  });
  await rested(fixture, subscriptionId);
  return subscriptionId;
}

/** A notification that has been handled, and whose task looks as if it had been parked. */
async function parked(fixture: CrashFixture): Promise<string> {
  const subscriptionId = await fixture.subscribed();
  await fixture.control.suspend(subscriptionId);
  const text = `update fulfillment.tasks set done_at = null, dead_at = now(), last_error = 'test'
    where subscription_id = $1 and kind = 'notification' and done_at is not null returning 1`;
  await until(
    'the notification is handled',
    async () => (await fixture.rows(text, [subscriptionId])).length > 0,
  );
  await rested(fixture, subscriptionId);
  return subscriptionId;
}
